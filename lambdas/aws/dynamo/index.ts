/** The table: lease, decision log, drills, approvals, rules and tallies. */
export { dynamoApprovals } from './approvals.ts';
export { dynamoDecisionLog } from './decision-log.ts';
export { dynamoDrills } from './drills.ts';
export { type KnownNoise, knownNoise } from './known-noise.ts';
export { dynamoLeases } from './leases.ts';
export { dynamoChatThreads, dynamoReminders } from './notices.ts';
export { dynamoParityRules, effectiveRules, type ParityRules } from './parity-rules.ts';
export { dynamoParityStore, type ParityStore } from './parity-store.ts';
export { pastRuns } from './runs.ts';
export { storedParity } from './stored-parity.ts';
