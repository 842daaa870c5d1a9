/** Computes how much evidence a metric of the plan needs until a candidate that is as good as stable may advance. */
import type { CountMetric, MetricBaseline, PlanMetric } from '../model/index.ts';
import { badShare, marginLine } from './bad-share.ts';
import { clamped, growthOf } from './binary-bets.ts';
import { minutesNeeded } from './minutes.ts';

/**
 * How many standard deviations of bad luck are allowed for: with 2, a healthy candidate passes by then with a
 * probability of about 97.5 %.
 */
const LUCK = 2;
/** How many bets "within the margin" mixes. */
const MIXED = 2;

export interface MetricNeed {
  readonly name: string;
  /** How many denominators of the candidate are needed; null for a value, which counts minutes. */
  readonly denominators: number | null;
  /** Seconds until they have arrived; Infinity if they never will. */
  readonly seconds: number;
}

export interface MetricTraffic {
  /** Requests per second at the ingress. */
  readonly rps: number;
  /** The candidate's share of them, between 0 and 1. */
  readonly share: number;
  /** Probability that a candidate which is worse by the margin is found to be within it. */
  readonly beta: number;
  /** Stable's count metrics on an ordinary day, by name; otherwise the plan's own figures are used. */
  readonly measured?: Readonly<Record<string, MetricBaseline>> | undefined;
}

/** null if the metric is not required, or if its ordinary share is unknown. */
export function needOf(metric: PlanMetric, traffic: MetricTraffic): MetricNeed | null {
  if (metric.kind === 'guard' || traffic.share >= 1 || traffic.share * 100 < metric.requiredFrom) return null;
  if (metric.kind === 'value') {
    const seconds = 60 * minutesNeeded(traffic.beta, metric.spell) + metric.settleAfter;
    return { name: metric.name, denominators: null, seconds };
  }
  return countNeed(metric, traffic);
}

function countNeed(metric: CountMetric, { rps, share, beta, measured }: MetricTraffic): MetricNeed | null {
  const found = measured?.[metric.name];
  const usual = found?.usual ?? metric.usualShare;
  if (usual === undefined) return null;
  const bad = clamped(badShare(metric, usual));
  const ratio = (1 - share) / share;
  const { drift, variance } = growthOf({ n0: ratio, n1: 1 }, { p0: bad, p1: bad }, marginLine(metric));
  const target = Math.log(MIXED / beta);
  const spread = LUCK * Math.sqrt(variance);
  const events = ((spread + Math.sqrt(spread ** 2 + 4 * drift * target)) / (2 * drift)) ** 2;
  const denominators = Math.ceil(events * metric.burst);
  const perSecond = share * (found?.perSecond ?? rps * metric.perRequest);
  return { name: metric.name, denominators, seconds: Math.ceil(denominators / perSecond) + metric.settleAfter };
}
