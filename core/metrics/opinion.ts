/**
 * The opinion of each of the plan's own metrics about a stage or the soak: rollback, hold or advance. Each has its own
 * part of α, so that all tests together stay within α. A gap holds: no metric advances without data.
 */
import { finite, gapOf } from '../gate/index.ts';
import {
  alphaShareOf,
  type CountMetric,
  type GuardMetric,
  type MetricBaseline,
  type MetricEvidence,
  type MetricMinute,
  type MinuteEvidence,
  type PlanMetric,
  type ValueMetric,
} from '../model/index.ts';
import { type CountEvidence, compareCounts, countsAlone } from './counts.ts';
import { judgeGuard, judgeValues, type MinutesEvidence } from './minutes.ts';
import { type Bounds, countSentence, minutesSentence } from './wording.ts';

export interface MetricOpinion {
  /** The metric's name. */
  readonly metric: string;
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  /** A sentence with the figures. */
  readonly text: string;
  /** Whether it must be within its margin before the stage advances. */
  readonly required: boolean;
  /** Why the available data do not permit an advance; null if they do. */
  readonly gap: string | null;
  /** Evidence for "worse" and for "within", and the thresholds of the e-values. */
  readonly eValue: number;
  readonly threshold: number;
  readonly withinEValue: number;
  readonly withinThreshold: number;
  /** As a difference of shares or values; for a guard, its limit. */
  readonly margin: number;
  /** Shares of the numerator, or mean values. */
  readonly stableRate?: number;
  readonly candidateRate?: number;
}

/** The period that is judged. */
export interface Stretch {
  readonly metrics: readonly PlanMetric[];
  /** By name; absent for logs of earlier versions. */
  readonly baseline: Readonly<Record<string, MetricBaseline>>;
  /** When the stage or the soak began, and the present time; milliseconds since the epoch. */
  readonly since: number;
  readonly now: number;
  /** The candidate's percentage of the requests. */
  readonly percent: number;
  /** For how many minutes there are ordinarily no requests. */
  readonly silentMinutes: number;
  /** Probability that a healthy candidate is called worse in this period, over all tests. */
  readonly alpha: number;
  /** Probability that a candidate which is worse by a margin is found to be within it. */
  readonly beta: number;
}

/** The most minutes that are evaluated; of a longer soak, the latest. */
export const METRIC_WINDOW = 7 * 1440;

/** Larger counts and values of a minute are considered corrupt, so that sums over a stage remain numbers. */
export const MOST_FIGURE = 1e15;

/** From this e-value on "worse" is suspected, and the evidence since then must be within the margin, too. */
const SUSPICION = 3;

/** An opinion for each metric of the plan. A metric that was not read is undecided. */
export function opinionsOf(evidence: readonly MetricEvidence[], stretch: Stretch): MetricOpinion[] {
  return stretch.metrics.map((metric) => {
    const seen = evidence.find(({ name }) => name === metric.name) ?? {
      name: metric.name,
      trouble: 'it was not read',
      minutes: [],
    };
    return opinionOf(metric, seen, stretch);
  });
}

function opinionOf(metric: PlanMetric, seen: MetricEvidence, stretch: Stretch): MetricOpinion {
  const gap = gapIn(metric, seen, stretch);
  if (metric.kind === 'guard') return ofGuard(metric, seen.minutes, gap, stretch);
  const before = stretch.baseline[metric.name] ?? null;
  // Nobody is left to compare with, so stable's earlier values are used.
  const alone = stretch.percent >= 100 ? before : null;
  if (stretch.percent >= 100 && alone === null) return withoutBaseline(metric.name, boundsOf(metric, stretch));
  if (metric.kind === 'count') return ofCount(metric, seen.minutes, gap, { ...stretch, before, alone });
  const found = judgeValues(seen.minutes, metric, alone);
  return ofMinutes(metric, found, gap, isRequired(metric, stretch), boundsOf(metric, stretch));
}

/** The metric in the look-back; `alone` is the same if it is the only comparison. */
interface Before {
  readonly before: MetricBaseline | null;
  readonly alone: MetricBaseline | null;
}

function ofCount(
  metric: CountMetric,
  minutes: readonly MetricMinute[],
  gap: string | null,
  { before, alone, ...stretch }: Stretch & Before,
): MetricOpinion {
  const bounds = boundsOf(metric, stretch);
  const found: CountEvidence =
    alone === null
      ? compareCounts(minutes, metric, before?.usual ?? metric.usualShare ?? null, bounds.withinThreshold)
      : countsAlone(minutes, metric, alone);
  const worse = found.worse >= Math.log(bounds.threshold) && found.matters;
  const within =
    found.within >= Math.log(bounds.withinThreshold) && (found.worse < Math.log(SUSPICION) || found.harmless);
  return {
    ...common(metric.name, found, bounds),
    verdict: worse ? 'worse' : within ? 'within margin' : 'undecided',
    text: countSentence(metric, found, bounds, before),
    required: isRequired(metric, stretch),
    gap,
    margin: found.margin,
    candidateRate: found.candidateShare,
    ...(found.stableShare === null ? {} : { stableRate: found.stableShare }),
  };
}

function ofGuard(
  metric: GuardMetric,
  minutes: readonly MetricMinute[],
  gap: string | null,
  stretch: Stretch,
): MetricOpinion {
  const found = judgeGuard(minutes, metric);
  const opinion = ofMinutes(metric, found, gap, false, boundsOf(metric, stretch));
  // It is beyond its limit now, which is not yet a reason to roll back, but prevents an advance.
  return found.badNow && gap === null ? { ...opinion, gap: 'it is beyond its limit now' } : opinion;
}

function ofMinutes(
  metric: ValueMetric | GuardMetric,
  found: MinutesEvidence,
  gap: string | null,
  required: boolean,
  bounds: Bounds,
): MetricOpinion {
  const worse = found.worse >= Math.log(bounds.threshold);
  const within = found.within >= Math.log(bounds.withinThreshold);
  return {
    ...common(metric.name, found, bounds),
    verdict: worse ? 'worse' : within ? 'within margin' : 'undecided',
    text: minutesSentence(metric, found, bounds),
    required,
    gap,
    margin: found.margin,
    ...(found.stableValue === null ? {} : { stableRate: found.stableValue }),
    ...(found.candidateValue === null ? {} : { candidateRate: found.candidateValue }),
  };
}

function boundsOf(metric: PlanMetric, { metrics, alpha, beta }: Stretch): Bounds {
  return { threshold: 1 / (alpha * alphaShareOf(metrics, metric)), withinThreshold: 1 / beta };
}

function isRequired({ requiredFrom }: CountMetric | ValueMetric, { percent }: Stretch): boolean {
  return percent < 100 && percent >= requiredFrom;
}

function common(metric: string, found: { readonly worse: number; readonly within: number }, bounds: Bounds) {
  return { metric, eValue: finite(found.worse), withinEValue: finite(found.within), ...bounds };
}

function withoutBaseline(metric: string, bounds: Bounds): MetricOpinion {
  const gap = 'its baseline was not measured, and at 100 % there is nothing else to compare with';
  const none = { verdict: 'undecided', text: `${metric}: no baseline`, required: false, margin: 0 } as const;
  return { metric, ...none, gap, eValue: 1, withinEValue: 1, ...bounds };
}

/** Why the metric's evidence is too thin or too old to advance. */
function gapIn(metric: PlanMetric, { trouble, minutes }: MetricEvidence, stretch: Stretch): string | null {
  if (trouble !== null) return trouble;
  const alone = metric.kind === 'guard' || stretch.percent >= 100;
  const share = alone ? 1 : metric.kind === 'count' ? stretch.percent / 100 : 0.5;
  const as = minutes.map((minute) => asTraffic(minute, metric.kind === 'count'));
  const now = stretch.now - metric.settleAfter * 1000;
  const since = Math.max(stretch.since, now - METRIC_WINDOW * 60_000);
  return gapOf(as, { since, now, share, silentMinutes: stretch.silentMinutes, bakeMs: 0 });
}

/**
 * A value is one point per minute, and none may be missing as a request may, so a point counts as this many requests.
 */
const POINT = 100;

function asTraffic({ minute, stable, candidate }: MetricMinute, counted: boolean): MinuteEvidence {
  const side = (point: MetricMinute['stable']) =>
    point === null ? null : { requests: counted ? point.n : POINT, target5xx: 0, connectionErrors: 0, slow: 0 };
  return { minute, stable: side(stable), candidate: side(candidate), elb5xx: 0 };
}
