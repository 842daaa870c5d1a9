/**
 * What a gate looks at, and what was read of a plan's own metrics: both sides' counts on the same minutes. A side without data is a gap (null), never a zero, and a count
 * that has not arrived is unknown, not zero: ALB reports error counts only when they are not zero, and on sparse traffic
 * their points were seen 4 to 9 minutes late (core/gate/counts.ts turns old unknowns into zeros).
 */
import * as z from 'zod';

const count = z.number().nonnegative();

/** In place of a count whose point is absent: it may be zero, or late. */
export const UNKNOWN = 'unknown';
const lateCount = z.union([count, z.literal(UNKNOWN)]);
/** A count, or {@link UNKNOWN} while its point may still arrive. */
export type LateCount = z.infer<typeof lateCount>;

export const sideCountsSchema = z.strictObject({
  requests: count,
  /** Responses with a 5xx status that the target itself sent. */
  target5xx: lateCount,
  /**
   * In place of an unknown `target5xx`: requests that have no answer of another kind, so that no more than these can have a 5xx. Answers come in
   * every minute, so their points are not late. Absent where the metric store does not tell (logs of earlier versions).
   */
  target5xxAtMost: count.optional(),
  /** Answers of the target other than 5xx that the metric store tells of, some to requests of the minute before; absent where it tells of none (logs of earlier versions). */
  answered: count.optional(),
  /** Connections to a target that failed: a candidate that crashes shows here, with no target 5xx at all. */
  connectionErrors: lateCount,
  /**
   * Requests that the target never answered, so that the load balancer did, by a 5xx of its own: what `elb5xx` has of this
   * side's. Refused connections are among them. Absent where the metric store does not tell (logs of earlier versions).
   */
  unanswered: lateCount.optional(),
  /** Requests slower than the plan's latency budget; null where the metric store cannot count them, or has lost this minute's response times. */
  slow: count.nullable(),
  /** In place of a `slow` that the metric store cannot count. Milliseconds. */
  latency: z.strictObject({ p95: count, p99: count }).optional(),
});
export type SideCounts = z.infer<typeof sideCountsSchema>;

export const minuteEvidenceSchema = z.strictObject({
  /** Start of the minute, milliseconds since the epoch. */
  minute: z.number(),
  stable: sideCountsSchema.nullable(),
  candidate: sideCountsSchema.nullable(),
  /** What went through the mirror, as its own answers count; absent in logs of earlier versions and without a mirror. */
  mirror: sideCountsSchema.nullable().optional(),
  /** 5xx that the load balancer itself made; they have no target-group dimension. */
  elb5xx: lateCount,
  /** Requests of the whole load balancer, other services' included; absent where none were reported. */
  loadBalancerRequests: count.optional(),
});
export type MinuteEvidence = z.infer<typeof minuteEvidenceSchema>;

const pointSchema = z.strictObject({
  /** The denominator of a count; 1 for a value. */
  n: z.number().nonnegative(),
  /** The numerator of a count, at most `n`; the figure of a value. */
  x: z.number().nonnegative(),
});
/** One side in one minute. */
export type MetricPoint = z.infer<typeof pointSchema>;

const metricMinuteSchema = z.strictObject({
  /** Start of the minute, milliseconds since the epoch. */
  minute: z.number(),
  /** Null: nothing is known of this side in this minute. A guard reads the candidate alone. */
  stable: pointSchema.nullable(),
  candidate: pointSchema.nullable(),
});
export type MetricMinute = z.infer<typeof metricMinuteSchema>;

export const metricEvidenceSchema = z.strictObject({
  name: z.string(),
  /** Why it could not be read, or not be believed; null when nothing is wrong. */
  trouble: z.string().nullable(),
  minutes: z.array(metricMinuteSchema),
});
/** One metric's minutes since the stage began. */
export type MetricEvidence = z.infer<typeof metricEvidenceSchema>;

export const hookAnswerSchema = z.strictObject({
  /** The hook's. */
  name: z.string(),
  vote: z.enum(['proceed', 'hold', 'rollback']),
  /** Its own words, or why it has none; empty without. */
  reason: z.string(),
});
/** What a hook of the plan voted. */
export type HookAnswer = z.infer<typeof hookAnswerSchema>;

export const metricBaselineSchema = z.strictObject({
  /** The stable side's share over the look-back, or the mean of its values. */
  usual: z.number().nonnegative(),
  /** The worst of it, which its customers have lived with: share of the numerator that its minutes hardly reach, or the worst hour's mean value. */
  worst: z.number().nonnegative(),
  /** Denominators of the stable side per second; null for a value. */
  perSecond: z.number().nonnegative().nullable(),
});
/** What the stable side's metric was before the cutover. */
export type MetricBaseline = z.infer<typeof metricBaselineSchema>;

/*
 * The series that the metric store is asked for; what a look reads and what it costs both follow from these lists.
 */
/** Answers of a target other than 5xx: what its requests have beyond them has a 5xx, or no answer. */
export const ANSWERED_SERIES = ['answered2XX', 'answered3XX', 'answered4XX'] as const;
/** Of each target group, at every look. */
export const SIDE_SERIES = [
  'requests',
  'target5xx',
  'connectionErrors',
  'slow',
  'p95',
  'p99',
  ...ANSWERED_SERIES,
] as const;
/** Of the whole load balancer, at every look. */
export const BALANCER_SERIES = ['elb5xx', 'loadBalancerRequests'] as const;
/** Of the stable side and its service, once before the first customer is moved and once before the last. */
export const BASELINE_SERIES = [
  'requests',
  'target5xx',
  'connectionErrors',
  ...ANSWERED_SERIES,
  'slow',
  'elb5xx',
  'p50',
  'p95',
  'p99',
  'cpu',
  'memory',
] as const;
