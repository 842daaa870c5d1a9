/**
 * What a gate looks at, and what was read of a plan's own metrics: both sides' counts on the same minutes. A side
 * without data is a gap (null), never a zero, and a count that has not arrived is unknown, not zero: ALB reports error
 * counts only when they are not zero, and on sparse traffic their points were seen 4 to 9 minutes late
 * (core/gate/counts.ts turns old unknowns into zeros).
 */
import * as z from 'zod';

const count = z.number().nonnegative();

/** Replaces a count whose point is absent, which may mean zero or late. */
export const UNKNOWN = 'unknown';
const lateCount = z.union([count, z.literal(UNKNOWN)]);
/** A count, or {@link UNKNOWN} while its point may still arrive. */
export type LateCount = z.infer<typeof lateCount>;

export const sideCountsSchema = z.strictObject({
  requests: count,
  /** Responses with a 5xx status from the target itself. */
  target5xx: lateCount,
  /**
   * An upper limit for an unknown `target5xx`: the requests without an answer of another kind. Other answers arrive in
   * every minute, so their points are not late. Absent if the metric store does not report them (logs of earlier
   * versions).
   */
  target5xxAtMost: count.optional(),
  /**
   * The target's answers other than 5xx, some of them to requests of the previous minute; {@link UNKNOWN} if the metric
   * store has lost those of this minute; absent if it does not report them (logs of earlier versions).
   */
  answered: lateCount.optional(),
  /** Connections to a target that failed. A candidate that crashes shows here, without any target 5xx. */
  connectionErrors: lateCount,
  /**
   * Requests that the target never answered, so that the load balancer answered with a 5xx of its own: this side's part
   * of `elb5xx`. Includes refused connections. Absent if the metric store does not report them (logs of earlier
   * versions).
   */
  unanswered: lateCount.optional(),
  /**
   * Requests slower than the plan's latency budget; null if the metric store cannot count them, or has lost the
   * response times of this minute.
   */
  slow: count.nullable(),
  /** Replaces `slow` if the metric store cannot count slow requests; milliseconds. */
  latency: z.strictObject({ p95: count, p99: count }).optional(),
});
export type SideCounts = z.infer<typeof sideCountsSchema>;

export const minuteEvidenceSchema = z.strictObject({
  /** Start of the minute, milliseconds since the epoch. */
  minute: z.number(),
  stable: sideCountsSchema.nullable(),
  candidate: sideCountsSchema.nullable(),
  /**
   * Requests through the mirror, counted by the mirror's answers; absent in logs of earlier versions and without a
   * mirror.
   */
  mirror: sideCountsSchema.nullable().optional(),
  /**
   * Copies of customers' requests that stable answered for the reverse mirror, and how many of them with 5xx. Null or
   * absent if none was reported.
   */
  stableCopies: z.strictObject({ answered: count, failed: count }).nullable().optional(),
  /** 5xx that the load balancer generated itself; they have no target-group dimension. */
  elb5xx: lateCount,
  /** Requests of the whole load balancer, including those for other services; absent if none were reported. */
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
  /** null if this minute of the side is unknown. A guard reads only the candidate. */
  stable: pointSchema.nullable(),
  candidate: pointSchema.nullable(),
});
export type MetricMinute = z.infer<typeof metricMinuteSchema>;

export const metricEvidenceSchema = z.strictObject({
  name: z.string(),
  /** Why the metric could not be read, or is implausible; null if nothing is wrong. */
  trouble: z.string().nullable(),
  minutes: z.array(metricMinuteSchema),
});
/** One metric's minutes since the stage began. */
export type MetricEvidence = z.infer<typeof metricEvidenceSchema>;

export const hookAnswerSchema = z.strictObject({
  /** Name of the hook. */
  name: z.string(),
  vote: z.enum(['proceed', 'hold', 'rollback']),
  /** The hook's own reason, or why it gave no answer; empty if there is none. */
  reason: z.string(),
});
/** The answer of a hook of the plan. */
export type HookAnswer = z.infer<typeof hookAnswerSchema>;

export const metricBaselineSchema = z.strictObject({
  /** Stable's share over the look-back, or the mean of its values. */
  usual: z.number().nonnegative(),
  /**
   * The worst that stable's customers have experienced: a share of the numerator that its minutes hardly ever reach, or
   * the mean value of its worst hour.
   */
  worst: z.number().nonnegative(),
  /** Denominators per second on the stable side; null for a value. */
  perSecond: z.number().nonnegative().nullable(),
});
/** The metric of the stable side before the cutover. */
export type MetricBaseline = z.infer<typeof metricBaselineSchema>;

/*
 * The series that the metric store is asked for; what a look reads and what it costs both follow from these lists.
 */
/** Answers of a target other than 5xx. The other requests have a 5xx, or no answer. */
export const ANSWERED_SERIES = ['answered2XX', 'answered3XX', 'answered4XX'] as const;
/** Series of each target group, read at every evaluation. */
export const SIDE_SERIES = [
  'requests',
  'target5xx',
  'connectionErrors',
  'slow',
  'p95',
  'p99',
  ...ANSWERED_SERIES,
] as const;
/** Series of the whole load balancer, read at every evaluation. */
export const BALANCER_SERIES = ['elb5xx', 'loadBalancerRequests'] as const;
/** Series of the reverse mirror's own counts, read at every evaluation of a deployment with a mirror. */
export const COPY_SERIES = ['stableCopies', 'stableCopyErrors'] as const;
/** Series of stable and its service, read once before the first customer is moved and once before the last. */
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
