/**
 * The drill: a run that is meant to be rolled back. It gives the candidate little or no traffic and triggers a real
 * alarm. What follows is the same rollback as in an emergency: the alarm's action, the fence, the weights, the counts.
 */
import * as z from 'zod';
import { cutoverIdSchema } from './ids.ts';
import { fromIso } from './time.ts';

const instant = z.iso.datetime();

export const drillRequestSchema = z.strictObject({
  /** Percentage of the requests that the candidate answers during the drill, at most 1. */
  percent: z.number().min(0).max(1).multipleOf(0.1).default(1),
  /** The alarm to trigger. @default the first one that rolls back */
  alarm: z.string().min(1).optional(),
});

export const drillSchema = z.object({
  percent: z.number().min(0).max(1),
  alarm: z.string().min(1),
  /** When the alarm was set to ALARM; null before. */
  trippedAt: instant.nullable(),
});
export type Drill = z.infer<typeof drillSchema>;

/** The result of a drill; the latest of an ingress is kept. */
export const drillRecordSchema = z.object({
  cutoverId: cutoverIdSchema,
  alarm: z.string(),
  percent: z.number(),
  trippedAt: instant,
  /** When the alarm requested the rollback. */
  requestedAt: instant,
  /** When the safe weights had been read back. */
  confirmedAt: instant,
  /** When a complete minute of counts showed that stable answers everything. */
  verifiedAt: instant,
});
export type DrillRecord = z.infer<typeof drillRecordSchema>;

/** How long a drill waits for its own alarm to roll it back, in seconds. */
export const DRILL_DEADLINE_SECONDS = 300;
/**
 * The interval between evaluations, and the wait before the alarm is triggered so that the candidate has customers when
 * it is rolled back; seconds.
 */
export const DRILL_INTERVAL_SECONDS = 60;

/** Seconds from the triggered alarm to each step. */
export function drillTimes({ trippedAt, requestedAt, confirmedAt, verifiedAt }: DrillRecord) {
  const since = (at: string) => (fromIso(at) - fromIso(trippedAt)) / 1000;
  return { toRequest: since(requestedAt), toWeights: since(confirmedAt), toReturn: since(verifiedAt) };
}

/** Why a plan that requires a drill within the last `within` seconds must not begin; null if it may. */
export function drillRefusal(within: number | undefined, last: DrillRecord | null, now: number): string | null {
  if (within === undefined) return null;
  const age = last === null ? null : (now - fromIso(last.verifiedAt)) / 1000;
  if (age !== null && age <= within) return null;
  const found = age === null ? 'none has ever run on this ingress' : `the last one was ${Math.round(age / 3600)} h ago`;
  return `shadow.drillWithin requires a rollback drill within the last ${Math.round(within / 3600)} h, but ${found}; run \`crossfade drill\``;
}
