/** The metrics port over CloudWatch: one GetMetricData call brings both sides on the same minutes. */
import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { burstSize, ceilingOf, PEAK_MINUTES, type Period, rateNoiseOf } from '../../../core/gate/index.ts';
import {
  type Deployment,
  type LateCount,
  type Metrics,
  type MinuteEvidence,
  type SideCounts,
  type TimeRange,
  UNKNOWN,
} from '../../../core/model/index.ts';
import { fetchCounted, type MetricSeries, sum } from './metric-series.ts';

const MINUTE_MS = 60_000;
/** ALB publishes a minute's metrics within the following minute; a younger minute may still grow. */
const INGESTION_DELAY_MS = 30_000;
/** A call takes at most 500 metrics and returns at most 100,800 points: series of seven days need several pages. */
const MAX_MINUTES = 7 * 1440;

/** A window of fewer requests says nothing about the worst. */
const MIN_WINDOW_REQUESTS = 100;

/** What "now" is to a baseline. */
const RECENT_SECONDS = 15 * 60;

export interface MetricsOptions {
  /** How old the end of a minute must be before the minute is believed complete. Milliseconds. @default 30 s */
  readonly ingestionDelayMs?: number;
}

type Side = 'stable' | 'candidate';
type Counted = Side | 'mirrorForward' | 'mirrorReverse';
const SERIES = ['requests', 'target5xx', 'connectionErrors', 'slow', 'p95', 'p99'] as const;
/** Answers of a target other than 5xx: what is missing of its requests beside them it did not answer. */
const ANSWERS = ['answered2XX', 'answered3XX', 'answered4XX'] as const;

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
      const queries = [
        ...sideQueries(deployment, 'stable', latencyBudgetMs),
        ...sideQueries(deployment, 'candidate', latencyBudgetMs),
        ...mirrors(deployment).flatMap((role) => sideQueries(deployment, role, latencyBudgetMs)),
        elbQuery(deployment),
        query(deployment, 'loadBalancerRequests', 'RequestCount', 'Sum', 60, null),
      ];
      return toMinutes(await fetchCounted(client, queries, { from, to }), { from, to });
    },

    async baseline(range, latencyBudgetMs) {
      const to = floorMinute(range.to - ingestionDelayMs);
      const from = floorMinute(range.from);
      const period = periodFor(to - from);
      const values = await fetchCounted(client, baselineQueries(deployment, period, latencyBudgetMs), { from, to });
      const total = (id: string) => sum(values.get(id));
      const requests = total('requests');
      if (requests === 0) return null;
      const weighted = (id: string) => weightedMean(values.get(id), values.get('requests'));
      const periodMinutes = period / 60;
      const failing = periods(values, failuresAt(values));
      const slow = counted(values, 'slow', 'p99') ? periods(values, (at) => values.get('slow')?.get(at) ?? 0) : null;
      const failures = failing.reduce((sum, { x }) => sum + x, 0);
      const mean = (id: string) => (values.get(id)?.size ? sum(values.get(id)) / (values.get(id)?.size ?? 1) : null);
      return {
        requests,
        errorRate: Math.min(1, failures / requests),
        recentErrorRate: recentErrorRate(values, period, to),
        slowRate: slow === null ? null : Math.min(1, total('slow') / requests),
        errorBurst: burstSize(failing),
        slowBurst: slow === null ? null : burstSize(slow),
        errorNoise: rateNoiseOf(failing, periodMinutes),
        slowNoise: slow === null ? null : rateNoiseOf(slow, periodMinutes),
        elb5xxRate: ordinaryBalancerRate(values),
        errorCeiling: ceilingOf(failing),
        slowCeiling: slow === null ? null : ceilingOf(slow),
        peakErrorRate: peak(values, failuresAt(values), period),
        peakSlowRate: slow === null ? null : peak(values, (at) => values.get('slow')?.get(at) ?? 0, period),
        rpsByHour: rpsByHour(values.get('requests'), period, { from, to }),
        p50: weighted('p50') * 1000,
        p95: weighted('p95') * 1000,
        p99: weighted('p99') * 1000,
        rps: requests / ((to - from) / 1000),
        cpuPercent: mean('cpu'),
        memoryPercent: mean('memory'),
      };
    },
  };
}

function mirrors({ targetGroups }: Deployment): ('mirrorForward' | 'mirrorReverse')[] {
  return (['mirrorForward', 'mirrorReverse'] as const).filter((role) => targetGroups[role] !== undefined);
}

function sideQueries(deployment: Deployment, side: Counted, budgetMs: number): MetricDataQuery[] {
  const stat = (name: (typeof SERIES)[number] | (typeof ANSWERS)[number], MetricName: string, Stat: string) =>
    query(deployment, `${side}_${name}`, MetricName, Stat, 60, side);
  return [
    stat('requests', 'RequestCount', 'Sum'),
    stat('target5xx', 'HTTPCode_Target_5XX_Count', 'Sum'),
    stat('connectionErrors', 'TargetConnectionErrorCount', 'Sum'),
    // Trimmed count: how many samples lie above the budget. Units of TargetResponseTime are seconds.
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    stat('slow', 'TargetResponseTime', trimmedCount(budgetMs)),
    stat('p95', 'TargetResponseTime', 'p95'),
    stat('p99', 'TargetResponseTime', 'p99'),
    ...ANSWERS.map((of) => stat(of, answersMetric(of), 'Sum')),
  ];
}

function answersMetric(of: (typeof ANSWERS)[number]): string {
  return `HTTPCode_Target_${of.slice('answered'.length)}_Count`;
}

function trimmedCount(budgetMs: number): string {
  return `TC(${budgetMs / 1000}:)`;
}

/** HTTPCode_ELB_5XX_Count has no target-group dimension: a crashing candidate shows here for the whole load balancer. */
function elbQuery(deployment: Deployment): MetricDataQuery {
  return query(deployment, 'elb5xx', 'HTTPCode_ELB_5XX_Count', 'Sum', 60, null);
}

function baselineQueries(deployment: Deployment, period: number, budgetMs: number): MetricDataQuery[] {
  const alb = (id: string, name: string, stat: string) => query(deployment, id, name, stat, period, 'stable');
  const service = deployment.services?.stable;
  const ecs = (id: string, MetricName: string): MetricDataQuery[] =>
    service === undefined
      ? []
      : [
          {
            Id: id,
            MetricStat: {
              Metric: {
                Namespace: 'AWS/ECS',
                MetricName,
                Dimensions: [
                  { Name: 'ClusterName', Value: service.cluster },
                  { Name: 'ServiceName', Value: service.service },
                ],
              },
              Period: period,
              Stat: 'Average',
            },
          },
        ];
  return [
    alb('requests', 'RequestCount', 'Sum'),
    alb('target5xx', 'HTTPCode_Target_5XX_Count', 'Sum'),
    alb('connectionErrors', 'TargetConnectionErrorCount', 'Sum'),
    ...ANSWERS.map((of) => alb(of, answersMetric(of), 'Sum')),
    alb('slow', 'TargetResponseTime', trimmedCount(budgetMs)),
    query(deployment, 'elb5xx', 'HTTPCode_ELB_5XX_Count', 'Sum', period, null),
    alb('p50', 'TargetResponseTime', 'p50'),
    alb('p95', 'TargetResponseTime', 'p95'),
    alb('p99', 'TargetResponseTime', 'p99'),
    ...ecs('cpu', 'CPUUtilization'),
    ...ecs('memory', 'MemoryUtilization'),
  ];
}

function query(
  deployment: Deployment,
  Id: string,
  MetricName: string,
  Stat: string,
  Period: number,
  side: Counted | null,
): MetricDataQuery {
  const Dimensions = [{ Name: 'LoadBalancer', Value: deployment.loadBalancer.fullName }];
  const group = side === null ? undefined : deployment.targetGroups[side];
  if (group !== undefined) Dimensions.push({ Name: 'TargetGroup', Value: group.fullName });
  return { Id, MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions }, Period, Stat } };
}

function toMinutes(series: MetricSeries, { from, to }: TimeRange): MinuteEvidence[] {
  const minutes: MinuteEvidence[] = [];
  for (let minute = from; minute < to; minute += MINUTE_MS) {
    minutes.push({
      minute,
      stable: side(series, 'stable', minute),
      candidate: side(series, 'candidate', minute),
      mirror: side(series, 'mirrorForward', minute) ?? side(series, 'mirrorReverse', minute),
      elb5xx: lateCount(series, 'elb5xx', minute),
      loadBalancerRequests: series.get('loadBalancerRequests')?.get(minute),
    });
  }
  return minutes;
}

/** Trimmed counts that are absent while percentiles of the same metric are there are not zeros: they are not to be had. */
function counted(series: MetricSeries, slow: string, percentile: string): boolean {
  return (series.get(slow)?.size ?? 0) > 0 || (series.get(percentile)?.size ?? 0) === 0;
}

/** AWS reports error counts only when they are not zero, and some of them late: an absent one is unknown. */
function lateCount(series: MetricSeries, id: string, minute: number): LateCount {
  return series.get(id)?.get(minute) ?? UNKNOWN;
}

/** Without RequestCount and refused connections the minute is a gap. */
function side(series: MetricSeries, name: Counted, minute: number): SideCounts | null {
  const requests = series.get(`${name}_requests`)?.get(minute);
  const connectionErrors = lateCount(series, `${name}_connectionErrors`, minute);
  const refused = connectionErrors === UNKNOWN ? 0 : connectionErrors;
  if (requests === undefined && refused === 0) return null;
  const latency = counted(series, `${name}_slow`, `${name}_p99`)
    ? undefined
    : { p95: ms(series, `${name}_p95`, minute), p99: ms(series, `${name}_p99`, minute) };
  return {
    // A refused connection is no request of the target's, but it was one of a customer's.
    requests: Math.max(requests ?? 0, refused),
    target5xx: lateCount(series, `${name}_target5xx`, minute),
    connectionErrors,
    ...unanswered(series, name, minute),
    slow: latency === undefined ? (series.get(`${name}_slow`)?.get(minute) ?? 0) : null,
    ...(latency === undefined ? {} : { latency }),
  };
}

/**
 * Requests of the side that have no answer of its targets, as far as the load balancer answered 5xx in the minute: a client who hung up, a
 * WebSocket, and a request that ends in the next minute have none either. Absent where the store has no counts of answers at all.
 */
function unanswered(series: MetricSeries, name: Counted, minute: number): Pick<SideCounts, 'unanswered'> {
  const told = ANSWERS.some((of) =>
    ['stable', 'candidate'].some((side) => (series.get(`${side}_${of}`)?.size ?? 0) > 0),
  );
  if (!told) return {};
  const byBalancer = lateCount(series, 'elb5xx', minute);
  if (byBalancer === UNKNOWN) return { unanswered: UNKNOWN };
  const at = (id: string) => series.get(`${name}_${id}`)?.get(minute) ?? 0;
  const answers = ANSWERS.reduce((sum, of) => sum + at(of), at('target5xx'));
  return { unanswered: Math.min(byBalancer, Math.max(0, at('requests') - answers)) };
}

/** TargetResponseTime is in seconds. */
function ms(series: MetricSeries, id: string, minute: number): number {
  return (series.get(id)?.get(minute) ?? 0) * 1000;
}

/** Those with requests, in the order of time. */
function periods(series: MetricSeries, failures: (at: number) => number): Period[] {
  return [...(series.get('requests') ?? [])].sort(([a], [b]) => a - b).map(([at, n]) => ({ n, x: failures(at) }));
}

/**
 * Failures of the stable side in a period: its own 5xx, and those of the load balancer, among which a refused connection is already. Which of these
 * are the stable side's is known by its unanswered requests; where answers are not counted, all are.
 */
function failuresAt(series: MetricSeries): (at: number) => number {
  const told = ANSWERS.some((of) => (series.get(of)?.size ?? 0) > 0);
  return (at) => {
    const value = (id: string) => series.get(id)?.get(at) ?? 0;
    const answers = ANSWERS.reduce((sum, of) => sum + value(of), value('target5xx'));
    const own = told ? Math.min(value('elb5xx'), Math.max(0, value('requests') - answers)) : value('elb5xx');
    return value('target5xx') + Math.max(value('connectionErrors'), own);
  };
}

/** Of the median period: an incident of yesterday is nothing ordinary. */
function ordinaryBalancerRate(series: MetricSeries): number {
  const rates = [...(series.get('requests') ?? [])]
    .filter(([, n]) => n > 0)
    .map(([at, n]) => (series.get('elb5xx')?.get(at) ?? 0) / n)
    .sort((a, b) => a - b);
  return Math.min(1, rates[Math.floor((rates.length - 1) / 2)] ?? 0);
}

/** Highest rate of any {@link PEAK_MINUTES}, or of any period where those are longer. */
function peak(series: MetricSeries, failures: (at: number) => number, period: number): number {
  const windowMs = Math.max(PEAK_MINUTES * 60, period) * 1000;
  const windows = new Map<number, { requests: number; failed: number }>();
  for (const [at, requests] of series.get('requests') ?? []) {
    const start = Math.floor(at / windowMs);
    const window = windows.get(start) ?? { requests: 0, failed: 0 };
    windows.set(start, { requests: window.requests + requests, failed: window.failed + failures(at) });
  }
  const known = [...windows.values()].filter((w) => w.requests >= MIN_WINDOW_REQUESTS);
  return Math.min(1, Math.max(0, ...known.map((w) => w.failed / w.requests)));
}

/** Null where there are too few requests to tell. */
function recentErrorRate(series: MetricSeries, period: number, to: number): number | null {
  const from = to - Math.max(RECENT_SECONDS, period) * 1000;
  const since = (id: string) => sum(new Map([...(series.get(id) ?? [])].filter(([at]) => at >= from)));
  const requests = since('requests');
  if (requests < MIN_WINDOW_REQUESTS) return null;
  return Math.min(1, (since('target5xx') + since('connectionErrors')) / requests);
}

/** Mean over the look-back of each hour of the day (UTC) that it covers whole periods of. */
function rpsByHour(
  points: ReadonlyMap<number, number> | undefined,
  period: number,
  { from, to }: TimeRange,
): (number | null)[] {
  const hours = Array.from({ length: 24 }, () => ({ requests: 0, seconds: 0 }));
  const start = Math.ceil(from / (period * 1000)) * period * 1000;
  for (let at = start; at + period * 1000 <= to; at += period * 1000) {
    const hour = hours[new Date(at).getUTCHours()];
    if (hour === undefined) continue;
    hour.requests += points?.get(at) ?? 0;
    hour.seconds += period;
  }
  return hours.map(({ requests, seconds }) => (seconds === 0 ? null : requests / seconds));
}

/** Percentiles do not average; weighting each period's by its requests is the usual approximation over a look-back. */
function weightedMean(
  values: ReadonlyMap<number, number> | undefined,
  weights: ReadonlyMap<number, number> | undefined,
): number {
  let [total, weight] = [0, 0];
  for (const [at, value] of values ?? []) {
    const w = weights?.get(at) ?? 0;
    total += value * w;
    weight += w;
  }
  return weight === 0 ? 0 : total / weight;
}

/** Periods that CloudWatch still keeps at that age: 60 s for 15 days, 300 s for 63. */
function periodFor(spanMs: number): number {
  return spanMs <= 3 * 3_600_000 ? 60 : spanMs <= 15 * 86_400_000 ? 300 : 3600;
}

function ceilMinute(ms: number): number {
  return Math.ceil(ms / MINUTE_MS) * MINUTE_MS;
}

function floorMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}
