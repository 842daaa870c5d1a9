/** Bodies as bytes: bounded samples, and their codings undone. */
export { BodySample, DIGEST_LIMIT, digestOf, type RawBody, type SamplePolicy } from './body-sample.ts';
export { decodeContent } from './zlib-decoder.ts';
