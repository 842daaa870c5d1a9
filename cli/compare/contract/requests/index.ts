/** Requests of a contract: out of recordings, or the examples of an OpenAPI document. */
export type { Planned, PlannedRequest } from './planned-request.ts';
export { redactedFields } from './recorded-requests.ts';
export { findSources, requestsOf } from './sources.ts';
