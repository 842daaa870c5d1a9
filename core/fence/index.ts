/**
 * Every write of weights, forward and back. The fence ensures that of two concurrent writers exactly one takes effect.
 */
export { closeMirror, isClosing } from './close-mirror.ts';
export { desiredWeights } from './desired-weights.ts';
export { isToldAgain } from './give-back.ts';
export {
  decideUpdate,
  initialWeights,
  needsDeployment,
  type RuleShape,
  refusalOfBearings,
  refusalsOfDelete,
  sameShape,
  type WantedRule,
} from './listener-rule.ts';
export { rollBack } from './rollback.ts';
export type { RollbackOutcome, RollbackRequest } from './rollback-outcome.ts';
export { fencedShift } from './shift.ts';
export { leaveOwedCapacity, restoreCapacity } from './stable-capacity.ts';
export { openStep, stepDown } from './step-down.ts';
export { SECOND_LOOK_MS, type WatchdogReport, watch } from './watchdog.ts';
export { describeCloseMirror, describeRollback } from './wording.ts';
