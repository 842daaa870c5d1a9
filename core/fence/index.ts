/** Every write of weights, forward and back, so that of two writers exactly one has its way. */
export { closeMirror } from './close-mirror.ts';
export { desiredWeights } from './desired-weights.ts';
export {
  decideUpdate,
  initialWeights,
  type RuleShape,
  refusalsOfDelete,
  sameShape,
  type WantedRule,
} from './listener-rule.ts';
export { type RollbackOutcome, type RollbackRequest, rollBack } from './rollback.ts';
export { fencedShift } from './shift.ts';
export { restoreCapacity } from './stable-capacity.ts';
export { type WatchdogReport, watch } from './watchdog.ts';
export { describeCloseMirror, describeRollback } from './wording.ts';
