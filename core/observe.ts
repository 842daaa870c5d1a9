/**
 * One observation of each phase: evidence in, {@link Observation} out. The comparison of the two sides is the gate's
 * (core/gate); here stand the hard stops before it, and what holds where there is no second side to compare with.
 */
import { elapsedMs, type Observation } from './cutover.ts';
import type { Deployment } from './deployment.ts';
import { judgeAlone } from './gate/alone.ts';
import { decideGate } from './gate/decide.ts';
import type { MinuteEvidence } from './gate/evidence.ts';
import { gatePolicyOf } from './gate-policy.ts';
import type { AlarmReading, ParityVerdict, TargetHealthCounts } from './ports.ts';
import type { CutoverState } from './state.ts';
import { describeWeights, type RuleWeights, sameWeights, weightsFor } from './weights.ts';

/** An observation, and the comparison behind it where there was one. */
export interface Observed {
  readonly observation: Observation;
  readonly verdict?: Observation;
}

/** What a decision reads of the run; with {@link Evidence} and the time it is enough to take the decision again. */
export type Looking = Pick<CutoverState, 'plan' | 'phase' | 'stage' | 'since' | 'split' | 'baseline'>;

export interface HardEvidence {
  readonly alarms: readonly AlarmReading[];
  readonly live: readonly RuleWeights[];
  readonly candidate: TargetHealthCounts;
}

export interface Evidence extends HardEvidence {
  /** Since the phase or stage began. */
  readonly minutes: readonly MinuteEvidence[];
  /** Null where it was not read: in a stage nothing is mirrored, and a hard stop waits for nobody. */
  readonly parity: ParityVerdict | null;
}

/** Pure: the same plan, evidence and time give the same decision, so the log can be replayed (core/replay.ts). */
export function observe(deployment: Deployment, state: Looking, seen: Evidence, now: number): Observed {
  const stop = hardStop(deployment, state, seen);
  if (stop !== null) return { observation: stop };
  if (state.phase === 'stage') return observeStage(state, seen.minutes, now);
  if (seen.parity === null) return { observation: { decision: 'hold', reason: 'Parity was not read.' } };
  switch (state.phase) {
    case 'shadow':
      return { observation: observeShadow(deployment, state, seen.alarms, seen.parity, now) };
    case 'exercise':
      return { observation: observeExercise(state, seen.parity, now) };
    default:
      return observeSoak(state, seen.minutes, seen.parity, now);
  }
}

/** What ends any phase at once, or holds it; null when nothing of the kind is seen. */
export function hardStop(deployment: Deployment, state: Looking, seen: HardEvidence): Observation | null {
  const red = seen.alarms
    .filter((a) => a.state === 'ALARM' && deployment.rollbackAlarms.includes(a.name))
    .map((a) => a.name);
  if (red.length > 0) return { decision: 'rollback', reason: `Alarm ${red.join(', ')} is in ALARM.` };
  const intended = weightsFor(deployment, state.split);
  if (!sameWeights(seen.live, intended)) {
    return {
      decision: 'rollback',
      reason: `Drift: live weights are ${describeWeights(deployment, seen.live)}, intended ${describeWeights(deployment, intended)}.`,
    };
  }
  if (state.split.candidatePercent > 0 && seen.candidate.healthy === 0) {
    return { decision: 'rollback', reason: 'The candidate has no healthy target.' };
  }
  const { healthy, unhealthy } = seen.candidate;
  // A load balancer sends an unhealthy target nothing, so the rest carry its share: a majority down is no rollout.
  if (state.split.candidatePercent > 0 && unhealthy > healthy) {
    return {
      decision: 'rollback',
      reason: `${unhealthy} of the candidate's ${unhealthy + healthy} targets are unhealthy.`,
    };
  }
  const mute = seen.alarms.filter((a) => !a.actionsEnabled).map((a) => a.name);
  if (mute.length > 0)
    return { decision: 'hold', reason: `Actions of alarm ${mute.join(', ')} are disabled; enable them to go on.` };
  const missing = deployment.rollbackAlarms.filter((name) => !seen.alarms.some((a) => a.name === name));
  if (missing.length > 0)
    return { decision: 'hold', reason: `Alarm ${missing.join(', ')} does not exist; the run waits for it.` };
  if (state.split.candidatePercent > 0 && unhealthy > 0)
    return {
      decision: 'hold',
      reason: `${unhealthy} of the candidate's ${unhealthy + healthy} targets are unhealthy.`,
    };
  const blind = seen.alarms
    .filter((a) => a.state === 'INSUFFICIENT_DATA' && deployment.rollbackAlarms.includes(a.name))
    .map((a) => a.name);
  return blind.length > 0 ? { decision: 'hold', reason: `Alarm ${blind.join(', ')} has INSUFFICIENT_DATA.` } : null;
}

/** Shadow: customers see only the stable side, so an unclean parity holds the phase, and ends it after `maxHold`. */
export function observeShadow(
  deployment: Deployment,
  state: Looking,
  alarms: readonly AlarmReading[],
  parity: ParityVerdict,
  now: number,
): Observation {
  const { duration, maxHold } = state.plan.shadow;
  const elapsed = elapsedMs(state, now) / 1000;
  const red = alarms.filter((a) => a.state === 'ALARM' && deployment.shadowAlarms.includes(a.name)).map((a) => a.name);
  if (red.length > 0)
    return { decision: 'rollback', reason: `Shadow alarm ${red.join(', ')} is in ALARM; the mirror is closed.` };
  const text = `Parity ${parity.status} over ${parity.pairs} pairs on ${parity.routes} routes${parity.reasons.length === 0 ? '' : `: ${parity.reasons.join('; ')}`}.`;
  if (elapsed < duration) return { decision: 'hold', reason: `${minutes(elapsed)} of ${minutes(duration)}. ${text}` };
  if (parity.status === 'clean') return { decision: 'advance', reason: text };
  if (elapsed < duration + maxHold) return { decision: 'hold', reason: text };
  return { decision: 'rollback', reason: `${text} The shadow was held for its maximum of ${minutes(maxHold)}.` };
}

/** Exercise: hold for its duration, then ask parity again. */
export function observeExercise(state: Looking, parity: ParityVerdict, now: number): Observation {
  const { exercise, maxHold } = state.plan.shadow;
  const elapsed = elapsedMs(state, now) / 1000;
  const text = `Parity ${parity.status} under load${parity.reasons.length === 0 ? '' : `: ${parity.reasons.join('; ')}`}.`;
  if (elapsed < exercise) return { decision: 'hold', reason: `${minutes(elapsed)} of ${minutes(exercise)}. ${text}` };
  if (parity.status === 'clean') return { decision: 'advance', reason: text };
  if (elapsed < exercise + maxHold) return { decision: 'hold', reason: text };
  return { decision: 'rollback', reason: `${text} It was held for its maximum of ${minutes(maxHold)}.` };
}

/** What the stage-like phases share: how long they take, and what becomes of an undecided one. Seconds. */
interface Stretch {
  readonly earliest: number;
  readonly bake: number;
  readonly maxHold: number;
}

/**
 * A canary stage: rolls back as soon as the candidate is shown to be worse; advances when its evidence is in and its bake
 * is over (or, with `accelerate`, the minimum bake); ends by `onUndecided` after `maxHold`.
 */
export function observeStage(state: Looking, looked: readonly MinuteEvidence[], now: number): Observed {
  const stage = state.plan.stages[state.stage];
  if (stage === undefined) throw new RangeError(`stage ${state.stage} is not in the plan`);
  const { bake, maxHold } = stage;
  const { accelerate, minBake } = state.plan.gate;
  const stretch = { earliest: accelerate ? Math.min(minBake, bake) : bake, bake, maxHold };
  const policy = gatePolicyOf(state.plan, state.baseline, state.stage);
  const verdict = stage.percent === 100 ? judgeAlone(looked, policy, state.baseline) : decideGate(looked, policy);
  return { observation: weigh(state, verdict, stretch, now), verdict };
}

/**
 * Soak: all requests are the candidate's, so it is held against the baseline of before the cutover, and its answers
 * against the stable side's in reverse shadow.
 */
export function observeSoak(
  state: Looking,
  looked: readonly MinuteEvidence[],
  parity: ParityVerdict,
  now: number,
): Observed {
  const { duration, maxHold } = state.plan.soak;
  const policy = gatePolicyOf(state.plan, state.baseline, state.plan.stages.length);
  const verdict = judgeAlone(looked, policy, state.baseline);
  if (parity.status === 'dirty') {
    const reason = `Parity regressed in reverse shadow: ${parity.reasons.join('; ')}.`;
    return { observation: { decision: 'rollback', reason }, verdict };
  }
  return { observation: weigh(state, verdict, { earliest: duration, bake: duration, maxHold }, now), verdict };
}

function weigh(state: Looking, verdict: Observation, stretch: Stretch, now: number): Observation {
  const { earliest, bake, maxHold } = stretch;
  const { decision, reason } = verdict;
  const elapsed = elapsedMs(state, now) / 1000;
  if (decision === 'rollback') return { decision, reason };
  if (elapsed < earliest) return { decision: 'hold', reason: `${minutes(elapsed)} of ${minutes(earliest)}: ${reason}` };
  if (decision === 'advance') return { decision, reason };
  if (elapsed < bake + maxHold || state.plan.gate.onUndecided === 'hold') return { decision: 'hold', reason };
  return { decision: 'rollback', reason: `${reason} Undecided for the maximum of ${minutes(maxHold)} after its bake.` };
}

function minutes(seconds: number): string {
  return `${Math.round(seconds / 60)} min`;
}
