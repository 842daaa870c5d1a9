/**
 * One observation of each phase: evidence in, {@link Observation} out. The comparison of the two sides is the gate's
 * (core/gate); here stand the hard stops before it, and what holds where there is no second side to compare with.
 */

import {
  bothWays,
  decideGate,
  evidenceSince,
  gapOf,
  gatePolicyOf,
  judgeAlone,
  settled,
  settledPrefix,
} from '../gate/index.ts';
import { gatePlan, opinionsOf, type Stretch, together, voteOf } from '../metrics/index.ts';
import {
  type AlarmReading,
  answersAnybody,
  type CutoverState,
  type Deployment,
  describeWeights,
  fromIso,
  type HookAnswer,
  type MetricEvidence,
  type MinuteEvidence,
  type ParityVerdict,
  type RuleWeights,
  rollbackAlarmsOf,
  type Steered,
  sameWeights,
  type TargetHealthCounts,
  weightsFor,
} from '../model/index.ts';
import { COHORT_STAGE, judgeCohort } from './cohort.ts';
import { withHooks } from './hooks.ts';
import { observeMirror } from './mirrored-customers.ts';
import { elapsedMs, type Observation } from './reducer.ts';
import { onRevision, type Revised } from './revision.ts';
import { steer } from './steering.ts';
import { inMinutes, passedOf } from './wording.ts';

/** Ten minutes without a gap, points that come up to three minutes late, and two clocks that differ by two minutes each. */
const ARRIVAL_SECONDS = 17 * 60;

/** An observation, and the comparison behind it where there was one. */
export interface Observed {
  readonly observation: Observation;
  readonly verdict?: Observation & { readonly metrics: readonly unknown[] };
}

/** What a decision reads of the run; with {@link Evidence} and the time it is enough to take the decision again. */
export type Looking = Pick<CutoverState, 'plan' | 'phase' | 'stage' | 'since' | 'split' | 'baseline'> & {
  /** What people asked of the run. */
  readonly steered?: Steered | undefined;
};

/** Could the stable side take everything back now? */
export interface StableReadiness {
  readonly healthy: number;
  /** Targets that it had when the run began. */
  readonly needed: number;
}

export interface HardEvidence {
  readonly alarms: readonly AlarmReading[];
  readonly live: readonly RuleWeights[];
  readonly candidate: TargetHealthCounts;
  /** Absent in logs of earlier versions, and once the stable side is taken away on purpose. */
  readonly stable?: StableReadiness | null | undefined;
}

export interface Evidence extends HardEvidence {
  /** Since the phase or stage began. */
  readonly minutes: readonly MinuteEvidence[];
  /** Of the plan's own metrics; absent in logs of earlier versions, and in phases in which none votes. */
  readonly metrics?: readonly MetricEvidence[] | undefined;
  /** Sides that changed in mid-run; null or absent: none did, as far as is known. */
  readonly revised?: Revised | null | undefined;
  /** Votes of the plan's hooks; absent before they are asked. */
  readonly hooks?: readonly HookAnswer[] | undefined;
  /** Null where it was not read: in a stage nothing is mirrored, and a hard stop waits for nobody. */
  readonly parity: ParityVerdict | null;
}

/**
 * Pure: the same plan, evidence and time give the same decision, so the log can be replayed (core/phases/replay.ts). A hard stop
 * goes back at once; a gap in the evidence blocks promotion, never a rollback, and for no longer than `maxHold`.
 */
export function observe(deployment: Deployment, state: Looking, seen: Evidence, now: number): Observed {
  const stop = hardStop(deployment, state, seen);
  if (stop !== null) return { observation: { decision: 'rollback', reason: stop } };
  const known = settled(seen.minutes, now, state.plan.gate.settleAfter);
  const observed = observePhase(deployment, state, { ...seen, minutes: known }, now);
  const { decision, reason } = observed.observation;
  if (decision === 'rollback') return observed;
  const anew = onRevision(state, seen.revised);
  if (anew !== null) return { ...observed, observation: anew };
  const obstacle = obstacleOf(deployment, state, seen);
  const held = obstacle ?? (decision === 'advance' ? gapIn(state, known, now) : null);
  const longest = obstacle === null ? longestUndecided(state, known, now) : lengthOf(state).maxHold;
  const found = held === null ? observed.observation : heldBy(`${held} ${reason}`, state, now, longest);
  const safe = obstacle === null && seen.parity?.status !== 'dirty';
  const steered = steer(found, state.steered, safe);
  const voted = withHooks(steered, seen.hooks);
  const isHeld = steered.decision === 'advance' && voted.decision === 'hold';
  return { ...observed, observation: isHeld ? heldBy(voted.reason, state, now, lengthOf(state).maxHold) : voted };
}

function heldBy(reason: string, state: Looking, now: number, longest: number): Observation {
  return overdue(state, now, longest)
    ? { decision: 'rollback', reason: `${reason} It was held for its maximum of ${inMinutes(longest)}.` }
    : { decision: 'hold', reason };
}

function observePhase(deployment: Deployment, state: Looking, seen: Evidence, now: number): Observed {
  if (state.phase === 'stage') return observeStage(state, seen, now);
  if (state.phase === 'shadow' || state.phase === 'exercise') {
    const mirrored = observeMirror(state, seen.minutes);
    if (mirrored !== null) return mirrored;
  }
  if (seen.parity === null) return { observation: { decision: 'hold', reason: 'Parity was not read.' } };
  switch (state.phase) {
    case 'shadow':
      return { observation: observeShadow(deployment, state, seen.alarms, seen.parity, now) };
    case 'exercise':
      return { observation: observeExercise(state, seen.parity, now) };
    default:
      return observeSoak(state, seen, seen.parity, now);
  }
}

/** Why any phase goes back at once; null when nothing of the kind is seen. */
export function hardStop(deployment: Deployment, state: Looking, seen: HardEvidence): string | null {
  const rollsBack = rollbackAlarmsOf(deployment, state.plan);
  const guards = seen.alarms.filter((a) => rollsBack.includes(a.name));
  const red = guards.filter((a) => a.state === 'ALARM');
  if (red.length > 0) return `Alarm ${names(red)} is in ALARM.`;
  const intended = weightsFor(deployment, state.split);
  if (!sameWeights(seen.live, intended))
    return `Drift: live weights are ${describeWeights(deployment, seen.live)}, intended ${describeWeights(deployment, intended)}.`;
  if (!answersAnybody(state.split)) return null;
  const { healthy, unhealthy } = seen.candidate;
  if (healthy === 0) return 'The candidate has no healthy target.';
  // A load balancer sends an unhealthy target nothing, so the rest carry its share: a majority down is no rollout.
  if (unhealthy > healthy) return `${unhealthy} of the candidate's ${unhealthy + healthy} targets are unhealthy.`;
  // Customers are on the candidate, and the way that brings them back without this run is cut.
  const silenced = silences(guards);
  return silenced === null ? null : `Customers are on the candidate, and ${silenced}.`;
}

/** What keeps the run from advancing until it ends; null when there is nothing. */
function obstacleOf(deployment: Deployment, state: Looking, seen: HardEvidence): string | null {
  const silenced = silences(seen.alarms);
  if (silenced !== null) return `Waiting: ${silenced}.`;
  const unready = unreadiness(seen);
  if (unready !== null) return unready;
  const rollsBack = rollbackAlarmsOf(deployment, state.plan);
  const missing = rollsBack.filter((name) => !seen.alarms.some((a) => a.name === name));
  if (missing.length > 0) return `Alarm ${missing.join(', ')} does not exist.`;
  const { healthy, unhealthy } = seen.candidate;
  if (answersAnybody(state.split) && unhealthy > 0)
    return `${unhealthy} of the candidate's ${unhealthy + healthy} targets are unhealthy.`;
  const blind = seen.alarms.filter((a) => a.state === 'INSUFFICIENT_DATA' && rollsBack.includes(a.name));
  return blind.length > 0 ? `Alarm ${names(blind)} has INSUFFICIENT_DATA.` : null;
}

/** What is missing of the evidence of a stage or a soak that would advance; null when it is whole and fresh. */
function gapIn(state: Looking, known: readonly MinuteEvidence[], now: number): string | null {
  if ((state.phase !== 'stage' && state.phase !== 'soak') || state.stage === COHORT_STAGE) return null;
  const since = evidenceSince(fromIso(state.since), now);
  const share = state.phase === 'soak' ? 1 : state.split.candidatePercent / 100;
  const gap = gapOf(known, { since, now, share, bakeMs: earliestOf(state, now) * 1000 });
  return gap === null ? null : `Evidence is not complete: ${gap}.`;
}

/** Seconds after which the present phase or stage may advance; a promotion ends its time now. */
function earliestOf(state: Looking, now: number): number {
  const { bake } = lengthOf(state);
  const { accelerate, minBake } = state.plan.gate;
  const planned = state.phase === 'stage' && accelerate ? Math.min(minBake, bake) : bake;
  return state.steered?.promoted == null ? planned : Math.min(planned, elapsedMs(state, now) / 1000);
}

/** Why a rollback could not be carried by the stable side; null when it could. No customer moves away from a side that is sinking. */
export function unreadiness({ stable }: Pick<HardEvidence, 'stable'>): string | null {
  if (stable == null || stable.healthy >= stable.needed) return null;
  return `The stable side has ${stable.healthy} of ${stable.needed} healthy targets, so it could not take everything back.`;
}

function silences(alarms: readonly AlarmReading[]): string | null {
  const disabled = alarms.filter((a) => !a.actionsEnabled);
  if (disabled.length > 0) return `actions of alarm ${names(disabled)} are disabled`;
  const muted = alarms.filter((a) => a.mutedBy.length > 0).map((a) => `${a.name} by ${a.mutedBy.join(', ')}`);
  return muted.length > 0 ? `actions of alarms are muted (${muted.join('; ')})` : null;
}

function names(alarms: readonly AlarmReading[]): string {
  return alarms.map((a) => a.name).join(', ');
}

/** How long the present phase or stage lasts, and may be held beyond that. Seconds. */
function lengthOf({ plan, phase, stage }: Looking): { readonly bake: number; readonly maxHold: number } {
  const { shadow, cohort, stages, soak } = plan;
  switch (phase) {
    case 'shadow':
      return { bake: shadow.duration, maxHold: shadow.maxHold };
    case 'exercise':
      return { bake: shadow.exercise, maxHold: shadow.maxHold };
    case 'stage': {
      const at = stage === COHORT_STAGE ? cohort : stages[stage];
      if (at === undefined) throw new RangeError(`stage ${stage} is not in the plan`);
      return at;
    }
    default:
      return { bake: soak.duration, maxHold: soak.maxHold };
  }
}

/** `longest`: seconds for which the phase may be held beyond its bake. */
function overdue(state: Looking, now: number, longest: number): boolean {
  const judged = state.phase === 'stage' || state.phase === 'soak';
  if (judged && state.plan.gate.onUndecided === 'hold') return false;
  return elapsedMs(state, now) / 1000 - (state.steered?.pausedSeconds ?? 0) >= lengthOf(state).bake + longest;
}

/**
 * Seconds for which an undecided gate may hold. Absence alone brings nobody back before every point of the bake had its time to
 * arrive, however short the plan's `maxHold`.
 */
function longestUndecided(state: Looking, known: readonly MinuteEvidence[], now: number): number {
  const { maxHold } = lengthOf(state);
  const late = gapIn(state, known, now) !== null || settledPrefix(known).length < known.length;
  return late ? Math.max(maxHold, state.plan.gate.settleAfter + ARRIVAL_SECONDS) : maxHold;
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
  const earliest = earliestOf(state, now);
  const red = alarms.filter((a) => a.state === 'ALARM' && deployment.shadowAlarms.includes(a.name)).map((a) => a.name);
  if (red.length > 0)
    return { decision: 'rollback', reason: `Shadow alarm ${red.join(', ')} is in ALARM; the mirror is closed.` };
  const text = `Parity ${parity.status} over ${parity.pairs} captures on ${parity.routes} routes${parity.reasons.length === 0 ? '' : `: ${parity.reasons.join('; ')}`}.`;
  if (elapsed < earliest) return { decision: 'hold', reason: `${passedOf(elapsed, duration)} ${text}` };
  if (parity.status === 'clean') return { decision: 'advance', reason: text };
  if (!overdue(state, now, maxHold)) return { decision: 'hold', reason: text };
  return { decision: 'rollback', reason: `${text} It was held for its maximum of ${inMinutes(maxHold)}.` };
}

/** Exercise: hold for its duration, then ask parity again. */
export function observeExercise(state: Looking, parity: ParityVerdict, now: number): Observation {
  const { exercise, maxHold } = state.plan.shadow;
  const elapsed = elapsedMs(state, now) / 1000;
  const earliest = earliestOf(state, now);
  const text = `Parity ${parity.status} under load${parity.reasons.length === 0 ? '' : `: ${parity.reasons.join('; ')}`}.`;
  if (elapsed < earliest) return { decision: 'hold', reason: `${passedOf(elapsed, exercise)} ${text}` };
  if (parity.status === 'clean') return { decision: 'advance', reason: text };
  if (!overdue(state, now, maxHold)) return { decision: 'hold', reason: text };
  return { decision: 'rollback', reason: `${text} It was held for its maximum of ${inMinutes(maxHold)}.` };
}

/**
 * A canary stage: rolls back as soon as the candidate is shown to be worse; advances when its evidence is in and its bake
 * is over (or, with `accelerate`, the minimum bake); ends by `onUndecided` after `maxHold`.
 */
export function observeStage(state: Looking, seen: Measured, now: number): Observed {
  if (state.stage === COHORT_STAGE) {
    const verdict = judgeCohort(state.plan, state.baseline, seen.minutes);
    return { observation: weigh(state, verdict, seen.minutes, now), verdict };
  }
  const stage = state.plan.stages[state.stage];
  if (stage === undefined) throw new RangeError(`stage ${state.stage} is not in the plan`);
  const policy = gatePolicyOf(gatePlan(state.plan), state.baseline, state.stage);
  const verdict =
    stage.percent === 100 ? judgeAlone(seen.minutes, policy, state.baseline) : decideGate(seen.minutes, policy);
  return weighAll(state, verdict, seen, { now, percent: stage.percent, tests: policy.tests });
}

/**
 * Soak: all requests are the candidate's, so it is held against the baseline of before the cutover, and its answers
 * against the stable side's in reverse shadow.
 */
export function observeSoak(state: Looking, seen: Measured, parity: ParityVerdict, now: number): Observed {
  const policy = gatePolicyOf(gatePlan(state.plan), state.baseline, state.plan.stages.length);
  // The reverse mirror passes its requests to the candidate: they are the candidate's customers too.
  const looked = seen.minutes.map((m) => ({ ...m, candidate: bothWays(m.candidate, m.mirror ?? null) }));
  const verdict = judgeAlone(looked, policy, state.baseline);
  if (parity.status === 'dirty') {
    const reason = `Parity regressed in reverse shadow: ${parity.reasons.join('; ')}.`;
    return { observation: { decision: 'rollback', reason }, verdict };
  }
  const held: GateVerdict =
    verdict.decision === 'advance' && parity.status === 'insufficient'
      ? {
          ...verdict,
          decision: 'hold',
          reason: `Reverse shadow is not enough to tell: ${parity.reasons.join('; ')}. ${verdict.reason}`,
        }
      : verdict;
  return weighAll(state, held, seen, { now, percent: 100, tests: policy.tests });
}

type Measured = Pick<Evidence, 'minutes' | 'metrics'>;
type GateVerdict = NonNullable<Observed['verdict']>;

/** The gate's verdict with the opinions of the plan's own metrics, and what both come to. `tests`: parts that α has here. */
function weighAll(
  state: Looking,
  verdict: GateVerdict,
  { minutes: looked, metrics = [] }: Measured,
  { now, percent, tests }: { readonly now: number; readonly percent: number; readonly tests: number },
): Observed {
  const { plan, baseline, since } = state;
  const stretch: Stretch = {
    metrics: plan.metrics,
    baseline: baseline?.metrics ?? {},
    since: fromIso(since),
    now,
    percent,
    alpha: plan.gate.alpha / tests,
    beta: plan.gate.beta,
  };
  const opinions = opinionsOf(metrics, stretch);
  const observation = weigh(state, together(verdict, voteOf(opinions)), looked, now);
  return { observation, verdict: { ...verdict, metrics: [...verdict.metrics, ...opinions] } };
}

function weigh(state: Looking, verdict: Observation, looked: readonly MinuteEvidence[], now: number): Observation {
  const { decision, reason } = verdict;
  const earliest = earliestOf(state, now);
  const elapsed = elapsedMs(state, now) / 1000;
  if (decision === 'rollback') return { decision, reason };
  if (elapsed < earliest) return { decision: 'hold', reason: `${passedOf(elapsed, earliest)} ${reason}` };
  if (decision === 'advance') return { decision, reason };
  const longest = longestUndecided(state, looked, now);
  if (!overdue(state, now, longest)) return { decision: 'hold', reason };
  return {
    decision: 'rollback',
    reason: `${reason} Undecided for the maximum of ${inMinutes(longest)} after its bake.`,
  };
}
