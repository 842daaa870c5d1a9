/** The minutes that the metric store has told, as a gate looks at them. */
import {
  ANSWERED_SERIES,
  type LateCount,
  type MinuteEvidence,
  type SideCounts,
  type TimeRange,
  UNKNOWN,
} from '../../../core/model/index.ts';
import { isCounted, type MetricSeries } from './metric-series.ts';
import type { CountedSide } from './series-queries.ts';

const MINUTE_MS = 60_000;

export function toMinutes(series: MetricSeries, { from, to }: TimeRange): MinuteEvidence[] {
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

/** AWS reports error counts only when they are not zero, and some of them late: an absent one is unknown. */
function lateCount(series: MetricSeries, id: string, minute: number): LateCount {
  return series.get(id)?.get(minute) ?? UNKNOWN;
}

/** Without RequestCount and refused connections the minute is a gap. */
function side(series: MetricSeries, name: CountedSide, minute: number): SideCounts | null {
  const requests = series.get(`${name}_requests`)?.get(minute);
  const connectionErrors = lateCount(series, `${name}_connectionErrors`, minute);
  const target5xx = lateCount(series, `${name}_target5xx`, minute);
  const refused = connectionErrors === UNKNOWN ? 0 : connectionErrors;
  if (requests === undefined && refused === 0) return null;
  return {
    // A refused connection is no request of the target's, but it was one of a customer's.
    requests: Math.max(requests ?? 0, refused),
    target5xx,
    ...(answersAreTold(series) ? { answered: answered(series, name, minute) } : {}),
    ...(target5xx === UNKNOWN && answersAreTold(series) ? { target5xxAtMost: unaccounted(series, name, minute) } : {}),
    connectionErrors,
    ...unanswered(series, name, minute),
    ...times(series, name, minute),
  };
}

/** Slow requests, or percentiles where they are not to be had. A minute with answers and without any response time has lost these: that none was slow is not known. */
function times(series: MetricSeries, name: CountedSide, minute: number): Pick<SideCounts, 'slow' | 'latency'> {
  const point = (of: string) => series.get(`${name}_${of}`)?.get(minute);
  const answers = answered(series, name, minute) + (point('target5xx') ?? 0);
  if (answers > 0 && point('slow') === undefined && point('p99') === undefined) return { slow: null };
  if (isCounted(series, `${name}_slow`, `${name}_p99`)) return { slow: point('slow') ?? 0 };
  return { slow: null, latency: { p95: ms(series, `${name}_p95`, minute), p99: ms(series, `${name}_p99`, minute) } };
}

/**
 * Requests of the side that have no answer of its targets, as far as the load balancer answered 5xx in the minute: a client who hung up, a
 * WebSocket, and a request that ends in the next minute have none either. Absent where the store has no counts of answers at all.
 */
function unanswered(series: MetricSeries, name: CountedSide, minute: number): Pick<SideCounts, 'unanswered'> {
  if (!answersAreTold(series)) return {};
  const byBalancer = lateCount(series, 'elb5xx', minute);
  if (byBalancer === UNKNOWN) return { unanswered: UNKNOWN };
  const target5xx = series.get(`${name}_target5xx`)?.get(minute) ?? 0;
  return { unanswered: Math.min(byBalancer, Math.max(0, unaccounted(series, name, minute) - target5xx)) };
}

function answersAreTold(series: MetricSeries): boolean {
  return ANSWERED_SERIES.some((of) =>
    ['stable', 'candidate'].some((side) => (series.get(`${side}_${of}`)?.size ?? 0) > 0),
  );
}

/** Requests without an answer other than 5xx. */
function unaccounted(series: MetricSeries, name: CountedSide, minute: number): number {
  const requests = series.get(`${name}_requests`)?.get(minute) ?? 0;
  return Math.max(0, requests - answered(series, name, minute));
}

/** Answers other than 5xx. */
function answered(series: MetricSeries, name: CountedSide, minute: number): number {
  return ANSWERED_SERIES.reduce((sum, of) => sum + (series.get(`${name}_${of}`)?.get(minute) ?? 0), 0);
}

/** TargetResponseTime is in seconds. */
function ms(series: MetricSeries, id: string, minute: number): number {
  return (series.get(id)?.get(minute) ?? 0) * 1000;
}
