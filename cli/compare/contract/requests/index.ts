/** Requests of a contract: out of recordings, flows, texts, or the examples of documents. */
export type { Planned, PlannedRequest, Skipped, Take } from './planned-request.ts';
export { redactedFields } from './recorded-requests.ts';
export { findSources, requestsOf, type Source } from './sources.ts';
