/** Stable's metric over the look-back: its usual value, and the worst that it reaches. */
import { worstShareOf } from '../../core/metrics/index.ts';
import type { CountMetric, MetricBaseline, MetricPoint, TimeRange, ValueMetric } from '../../core/model/index.ts';

const HOUR_MS = 3_600_000;
/** An hour with fewer minutes with a value says nothing about the worst case. */
const LEAST_OF_AN_HOUR = 10;

/** Returns a sentence if there is nothing to compare with. */
export function baselineOf(
  metric: CountMetric | ValueMetric,
  points: ReadonlyMap<number, MetricPoint>,
  { from, to }: TimeRange,
): MetricBaseline | string {
  const total = add([...points.values()]);
  if (total.n === 0)
    return points.size === 0
      ? 'its query returned nothing for the stable side in the look-back'
      : 'its denominator was zero on the stable side in the whole look-back';
  const usual = total.x / total.n;
  const minutes = [...points].toSorted(([a], [b]) => a - b).map(([, point]) => point);
  const worst = metric.kind === 'count' ? worstShareOf(metric, minutes) : worstHour(metric, points, usual);
  const perSecond = metric.kind === 'count' ? total.n / ((to - from) / 1000) : null;
  return { usual, worst, perSecond };
}

function worstHour({ direction }: ValueMetric, points: ReadonlyMap<number, MetricPoint>, usual: number): number {
  const hours = Map.groupBy(points, ([minute]) => Math.floor(minute / HOUR_MS));
  const means = [...hours.values()]
    .map((hour) => add(hour.map(([, point]) => point)))
    .filter(({ n }) => n >= LEAST_OF_AN_HOUR)
    .map(({ n, x }) => x / n);
  return direction === 'higherIsWorse' ? Math.max(usual, ...means) : Math.min(usual, ...means);
}

function add(points: readonly MetricPoint[]): MetricPoint {
  return points.reduce((sum, { n, x }) => ({ n: sum.n + n, x: sum.x + x }), { n: 0, x: 0 });
}
