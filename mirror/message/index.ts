/** The message head as a mirror passes it on, and the trace that it belongs to. */
export { RequestHead, responseFields } from './headers.ts';
export { rawFields } from './raw-fields.ts';
export { type TraceContext, traceContext, traceparentOf } from './trace-context.ts';
