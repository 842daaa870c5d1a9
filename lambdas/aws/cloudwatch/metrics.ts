/** The metrics port, implemented with CloudWatch: one GetMetricData call returns both sides for the same minutes. */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Deployment, Metrics } from '../../../core/model/index.ts';
import { baselineSummary } from './baseline-summary.ts';
import { fetchCounted } from './metric-series.ts';
import { toMinutes } from './minute-counts.ts';
import { baselineQueries, lookQueries } from './series-queries.ts';

const MINUTE_MS = 60_000;
/** ALB publishes the metrics of a minute within the following minute, so a more recent minute may still grow. */
const INGESTION_DELAY_MS = 30_000;
/**
 * A call accepts at most 500 metrics and returns at most 100,800 points, so series of seven days need several pages.
 */
const MAX_MINUTES = 7 * 1440;

export interface MetricsOptions {
  /** How long after its end a minute is considered complete, in milliseconds. @default 30 s */
  readonly ingestionDelayMs?: number;
}

export function cloudWatchMetrics(
  client: Pick<CloudWatchClient, 'send'>,
  deployment: Deployment,
  { ingestionDelayMs = INGESTION_DELAY_MS }: MetricsOptions = {},
): Metrics {
  return {
    async minutes(range, latencyBudgetMs) {
      const from = Math.max(ceilMinute(range.from), ceilMinute(range.to) - MAX_MINUTES * MINUTE_MS);
      const to = floorMinute(range.to - ingestionDelayMs);
      if (to <= from) return [];
      const series = await fetchCounted(client, lookQueries(deployment, latencyBudgetMs), { from, to });
      return toMinutes(series, { from, to });
    },

    async baseline(range, latencyBudgetMs) {
      const [from, to] = [floorMinute(range.from), floorMinute(range.to - ingestionDelayMs)];
      const period = periodFor(to - from);
      const series = await fetchCounted(client, baselineQueries(deployment, period, latencyBudgetMs), { from, to });
      return baselineSummary(series, period, { from, to });
    },
  };
}

/**
 * The periods that CloudWatch still stores at that age: 60 s for 15 days, 300 s for 63 days. Minutes are used as long
 * as one request can return the series, because at 100 % the candidate's minutes are compared with them.
 */
function periodFor(spanMs: number): number {
  return spanMs <= 3 * 86_400_000 ? 60 : spanMs <= 15 * 86_400_000 ? 300 : 3600;
}

function ceilMinute(ms: number): number {
  return Math.ceil(ms / MINUTE_MS) * MINUTE_MS;
}

function floorMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}
