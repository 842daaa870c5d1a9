/** The answers of each side, for people: requests, errors and latency, from one GetMetricData call. */
import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Deployment, TimeRange } from '../../../core/model/index.ts';
import { SIDES, type Side } from '../../../sides/index.ts';
import { fetchSeries } from './metric-series.ts';

/** Latency in milliseconds; null if nothing was answered. */
export interface SideMeasure {
  readonly requests: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface SideTrafficSeries {
  readonly periodSeconds: number;
  /** By start of the period, in milliseconds since the epoch; a side without requests is absent. */
  readonly samples: readonly { readonly at: number; readonly sides: Readonly<Partial<Record<Side, SideMeasure>>> }[];
}

const DAY_MS = 86_400_000;
/** The most points that a chart of some hundred pixels can show. */
const MOST_POINTS = 1_440;

/**
 * @param now milliseconds since the epoch, because the age of a period determines whether CloudWatch still stores it
 */
export async function sideTraffic(
  client: Pick<CloudWatchClient, 'send'>,
  deployment: Deployment,
  range: TimeRange,
  now: number,
): Promise<SideTrafficSeries> {
  const periodSeconds = periodOf(range, now);
  const step = periodSeconds * 1000;
  const from = Math.floor(range.from / step) * step;
  const to = Math.max(from + step, Math.ceil(range.to / step) * step);
  const series = await fetchSeries(
    client,
    SIDES.flatMap((side) => queriesOf(deployment, side, periodSeconds)),
    { from, to },
  );
  const samples = [];
  for (let at = from; at < to; at += step) {
    const measured = SIDES.flatMap((side): [Side, SideMeasure][] => {
      const value = (name: string) => series.get(`${side}_${name}`)?.get(at);
      const requests = value('requests');
      if (requests === undefined) return [];
      const ms = (name: string) => {
        const seconds = value(name);
        return seconds === undefined ? null : seconds * 1000;
      };
      const errors = (value('target5xx') ?? 0) + (value('connectionErrors') ?? 0);
      return [[side, { requests, errors, p50: ms('p50'), p95: ms('p95') }]];
    });
    if (measured.length > 0) samples.push({ at, sides: Object.fromEntries(measured) });
  }
  return { periodSeconds, samples };
}

/**
 * CloudWatch keeps 60 s for 15 days and 300 s for 63
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html).
 */
function periodOf({ from, to }: TimeRange, now: number): number {
  const kept = now - from > 63 * DAY_MS ? 3_600 : now - from > 15 * DAY_MS ? 300 : 60;
  const shown = [60, 300, 900, 3_600, 21_600].find((period) => (to - from) / 1000 / period <= MOST_POINTS) ?? 86_400;
  return Math.max(kept, shown);
}

function queriesOf({ loadBalancer, targetGroups }: Deployment, side: Side, Period: number): MetricDataQuery[] {
  const Dimensions = [
    { Name: 'LoadBalancer', Value: loadBalancer.fullName },
    { Name: 'TargetGroup', Value: targetGroups[side].fullName },
  ];
  const query = (name: string, MetricName: string, Stat: string): MetricDataQuery => ({
    Id: `${side}_${name}`,
    MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions }, Period, Stat },
  });
  return [
    query('requests', 'RequestCount', 'Sum'),
    query('target5xx', 'HTTPCode_Target_5XX_Count', 'Sum'),
    query('connectionErrors', 'TargetConnectionErrorCount', 'Sum'),
    // In seconds.
    query('p50', 'TargetResponseTime', 'p50'),
    query('p95', 'TargetResponseTime', 'p95'),
  ];
}
