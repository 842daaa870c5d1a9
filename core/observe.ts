/**
 * One observation of each phase: evidence in, {@link Observation} out. The comparison of the two sides is the gate's
 * (core/gate); here stand the hard stops before it, and what holds where there is no second side to compare with.
 */
import { elapsedMs, type Observation } from './cutover.ts';
import type { Deployment } from './deployment.ts';
import { decideGate } from './gate/decide.ts';
import type { MinuteEvidence } from './gate/evidence.ts';
import { gatePolicyOf } from './gate-policy.ts';
import type { AlarmReading, ParityVerdict, TargetHealthCounts } from './ports.ts';
import type { CutoverState } from './state.ts';
import { describeWeights, type RuleWeights, sameWeights, weightsFor } from './weights.ts';

/** An observation with the inputs that it was decided on, for the log. */
export interface Observed {
  readonly observation: Observation;
  readonly data: unknown;
}

export interface HardEvidence {
  readonly alarms: readonly AlarmReading[];
  readonly live: readonly RuleWeights[];
  readonly candidate: TargetHealthCounts;
}

/** What ends any phase at once, or holds it; null when nothing of the kind is seen. */
export function hardStop(deployment: Deployment, state: CutoverState, seen: HardEvidence): Observation | null {
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
  const mute = seen.alarms.filter((a) => !a.actionsEnabled).map((a) => a.name);
  if (mute.length > 0)
    return { decision: 'hold', reason: `Actions of alarm ${mute.join(', ')} are disabled; enable them to go on.` };
  const missing = deployment.rollbackAlarms.filter((name) => !seen.alarms.some((a) => a.name === name));
  if (missing.length > 0)
    return { decision: 'hold', reason: `Alarm ${missing.join(', ')} does not exist; the run waits for it.` };
  const blind = seen.alarms
    .filter((a) => a.state === 'INSUFFICIENT_DATA' && deployment.rollbackAlarms.includes(a.name))
    .map((a) => a.name);
  return blind.length > 0 ? { decision: 'hold', reason: `Alarm ${blind.join(', ')} has INSUFFICIENT_DATA.` } : null;
}

/** Shadow: customers see only the stable side, so an unclean parity holds the phase, and ends it after `maxHold`. */
export function observeShadow(
  deployment: Deployment,
  state: CutoverState,
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
export function observeExercise(state: CutoverState, parity: ParityVerdict, now: number): Observation {
  const { exercise, maxHold } = state.plan.shadow;
  const elapsed = elapsedMs(state, now) / 1000;
  const text = `Parity ${parity.status} under load${parity.reasons.length === 0 ? '' : `: ${parity.reasons.join('; ')}`}.`;
  if (elapsed < exercise) return { decision: 'hold', reason: `${minutes(elapsed)} of ${minutes(exercise)}. ${text}` };
  if (parity.status === 'clean') return { decision: 'advance', reason: text };
  if (elapsed < exercise + maxHold) return { decision: 'hold', reason: text };
  return { decision: 'rollback', reason: `${text} It was held for its maximum of ${minutes(maxHold)}.` };
}

/**
 * A canary stage: rolls back as soon as the candidate is shown to be worse; advances when its evidence is in and its bake
 * is over (or, with `accelerate`, the minimum bake); ends by `onUndecided` after `maxHold`.
 */
export function observeStage(state: CutoverState, looked: readonly MinuteEvidence[], now: number): Observed {
  const stage = state.plan.stages[state.stage];
  if (stage === undefined) throw new RangeError(`stage ${state.stage} is not in the plan`);
  if (stage.percent === 100) {
    return {
      observation: observeWithoutControl(state, looked, stage.bake, stage.maxHold, now),
      data: { minutes: looked },
    };
  }
  const { gate } = state.plan;
  const verdict = decideGate(looked, gatePolicyOf(state.plan));
  const data = { minutes: looked, verdict };
  const elapsed = elapsedMs(state, now) / 1000;
  const decide = (decision: Observation['decision'], reason: string): Observed => ({
    observation: { decision, reason },
    data,
  });
  if (verdict.decision === 'rollback') return decide('rollback', verdict.reason);
  const earliest = gate.accelerate ? Math.min(gate.minBake, stage.bake) : stage.bake;
  if (elapsed < earliest) return decide('hold', `${minutes(elapsed)} of ${minutes(earliest)}: ${verdict.reason}`);
  if (verdict.decision === 'advance') return decide('advance', verdict.reason);
  if (elapsed < stage.bake + stage.maxHold || gate.onUndecided === 'hold') return decide('hold', verdict.reason);
  return decide('rollback', `${verdict.reason} Undecided for the maximum of ${minutes(stage.maxHold)} after its bake.`);
}

/**
 * At 100 % no customer of the stable side is left to compare with: the candidate is held against the baseline that was
 * taken before the cutover. `bake` and `maxHold` are seconds.
 */
export function observeWithoutControl(
  state: CutoverState,
  evidence: readonly MinuteEvidence[],
  bake: number,
  maxHold: number,
  now: number,
): Observation {
  const { gate } = state.plan;
  const elapsed = elapsedMs(state, now) / 1000;
  const sum = (pick: (m: MinuteEvidence) => number) => evidence.reduce((total, m) => total + pick(m), 0);
  const requests = sum((m) => m.candidate?.requests ?? 0);
  const failed = sum((m) => (m.candidate?.target5xx ?? 0) + (m.candidate?.connectionErrors ?? 0) + m.elb5xx);
  const rate = requests === 0 ? 0 : failed / requests;
  const allowed = (state.baseline?.errorRate ?? 0) + gate.errorMargin;
  const text = `${failed} of ${requests} requests failed (${percent(rate)}; baseline plus margin ${percent(allowed)})`;
  if (requests >= gate.minRequests && rate > gate.maxErrorRate) {
    return { decision: 'rollback', reason: `${text}, above the limit of ${percent(gate.maxErrorRate)}.` };
  }
  if (elapsed >= bake && requests >= gate.minRequests && rate <= allowed)
    return { decision: 'advance', reason: `${text} in ${minutes(elapsed)}.` };
  if (elapsed < bake + maxHold || gate.onUndecided === 'hold')
    return { decision: 'hold', reason: `${minutes(elapsed)} of ${minutes(bake)}: ${text}.` };
  return { decision: 'rollback', reason: `${text}; undecided for the maximum of ${minutes(maxHold)} after its bake.` };
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}

function minutes(seconds: number): string {
  return `${Math.round(seconds / 60)} min`;
}
