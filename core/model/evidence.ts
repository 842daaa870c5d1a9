/** What a gate looks at: both sides' counts on the same minutes. A minute without data is a gap (null), never a zero. */
import * as z from 'zod';

const count = z.number().nonnegative();

export const sideCountsSchema = z.strictObject({
  requests: count,
  /** Responses with a 5xx status that the target itself sent. */
  target5xx: count,
  /** Connections to a target that failed: a candidate that crashes shows here, with no target 5xx at all. */
  connectionErrors: count,
  /** Requests slower than the plan's latency budget; null where the metric store cannot count them. */
  slow: count.nullable(),
  /** In place of an uncounted `slow`. Milliseconds. */
  latency: z.strictObject({ p95: count, p99: count }).optional(),
});
export type SideCounts = z.infer<typeof sideCountsSchema>;

export const minuteEvidenceSchema = z.strictObject({
  /** Start of the minute, milliseconds since the epoch. */
  minute: z.number(),
  stable: sideCountsSchema.nullable(),
  candidate: sideCountsSchema.nullable(),
  /** 5xx that the load balancer itself made; they have no target-group dimension. */
  elb5xx: count,
});
export type MinuteEvidence = z.infer<typeof minuteEvidenceSchema>;
