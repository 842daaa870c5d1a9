/**
 * The cutover as a reducer: state + event → state + log entry. Contains every phase and its transitions. Handlers only
 * fetch evidence and carry out what the next state says.
 */

import { elapsedMs, type Observation, overtime, type PresentRun } from '../evaluation/index.ts';
import {
  type Approval,
  type BaselineSummary,
  type CapacitySnapshot,
  CrossfadeError,
  type CutoverState,
  DRILL_INTERVAL_SECONDS,
  type LogEntry,
  type Next,
  type Phase,
  SAFE_SPLIT,
  type TrafficSplit,
  toIso,
} from '../model/index.ts';
import { describeBaseline } from './baseline.ts';
import { lookInterval } from './look-interval.ts';
import { describeApproval, describeSplit, WORDING } from './wording.ts';

/** Instants are milliseconds since the epoch. */
export type CutoverEvent =
  | { readonly type: 'baselineTaken'; readonly at: number; readonly baseline: BaselineSummary }
  | { readonly type: 'capacityPinned'; readonly at: number; readonly capacity: CapacitySnapshot }
  | { readonly type: 'shifted'; readonly at: number; readonly target: ShiftTarget }
  | {
      readonly type: 'observed';
      readonly at: number;
      readonly observation: Observation;
      /** What people had requested for the run. */
      readonly steered?: PresentRun['steered'];
    }
  | { readonly type: 'exerciseStarted'; readonly at: number }
  | { readonly type: 'approved'; readonly at: number; readonly approval: Approval }
  | { readonly type: 'steppedDown'; readonly at: number; readonly done: boolean; readonly reason: string }
  | { readonly type: 'closed'; readonly at: number }
  /** The evaluation of a drill: it triggers its alarm, or waits for the rollback. */
  | { readonly type: 'drilled'; readonly at: number };

export interface Transition {
  readonly state: CutoverState;
  readonly entry: LogEntry;
}

/** The target of a shift: the split, and the phase that begins once it is confirmed. */
export interface ShiftTarget {
  readonly phase: 'shadow' | 'stage' | 'soak' | 'complete' | 'drill';
  readonly stage: number;
  readonly split: TrafficSplit;
}

/** How many seconds a task may take, in addition to the wait before it, before the watchdog considers the run dead. */
export const TASK_ALLOWANCE_SECONDS = 600;

/** The target of the next shift. @throws CrossfadeError if no shift follows the present phase */
export function nextShift(state: CutoverState): ShiftTarget {
  const { plan } = state;
  switch (state.phase) {
    case 'preflight':
      if (state.drill === null) throw invalid(state, 'shift');
      return { phase: 'drill', stage: -1, split: { candidatePercent: state.drill.percent, mirror: null } };
    case 'baseline':
      return {
        phase: 'shadow',
        stage: -1,
        split: { candidatePercent: 0, mirror: { face: 'forward', percent: plan.shadow.percent } },
      };
    case 'shadowSignoff':
      return plan.cohort === undefined ? stageTarget(state, 0) : COHORT;
    case 'stage':
      return state.stage + 1 < plan.stages.length
        ? stageTarget(state, state.stage + 1)
        : {
            phase: 'soak',
            stage: state.stage,
            split: { candidatePercent: 100, mirror: { face: 'reverse', percent: plan.soak.reversePercent } },
          };
    // The soak continues with the same weights without its mirror.
    case 'soak':
      if (state.next !== 'closeMirror') throw invalid(state, 'shift');
      return { phase: 'soak', stage: state.stage, split: { candidatePercent: 100, mirror: null } };
    case 'retention':
      return { phase: 'complete', stage: state.stage, split: { candidatePercent: 100, mirror: null } };
    default:
      throw invalid(state, 'shift');
  }
}

/** Before the first stage the candidate answers only testers. */
const COHORT: ShiftTarget = {
  phase: 'stage',
  stage: -1,
  split: { candidatePercent: 0, mirror: null, cohort: true },
};

/** A stage mirrors nothing: the requests that stable answers are the gate's control group. */
function stageTarget(state: CutoverState, stage: number): ShiftTarget {
  const percent = state.plan.stages[stage]?.percent;
  if (percent === undefined) throw invalid(state, `shift to stage ${stage}`);
  return { phase: 'stage', stage, split: { candidatePercent: percent, mirror: null } };
}

/** Applies one event. @throws CrossfadeError `Crossfade.InvalidState` for an event that the phase does not expect */
export function reduce(state: CutoverState, event: CutoverEvent): Transition {
  switch (event.type) {
    case 'baselineTaken':
      expectPhase(state, event, ['preflight']);
      return enter({ ...state, baseline: event.baseline }, event.at, {
        phase: 'baseline',
        next: 'proceed',
        reason: describeBaseline(state.plan, event.baseline),
      });
    case 'capacityPinned':
      expectPhase(state, event, ['baseline']);
      return note(
        { ...state, capacity: event.capacity },
        event.at,
        'capacity',
        WORDING.capacityPinned(event.capacity.desired),
      );
    case 'shifted':
      return onShifted(state, event.at, event.target);
    case 'observed':
      expectPhase(state, event, ['shadow', 'exercise', 'stage', 'soak']);
      return onObserved(state, event);
    case 'exerciseStarted':
      expectPhase(state, event, ['shadow']);
      return enter(state, event.at, {
        phase: 'exercise',
        next: 'hold',
        reason: WORDING.exerciseStarted,
        waitSeconds: state.plan.shadow.observe,
      });
    case 'approved':
      return onApproved(state, event.at, event.approval);
    case 'steppedDown':
      expectPhase(state, event, ['decommission']);
      return onSteppedDown(state, event.at, event.done, event.reason);
    case 'closed':
      expectPhase(state, event, ['complete']);
      return note({ ...state, next: 'proceed', waitSeconds: 0 }, event.at, 'phase', WORDING.completed);
    case 'drilled':
      expectPhase(state, event, ['drill']);
      return onDrilled(state, event.at);
  }
}

/** The state of a run whose traffic is back on stable. */
export function rolledBack(state: CutoverState, at: number, reason: string): CutoverState {
  return {
    ...state,
    phase: 'rollback',
    since: toIso(at),
    split: SAFE_SPLIT,
    next: 'rollback',
    reason,
    waitSeconds: 60,
    approval: null,
  };
}

/** Enters the phase that waits for a person. */
export function awaitSignoff(state: CutoverState, at: number): Transition {
  const asked = { next: 'hold', waitSeconds: state.plan.signoff.timeout } as const;
  switch (state.phase) {
    case 'exercise':
      return enter(state, at, { ...asked, phase: 'shadowSignoff', reason: WORDING.awaitingShadowSignoff });
    case 'soak':
      return enter(state, at, { ...asked, phase: 'finalSignoff', reason: WORDING.awaitingFinalSignoff });
    default:
      throw invalid(state, 'sign-off');
  }
}

/** The time by which the next task of the run must report, in milliseconds since the epoch. */
export function heartbeatDueAt(state: CutoverState, at: number): number {
  return at + (state.waitSeconds + TASK_ALLOWANCE_SECONDS) * 1000;
}

function onShifted(state: CutoverState, at: number, target: ShiftTarget): Transition {
  const { plan } = state;
  const waitSeconds = {
    shadow: plan.shadow.observe,
    stage: plan.gate.observe,
    soak: plan.soak.observe,
    complete: 0,
    drill: DRILL_INTERVAL_SECONDS,
  }[target.phase];
  const moved = { ...state, split: target.split, stage: target.stage, approval: null };
  const next = target.phase === 'complete' ? 'proceed' : 'hold';
  const reason = WORDING.weightsConfirmed(target.split);
  if (state.phase === 'soak' && target.phase === 'soak')
    return note({ ...moved, next, waitSeconds }, at, 'weights', reason);
  return enter(moved, at, { phase: target.phase, next, reason, waitSeconds }, 'weights');
}

function onObserved(
  state: CutoverState,
  { at, observation, steered }: Extract<CutoverEvent, { readonly type: 'observed' }>,
): Transition {
  const { reason } = observation;
  const settle = (next: Next, waitSeconds: number) =>
    note({ ...state, next, reason, waitSeconds }, at, 'observation', reason);
  switch (observation.decision) {
    case 'rollback':
      return settle('rollback', 0);
    case 'hold': {
      if (observation.effect === 'closeMirror') return settle('closeMirror', 0);
      const since = observation.effect === 'restart' ? toIso(at) : state.since;
      const run = { ...state, since, steered };
      const waitSeconds = lookInterval(observeInterval(state), overtime(run, at, 0), -overtime(run, at));
      return note({ ...state, since, next: 'hold', reason, waitSeconds }, at, 'observation', reason);
    }
    case 'advance':
      return settle(
        isLastStage(state) ? 'proceed' : 'nextStage',
        signoffFollows(state) ? state.plan.signoff.timeout : 0,
      );
  }
}

/** Also true outside phase `stage`: there is no further stage to shift to. */
function isLastStage(state: CutoverState): boolean {
  return state.phase !== 'stage' || state.stage + 1 >= state.plan.stages.length;
}

/** The task of the sign-off times out after `waitSeconds`, and the watchdog expects nothing before that. */
function signoffFollows(state: CutoverState): boolean {
  return state.phase === 'exercise' || state.phase === 'soak';
}

function onApproved(state: CutoverState, at: number, approval: Approval): Transition {
  const base = { ...state, approval: null };
  switch (state.phase) {
    case 'shadowSignoff':
      return signedBy(
        note(
          { ...base, next: 'proceed', reason: describeApproval(approval), waitSeconds: 0 },
          at,
          'approval',
          WORDING.canaryApproved(approval),
        ),
        approval,
      );
    case 'finalSignoff':
      return signedBy(
        enter(
          { ...base, decommissionSteps: 0 },
          at,
          {
            phase: 'decommission',
            next: 'hold',
            reason: WORDING.finallyApproved(approval),
            waitSeconds: state.plan.decommission.drain,
          },
          'approval',
        ),
        approval,
      );
    default:
      throw invalid(state, 'an approval');
  }
}

/** Enough for a thousand tasks. */
const HALVINGS = 10;

function onSteppedDown(state: CutoverState, at: number, done: boolean, reason: string): Transition {
  if (done)
    return enter(state, at, {
      phase: 'retention',
      next: 'proceed',
      reason: WORDING.steppedDown(reason),
      waitSeconds: state.plan.retention,
    });
  const { drain, step } = state.plan.decommission;
  const stepped = {
    ...state,
    decommissionSteps: state.decommissionSteps + 1,
    next: 'hold' as const,
    reason,
    waitSeconds: lookInterval(step, elapsedMs(state, at) / 1000 - drain - HALVINGS * step),
  };
  return note(stepped, at, 'capacity', reason);
}

function onDrilled(state: CutoverState, at: number): Transition {
  const { drill } = state;
  if (drill === null) throw invalid(state, 'a drill');
  const waiting = { ...state, next: 'hold' as const, waitSeconds: DRILL_INTERVAL_SECONDS };
  if (drill.trippedAt !== null) return note(waiting, at, 'drill', WORDING.drillWaiting(drill));
  const tripped = { ...waiting, drill: { ...drill, trippedAt: toIso(at) } };
  return note(tripped, at, 'drill', WORDING.drillTripped(drill));
}

/** Seconds between two evaluations of the present phase. */
export function observeInterval(state: CutoverState): number {
  const { plan } = state;
  return state.phase === 'stage' ? plan.gate.observe : state.phase === 'soak' ? plan.soak.observe : plan.shadow.observe;
}

interface Entered {
  readonly phase: Phase;
  readonly next: Next;
  readonly reason: string;
  /** @default 0 */
  readonly waitSeconds?: number;
}

function enter(
  state: CutoverState,
  at: number,
  { phase, next, reason, waitSeconds = 0 }: Entered,
  kind: LogEntry['kind'] = 'phase',
): Transition {
  return note({ ...state, phase, since: toIso(at), next, reason, waitSeconds }, at, kind, reason);
}

function note(state: CutoverState, at: number, kind: LogEntry['kind'], message: string): Transition {
  return { state, entry: { at: toIso(at), kind, phase: state.phase, stage: state.stage, by: 'machine', message } };
}

function signedBy(transition: Transition, approval: Approval): Transition {
  return { ...transition, entry: { ...transition.entry, by: approval.approvedBy } };
}

function expectPhase(state: CutoverState, event: CutoverEvent, phases: readonly Phase[]): void {
  if (!phases.includes(state.phase)) throw invalid(state, event.type);
}

function invalid(state: CutoverState, what: string): CrossfadeError {
  return new CrossfadeError('Crossfade.InvalidState', WORDING.unexpected(state.phase, what), {
    traffic: `${describeSplit(state.split)}; the rollback that follows writes the safe weights.`,
    nextStep: WORDING.defect,
  });
}
