/** EventBridge's rules and schedules as the templates contain them. */
import * as z from 'zod';
import { targetSchema } from './event-target.ts';

export const eventRuleSchema = z.object({
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(targetSchema).default([]),
});
export type EventRule = z.infer<typeof eventRuleSchema>;

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Virtual milliseconds between two runs of `rate(N unit)` or of `cron(0/N * * * ? *)`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @throws RangeError for any other expression.
 */
export function scheduleMs(expression: string): number {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression);
  if (rate !== null) return Number(rate[1]) * (UNITS[rate[2] ?? ''] ?? 0);
  const cron = /^cron\((?:\*|[0*]\/([1-9]\d?)) \* \* \* \? \*\)$/.exec(expression);
  const minutes = cron === null ? Number.NaN : Number(cron[1] ?? 1);
  if (60 % minutes !== 0) throw new RangeError(`schedule not known here: ${expression}`);
  return minutes * 60_000;
}
