/** Compares the status and the header fields of two answers. */
export { compareHeaders } from './headers.ts';
export { inStableHost } from './own-host.ts';
export { inStableNonces } from './own-nonce.ts';
export { rangeOf } from './range.ts';
export { serverOf } from './server-of.ts';
export { compareStatus } from './status.ts';
