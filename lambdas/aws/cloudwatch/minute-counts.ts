/** Converts the series of the metric store to the minutes that the gate evaluates. */
import {
  type GroupRole,
  type LateCount,
  type MinuteEvidence,
  type SideCounts,
  type TimeRange,
  UNKNOWN,
} from '../../../core/model/index.ts';
import { answeredByBalancer, answersAreTold, figuresAt, otherAnswers } from './answers.ts';
import { isCounted, type MetricSeries } from './metric-series.ts';

const MINUTE_MS = 60_000;

export function toMinutes(series: MetricSeries, { from, to }: TimeRange): MinuteEvidence[] {
  const isTold = answersAreTold(series, ['stable_', 'candidate_']);
  const minutes: MinuteEvidence[] = [];
  for (let minute = from; minute < to; minute += MINUTE_MS) {
    const side = (name: GroupRole) => sideCounts(series, name, minute, isTold);
    minutes.push({
      minute,
      stable: side('stable'),
      candidate: side('candidate'),
      mirror: side('mirrorForward') ?? side('mirrorReverse'),
      ...copiesOf(series, minute),
      elb5xx: lateCount(series, 'elb5xx', minute),
      loadBalancerRequests: series.get('loadBalancerRequests')?.get(minute),
    });
  }
  return minutes;
}

/** AWS reports error counts only when they are not zero, and sometimes late, so an absent one is unknown. */
function lateCount(series: MetricSeries, id: string, minute: number): LateCount {
  return series.get(id)?.get(minute) ?? UNKNOWN;
}

/** The mirror reports both counts together, so none that failed is a zero. */
function copiesOf(series: MetricSeries, minute: number): Pick<MinuteEvidence, 'stableCopies'> {
  const value = figuresAt(series, minute);
  const answered = value('stableCopies');
  return answered === 0 ? {} : { stableCopies: { answered, failed: Math.min(answered, value('stableCopyErrors')) } };
}

/** Without RequestCount and refused connections the minute is a gap. @param isTold the store counts answers */
function sideCounts(series: MetricSeries, name: GroupRole, minute: number, isTold: boolean): SideCounts | null {
  const requests = series.get(`${name}_requests`)?.get(minute);
  const connectionErrors = lateCount(series, `${name}_connectionErrors`, minute);
  const target5xx = lateCount(series, `${name}_target5xx`, minute);
  const refused = connectionErrors === UNKNOWN ? 0 : connectionErrors;
  if (requests === undefined && refused === 0) return null;
  return {
    // A refused connection is not a request of the target's, but it was one of a customer's.
    requests: Math.max(requests ?? 0, refused),
    target5xx,
    ...(isTold ? answersOf(series, name, minute) : {}),
    connectionErrors,
    ...times(series, name, minute),
  };
}

/**
 * What answers tell of the requests without one. The load balancer answered some of them with 5xx of its own: a client
 * who hung up, a WebSocket, and a request that ends in the next minute have no answer either.
 */
function answersOf(
  series: MetricSeries,
  name: GroupRole,
  minute: number,
): Pick<SideCounts, 'answered' | 'target5xxAtMost' | 'unanswered'> {
  const value = figuresAt(series, minute, `${name}_`);
  const answered = otherAnswers(value);
  // A target that hangs has no response times either.
  if (answered + value('target5xx') === 0 && hasTimes(series, name, minute))
    return { answered: UNKNOWN, unanswered: UNKNOWN };
  const elb5xx = lateCount(series, 'elb5xx', minute);
  const isLate = lateCount(series, `${name}_target5xx`, minute) === UNKNOWN;
  return {
    answered,
    ...(isLate ? { target5xxAtMost: Math.max(0, value('requests') - answered) } : {}),
    unanswered: elb5xx === UNKNOWN ? UNKNOWN : answeredByBalancer(value, elb5xx),
  };
}

/**
 * Slow requests, or percentiles if those are not available. If a minute has answers but no response times, these were
 * lost, so it is unknown whether any was slow.
 */
function times(series: MetricSeries, name: GroupRole, minute: number): Pick<SideCounts, 'slow' | 'latency'> {
  const value = figuresAt(series, minute, `${name}_`);
  const answers = otherAnswers(value) + value('target5xx');
  if (answers > 0 && !hasTimes(series, name, minute)) return { slow: null };
  if (isCounted(series, `${name}_slow`, `${name}_p99`)) return { slow: value('slow') };
  // TargetResponseTime is in seconds.
  return { slow: null, latency: { p95: value('p95') * 1000, p99: value('p99') * 1000 } };
}

function hasTimes(series: MetricSeries, name: GroupRole, minute: number): boolean {
  return ['slow', 'p99'].some((of) => series.get(`${name}_${of}`)?.get(minute) !== undefined);
}
