/** The phases of a run: what leads from one to the next, and what each decides by its evidence. */
export { baselineRefusals, unmeasured } from './baseline.ts';
export { COHORT_STAGE, describePlace } from './cohort.ts';
export { answeredByStable, nextDesired, residue } from './decommission.ts';
export { type Evidence, hardStop, observe, unreadiness } from './evaluate.ts';
export { hooksAt, objectionOf } from './hooks.ts';
export { refusals, retentionProblem } from './preflight.ts';
export {
  awaitSignoff,
  heartbeatDueAt,
  nextShift,
  type Observation,
  observeInterval,
  reduce,
  rolledBack,
  TASK_ALLOWANCE_SECONDS,
  type Transition,
} from './reducer.ts';
export { type Ended, Replay, type ReplayedLook, type ReplayedPhase, type ReplaySummary } from './replay.ts';
export { revisedSince } from './revision.ts';
export { agree, agreeNoted, approvalProblem, approversOf, closedSignoff, signoffRules } from './signoff.ts';
export { pauseAt, steeredAt } from './steering.ts';
export {
  askPause,
  askSteering,
  MOST_PAUSED_SECONDS,
  type RunSoFar,
  type SteeringRequest,
  soFarOf,
} from './steering-request.ts';
export { ANY_TRAFFIC, type Assumptions, HISTORY_BUDGET, HISTORY_LIMIT, type Projection, project } from './timeline.ts';
export { describeSplit } from './wording.ts';
