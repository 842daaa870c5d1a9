/**
 * EventBridge: rules of the templates against events of the local services, and schedules in virtual time.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
import * as z from 'zod';

export const ruleSchema = z.object({
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  Targets: z.array(z.object({ Arn: z.string(), Input: z.string().optional() })).default([]),
});
export type EventRule = z.infer<typeof ruleSchema>;

/** Literal values and nested fields; a pattern operator that is not known here is refused when the rule is read. */
export function matches(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((allowed) => allowed === event);
  if (typeof pattern !== 'object' || pattern === null || typeof event !== 'object' || event === null) return false;
  const fields = new Map(Object.entries(event));
  return Object.entries(pattern).every(([key, sub]) => fields.has(key) && matches(sub, fields.get(key)));
}

/** @throws RangeError for an operator (an object within a list of allowed values). */
export function assertKnown(pattern: unknown): void {
  if (Array.isArray(pattern)) {
    if (pattern.some((p) => typeof p === 'object' && p !== null))
      throw new RangeError(`event pattern operator not known here: ${JSON.stringify(pattern)}`);
  } else if (typeof pattern === 'object' && pattern !== null) {
    for (const sub of Object.values(pattern)) assertKnown(sub);
  }
}

/** Virtual milliseconds between two runs of `rate(N minutes)`. @throws RangeError for any other expression. */
export function scheduleMs(expression: string): number {
  const match = /^rate\((\d+) minutes?\)$/.exec(expression);
  if (match === null) throw new RangeError(`schedule not known here: ${expression}`);
  return Number(match[1]) * 60_000;
}
