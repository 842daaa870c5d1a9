/** Comparison of live answers: policy, probes and replay. */
export { parseAllowed, parseHeaders, parseValues } from './policy.ts';
export { parseProbes } from './probes.ts';
export { redactionRules } from './redaction.ts';
export { type ContractRequest, runContract } from './run.ts';
export { parseBase } from './side.ts';
