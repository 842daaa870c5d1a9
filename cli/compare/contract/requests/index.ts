/** The requests of a contract: from recordings, flows, texts, or examples in documents. */
export type { Planned, PlannedRequest, Skipped, Take } from './planned-request.ts';
export { redactedFields } from './recorded-requests.ts';
export { findSources, requestsOf, type Source } from './sources.ts';
