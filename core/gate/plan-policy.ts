/** The gate's policy for one stage, according to the plan. */

import type { BaselineSummary, Plan } from '../model/index.ts';
import type { RateTolerance } from './bets/index.ts';
import { spansWithin } from './freshness.ts';
import { MATTERS } from './least-difference.ts';
import type { GatePolicy } from './policy.ts';

/**
 * Half of α belongs to the first stage, where a regression first reaches customers with the least traffic to show it.
 * The rest is divided evenly between the other stages, the two shadow phases and the soak, which is stage
 * `plan.stages.length`.
 */
export function gatePolicyOf(plan: Plan, baseline: BaselineSummary | null, stage: number): GatePolicy {
  const { gate } = plan;
  const { duration, maxHold } = plan.soak;
  const at = plan.stages[stage];
  const length = at === undefined ? duration + maxHold : at.bake + at.maxHold;
  // In the soak no weight has moved.
  const warming = (seconds: number) => (stage < plan.stages.length ? Math.ceil(seconds / 60) : 0);
  const errorIncident = incidentOf(baseline?.errorCeiling, baseline?.errorRate, gate.errorMargin);
  const slowIncident = incidentOf(baseline?.slowCeiling, baseline?.slowRate, gate.slowMargin);
  return {
    alpha: gate.alpha,
    beta: gate.beta,
    tests: (stage === 0 ? 2 : othersOf(plan)) * spansWithin(length),
    errorMargin: gate.errorMargin,
    slowMargin: gate.slowMargin,
    errorBurst: gate.errorBurst,
    slowBurst: gate.slowBurst,
    errorTolerance: toleratedOf(gate.errorTolerance, baseline?.errorRate, gate.errorMargin),
    slowTolerance: toleratedOf(gate.slowTolerance, baseline?.slowRate, gate.slowMargin),
    lostTolerance: toleratedOf(gate.errorTolerance, baseline?.untoldCeiling, gate.errorMargin),
    errorNoise: baseline?.errorNoise ?? 0,
    slowNoise: baseline?.slowNoise ?? 0,
    errorRate: baseline?.errorRate ?? 0,
    slowRate: baseline?.slowRate ?? 0,
    errorIncident,
    slowIncident,
    // A wandering rate has an allowance of its own.
    slowSpell: baseline?.slowNoise == null ? spellOf(baseline?.slowCeiling, baseline?.slowRate, slowIncident) : 0,
    errorReached: baseline?.errorCeiling ?? 0,
    errorSpike: baseline?.errorSpike ?? 0,
    errorReach: reachOf(at?.percent, baseline?.errorCeiling, gate.errorMargin),
    slowReach: reachOf(at?.percent, baseline?.slowCeiling, gate.slowMargin),
    minRequests: gate.minRequests,
    // What stable itself reaches now and then is no outage of the candidate.
    maxErrorRate: Math.max(gate.maxErrorRate, Number.isFinite(errorIncident) ? errorIncident : 0),
    latencyBudgetMs: gate.latencyBudgetMs,
    warmUpMinutes: warming(gate.warmUp),
    warmUpSlowMargin: gate.warmUpSlowMargin,
    warmUpErrorMinutes: warming(gate.warmUpErrors),
    warmUpErrorMargin: gate.warmUpErrorMargin,
    weight: (at?.percent ?? 100) / 100,
    elb5xxRate: Math.max(baseline?.elb5xxRate ?? 0, baseline?.untargetedRate ?? 0),
  };
}

/**
 * The tolerance never exceeds half of the margin, below which nothing is rolled back anyway. A part of a high base rate
 * could be many margins, and if a regression of twice the margin were tolerated up to the whole margin, it would need
 * four times the evidence.
 */
function toleratedOf(asked: RateTolerance, rate: number | null | undefined, margin: number): RateTolerance {
  const most = (asked.ratio - 1) * (rate ?? 0) + asked.absolute;
  const matters = MATTERS * margin;
  return most <= matters ? asked : { ratio: 1, absolute: matters };
}

/**
 * An incident is at least this many times the mean rate of a side, so that an incident in the look-back does not hide
 * the next one.
 */
const FAR_BEYOND = 4;

/** A rate that the windows of stable hardly ever reach (bets/ceiling.ts), plus a relevant difference. */
function incidentOf(ceiling: number | null | undefined, mean: number | null | undefined, margin: number): number {
  return ceiling == null || mean == null ? Number.POSITIVE_INFINITY : Math.min(ceiling, FAR_BEYOND * mean) + margin;
}

/**
 * A side has ordinary spells if its minutes reach this many times its mean rate. Lower ratios are chance; higher ones
 * were an incident.
 */
const SPELLS = { from: 3, to: 10 } as const;

/** The limit of a minute within an ordinary spell; 0 for a side without spells in its look-back. */
function spellOf(ceiling: number | null | undefined, mean: number | null | undefined, incident: number): number {
  if (ceiling == null || mean == null) return 0;
  return ceiling >= SPELLS.from * mean && ceiling <= SPELLS.to * mean ? incident : 0;
}

/** Whether a stage gives most requests to the candidate. Stable's earlier minutes are then a second control. */
export function hasMost(percent: number): boolean {
  return percent > 50;
}

function reachOf(percent: number | undefined, ceiling: number | null | undefined, margin: number): number {
  return percent === undefined || !hasMost(percent) || ceiling == null ? Number.POSITIVE_INFINITY : ceiling + margin;
}

/**
 * For customers whose requests pass through the mirror, in the shadow or its exercise. The mirror takes the place of
 * the candidate, and nothing is promoted.
 */
export function shadowPolicyOf(plan: Plan, baseline: BaselineSummary | null): GatePolicy {
  const { duration, exercise, maxHold } = plan.shadow;
  const tests = othersOf(plan) * spansWithin(Math.max(duration, exercise) + maxHold);
  // Which customers the mirror has is not the listener's weights.
  return { ...gatePolicyOf(plan, baseline, 0), tests, weight: 1 };
}

/** The stages other than the first, the soak, the shadow and the exercise share half of α. */
function othersOf(plan: Plan): number {
  return 2 * (plan.stages.length + 2);
}
