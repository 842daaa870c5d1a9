/** How much evidence a metric of the user's own takes until a candidate as good as the stable side may advance. */
import type { CountMetric, MetricBaseline, PlanMetric } from '../model/index.ts';
import { badShare, marginLine } from './bad-share.ts';
import { clamped, growthOf } from './binary-bets.ts';
import { minutesNeeded } from './minutes.ts';

/** Standard deviations of luck allowed for: 2 is a chance of about 97.5 % that a healthy candidate passes by then. */
const LUCK = 2;
/** Bets that "within the margin" mixes. */
const MIXED = 2;

export interface MetricNeed {
  readonly name: string;
  /** Denominators of the candidate that it takes; null for a value, which counts minutes. */
  readonly denominators: number | null;
  /** Seconds until they have come. Infinity where they never will. */
  readonly seconds: number;
}

export interface MetricTraffic {
  /** Requests per second at the ingress. */
  readonly rps: number;
  /** Share of them that is the candidate's, above 0 and below 1. */
  readonly share: number;
  /** Chance that a candidate worse by the margin is found to be within it. */
  readonly beta: number;
  /** What the stable side's count metrics are on an ordinary day, by name; else the plan's own figures are used. */
  readonly measured?: Readonly<Record<string, MetricBaseline>> | undefined;
}

/** Null where the metric is not required, or nobody has said what its share ordinarily is. */
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
