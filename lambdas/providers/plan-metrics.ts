/** The port of a plan's own metrics. Each metric is read separately, so that a failing source affects no other. */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  fillFor,
  isZeroWhenAbsent,
  METRIC_WINDOW,
  MOST_FIGURE,
  SourceError,
  seriesOf,
} from '../../core/metrics/index.ts';
import {
  type CountMetric,
  type Deployment,
  describeError,
  type MetricBaseline,
  type MetricEvidence,
  type MetricMinute,
  type MetricPoint,
  type MetricQuery,
  type PlanMetric,
  type PlanMetrics,
  type TimeRange,
  toIso,
} from '../../core/model/index.ts';
import { shortened } from '../../input/index.ts';
import type { Side } from '../../sides/index.ts';
import { baselineOf } from './baseline.ts';
import { cloudWatchPoints } from './cloudwatch-queries.ts';
import { type Asked, POINT_MS, type PointSource, type Points } from './source.ts';

/**
 * A numerator that exceeds its denominator by at most this share counts as equal, because Prometheus' `increase`
 * extrapolates.
 */
const ROUNDING = 0.01;
const LONGEST_TROUBLE = 300;

export interface MetricSources {
  readonly deployment: Deployment;
  readonly cloudWatch: Pick<CloudWatchClient, 'send'>;
  /** Sources outside CloudWatch, by the names that plans use. */
  readonly providers: Readonly<Record<string, PointSource>>;
}

export function planMetrics(sources: MetricSources): PlanMetrics {
  return {
    minutes: (metrics, range) => Promise.all(metrics.map((metric) => evidenceOf(sources, metric, range))),
    async baseline(metrics, range) {
      const compared = metrics.filter((metric) => metric.kind !== 'guard');
      const found = await Promise.all(
        compared.map(async (metric) => [metric.name, await baselineOfOne(sources, metric, range)] as const),
      );
      return Object.fromEntries(found);
    },
  };
}

async function evidenceOf(sources: MetricSources, metric: PlanMetric, range: TimeRange): Promise<MetricEvidence> {
  const { name } = metric;
  const whole = wholeMinutes(metric, range);
  if (whole === null) return { name, trouble: null, minutes: [] };
  try {
    const [stable, candidate] = await Promise.all([
      metric.kind === 'guard' ? null : readSide(sources, metric, 'stable', whole),
      readSide(sources, metric, 'candidate', whole),
    ]);
    const minutes: MetricMinute[] = [];
    for (let minute = whole.from; minute < whole.to; minute += POINT_MS)
      minutes.push({
        minute,
        stable: stable?.points.get(minute) ?? null,
        candidate: candidate.points.get(minute) ?? null,
      });
    return { name, trouble: stable?.trouble ?? candidate.trouble, minutes };
  } catch (error) {
    return { name, trouble: troubleOf(error), minutes: [] };
  }
}

async function baselineOfOne(
  sources: MetricSources,
  metric: Exclude<PlanMetric, { kind: 'guard' }>,
  range: TimeRange,
): Promise<MetricBaseline | string> {
  const whole = wholeMinutes(metric, range);
  if (whole === null) return 'the look-back is too short';
  try {
    const { points, trouble } = await readSide(sources, metric, 'stable', whole);
    return trouble ?? baselineOf(metric, points, whole);
  } catch (error) {
    return troubleOf(error);
  }
}

interface SidePoints {
  readonly points: ReadonlyMap<number, MetricPoint>;
  readonly trouble: string | null;
}

async function readSide(sources: MetricSources, metric: PlanMetric, side: Side, range: TimeRange): Promise<SidePoints> {
  const read = async (query: MetricQuery, part: Asked['part']) =>
    believed(await readQuery(sources, metric, side, query, range, part));
  if (metric.kind !== 'count') {
    const values = await read(metric.value, 'value');
    return { points: new Map([...values].map(([minute, x]) => [minute, { n: 1, x }])), trouble: null };
  }
  const [numerator, denominator] = await Promise.all([
    read(metric.numerator, 'numerator'),
    read(metric.denominator, 'denominator'),
  ]);
  return joined(metric, side, numerator, denominator);
}

function joined(metric: CountMetric, side: Side, numerator: Points, denominator: Points): SidePoints {
  const points = new Map<number, MetricPoint>();
  let trouble: string | null = null;
  const zero = metric.absent === 'zero' || isZeroWhenAbsent(metric.numerator);
  for (const [minute, n] of denominator) {
    const x = numerator.get(minute) ?? (zero ? 0 : undefined);
    if (x === undefined) continue;
    if (x > n + Math.max(1, ROUNDING * n))
      trouble = `the ${side} side's numerator (${x}) exceeds its denominator (${n}) at ${toIso(minute)}`;
    else points.set(minute, { n, x: Math.min(x, n) });
  }
  return { points, trouble };
}

async function readQuery(
  { deployment, cloudWatch, providers }: MetricSources,
  metric: PlanMetric,
  side: Side,
  query: MetricQuery,
  range: TimeRange,
  part: Asked['part'],
): Promise<Points> {
  const fill = fillFor(deployment, metric, side);
  if (query.source !== 'provider') return cloudWatchPoints(cloudWatch, seriesOf(query, deployment, side, fill), range);
  const source = providers[query.provider];
  if (source === undefined) throw new SourceError(`the deployment has no provider ${query.provider}`);
  return source(fill(query.query), range, { metric: metric.name, side, part });
}

/** @throws SourceError for an implausible value */
function believed(points: Points): Points {
  for (const [at, value] of points)
    if (value > MOST_FIGURE) throw new SourceError(`its answer has ${value} at ${toIso(at)}`);
  return points;
}

/** Complete minutes that are old enough to be used; null if there are none. */
function wholeMinutes({ settleAfter }: PlanMetric, { from, to }: TimeRange): TimeRange | null {
  const end = Math.floor((to - settleAfter * 1000) / POINT_MS) * POINT_MS;
  const start = Math.max(Math.ceil(from / POINT_MS) * POINT_MS, end - METRIC_WINDOW * POINT_MS);
  return end > start ? { from: start, to: end } : null;
}

function troubleOf(error: unknown): string {
  const text = error instanceof SourceError ? error.message : describeError(error);
  return shortened(text, LONGEST_TROUBLE);
}
