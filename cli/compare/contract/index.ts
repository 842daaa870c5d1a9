/** Comparison of live answers: policy, probes and replay. */
export { SkippedRequests } from './not-sent.ts';
export { admit, parseAllowed, parseHeaders, parseValues } from './policy.ts';
export { parseProbes } from './probes.ts';
export { redactionRules } from './redaction.ts';
export { findSources, type PlannedRequest, requestsOf } from './requests/index.ts';
export { type ContractRequest, runContract } from './run.ts';
export { parseBase } from './side.ts';
