/**
 * Values and guards have no counts, so their minutes are counted: one in which the candidate is beyond the tolerance
 * (or the limit) is bad. A healthy candidate may have one bad minute in ten, whatever the minutes before were; it
 * advances once fewer than a quarter are shown to be bad. Figures that stay high once they are high need a tolerance
 * that covers that.
 */
import { logMeanExp, mixOverOnset } from '../gate/bets/index.ts';
import type { GuardMetric, MetricBaseline, MetricMinute, ValueMetric } from '../model/index.ts';
import { logRatioAlone } from './binary-bets.ts';

/** The largest share of bad minutes of a healthy candidate. */
export const HEALTHY = 0.1;
/** With this share of bad minutes or more, the candidate must not advance. */
export const UNHEALTHY = 0.25;
/** Shares of bad minutes on which bets are placed: above, and below. */
const ABOVE = [0.3, 0.6, 0.95] as const;
const BELOW = [0.01, 0.1] as const;

/** Evidence as logarithms of e-values. */
export interface MinutesEvidence {
  readonly worse: number;
  readonly within: number;
  readonly bad: number;
  readonly seen: number;
  /** Whether the latest known minute is bad. */
  readonly badNow: boolean;
  readonly stableValue: number | null;
  readonly candidateValue: number | null;
  readonly margin: number;
}

/** @param before stable's values; used if it no longer answers anybody */
export function judgeValues(
  minutes: readonly MetricMinute[],
  metric: ValueMetric,
  before: MetricBaseline | null,
): MinutesEvidence {
  const limitOf = (value: number) => {
    const allowed = metric.tolerance ?? (metric.relativeTolerance ?? 0) * value;
    return metric.direction === 'higherIsWorse' ? value + allowed : value - allowed;
  };
  const reference = ({ stable }: MetricMinute) => (before === null ? (stable?.x ?? null) : before.worst);
  const outcomes = minutes.map((minute) => {
    const value = reference(minute);
    return value === null || minute.candidate === null
      ? null
      : isBeyond(metric.direction, minute.candidate.x, limitOf(value));
  });
  const stable = meanOf(minutes.map(reference));
  const margin = stable === null ? 0 : Math.abs(limitOf(stable) - stable);
  return { ...judge(outcomes, metric.spell), stableValue: stable, candidateValue: candidateMean(minutes), margin };
}

/** Compares the candidate's minutes with the limit of a guard. */
export function judgeGuard(
  minutes: readonly MetricMinute[],
  { direction, limit, spell }: GuardMetric,
): MinutesEvidence {
  const outcomes = minutes.map(({ candidate }) =>
    candidate === null ? null : isBeyond(direction, candidate.x, limit),
  );
  return { ...judge(outcomes, spell), stableValue: null, candidateValue: candidateMean(minutes), margin: limit };
}

/** After how many minutes without a bad one {@link UNHEALTHY} is refuted at level `beta`. */
export function minutesNeeded(beta: number, spell: number): number {
  const [best = 0] = BELOW.map((p) => Math.log((1 - p) / (1 - UNHEALTHY)));
  return Math.ceil((spell * Math.log(BELOW.length / beta)) / best);
}

/**
 * A spell of bad minutes has a single cause, so its weight is divided by its length, as for a burst of failures
 * (core/gate/bets).
 */
function judge(outcomes: readonly (boolean | null)[], spell: number) {
  const bet = (p: number, limit: number) =>
    outcomes.map((bad) => (bad === null ? 0 : logRatioAlone(1, bad ? 1 : 0, p, limit) / spell));
  const known = outcomes.filter((bad) => bad !== null);
  const sum = (logs: readonly number[]) => logs.reduce((a, b) => a + b, 0);
  return {
    worse: mixOverOnset(ABOVE.map((p) => bet(p, HEALTHY))).logE,
    within: logMeanExp(BELOW.map((p) => sum(bet(p, UNHEALTHY)))),
    bad: known.filter(Boolean).length,
    seen: known.length,
    badNow: known.at(-1) === true,
  };
}

function isBeyond(direction: ValueMetric['direction'], value: number, limit: number): boolean {
  return direction === 'higherIsWorse' ? value > limit : value < limit;
}

function candidateMean(minutes: readonly MetricMinute[]): number | null {
  return meanOf(minutes.map(({ candidate }) => candidate?.x ?? null));
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}
