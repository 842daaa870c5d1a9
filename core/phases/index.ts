/** The phases of a run: the transitions between them, and the requests that people may make. */
export { baselineRefusals, unmeasured } from './baseline.ts';
export { answeredByStable, nextDesired, residue } from './decommission.ts';
export { refusals, retentionProblem } from './preflight.ts';
export {
  awaitSignoff,
  heartbeatDueAt,
  nextShift,
  observeInterval,
  reduce,
  rolledBack,
  TASK_ALLOWANCE_SECONDS,
  type Transition,
} from './reducer.ts';
export { type Ended, Replay, type ReplayedLook, type ReplayedPhase, type ReplaySummary } from './replay.ts';
export { agree, agreeNoted, approvalProblem, approversOf, closedSignoff, signoffRules } from './signoff.ts';
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
