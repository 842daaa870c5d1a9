/**
 * The content of a message on the status topic: an event of Crossfade, or an alarm notification in CloudWatch's own
 * format.
 */
import * as z from 'zod';
import { type StatusEvent, statusEventSchema } from '../../core/status/index.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const alarmSchema = z.looseObject({
  AlarmName: z.string().min(1),
  AlarmDescription: z.string().nullish(),
  NewStateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  NewStateReason: z.string(),
  StateChangeTime: z.string(),
});
export type AlarmMessage = z.infer<typeof alarmSchema>;

export type ChatMessage =
  | { readonly type: 'status'; readonly event: StatusEvent }
  | { readonly type: 'alarm'; readonly alarm: AlarmMessage }
  /** Text from another sender. */
  | { readonly type: 'text'; readonly subject: string; readonly text: string };

export function messageOf(subject: string, text: string): ChatMessage {
  const value = jsonOf(text);
  const event = statusEventSchema.safeParse(value);
  if (event.success) return { type: 'status', event: event.data };
  const alarm = alarmSchema.safeParse(value);
  return alarm.success ? { type: 'alarm', alarm: alarm.data } : { type: 'text', subject, text };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Messages about one cutover share a thread; null for alarms and other messages. */
export function threadOf(message: ChatMessage): string | null {
  if (message.type !== 'status') return null;
  const { ingressId, cutoverId } = message.event;
  return cutoverId === null ? null : `${ingressId}/${cutoverId}`;
}
