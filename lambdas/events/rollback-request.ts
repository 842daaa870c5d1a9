/** Extracts who calls the rollback, and why, from any kind of event. */
import * as z from 'zod';
import type { RollbackRequest } from '../../core/fence/index.ts';
import {
  capacitySnapshotSchema,
  causeText,
  describePlace,
  TRIGGERS,
  toIso,
  withoutAdvice,
} from '../../core/model/index.ts';
import { shortened } from '../../input/index.ts';

/**
 * A cause of Step Functions may have 32,768 characters; the reason stands in the lease, in the log and several times in
 * one message.
 */
const LONGEST_REASON = 2_000;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
const alarmAction = z.object({
  source: z.literal('aws.cloudwatch'),
  alarmData: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.string(), reason: z.string().default(''), timestamp: z.string().optional() }),
  }),
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
const alarmEvent = z.object({
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  time: z.string().optional(),
  detail: z.object({ alarmName: z.string(), state: z.object({ value: z.string(), reason: z.string().default('') }) }),
});

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const executionEvent = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  time: z.string().optional(),
  detail: z.object({ executionArn: z.string(), status: z.string(), cause: z.string().nullish() }),
});

const fromMachine = z.object({
  v: z.literal(1),
  executionArn: z.string(),
  phase: z.string(),
  stage: z.number().optional().catch(undefined),
  split: z.object({ candidatePercent: z.number() }).optional().catch(undefined),
  reason: z.string(),
  next: z.string(),
  error: z.object({ Error: z.string(), Cause: z.string().optional() }).optional(),
  capacity: capacitySnapshotSchema.nullish(),
});

const direct = z.strictObject({
  trigger: z.enum(TRIGGERS),
  reason: z.string().min(1),
  by: z.string().min(1),
  /** The run to roll back; by default the one that owns the ingress. */
  executionArn: z.string().min(1).optional(),
});

/** Returns null for events that do not request a rollback (an alarm that changes to OK, a run that succeeded). */
export function parseRollbackEvent(event: unknown, now: string): RollbackRequest | null {
  const request = readEvent(event, now);
  return request === null ? null : { ...request, reason: shortened(request.reason, LONGEST_REASON) };
}

function readEvent(event: unknown, now: string): RollbackRequest | null {
  const action = alarmAction.safeParse(event);
  if (action.success) {
    const { alarmName, state } = action.data.alarmData;
    return state.value === 'ALARM' ? fromAlarm(alarmName, state.reason, state.timestamp, now) : null;
  }
  const alarm = alarmEvent.safeParse(event);
  if (alarm.success) {
    const { alarmName, state } = alarm.data.detail;
    return state.value === 'ALARM' ? fromAlarm(alarmName, state.reason, alarm.data.time, now) : null;
  }
  const execution = executionEvent.safeParse(event);
  if (execution.success) {
    const { executionArn, status, cause } = execution.data.detail;
    if (status === 'SUCCEEDED' || status === 'RUNNING') return null;
    return {
      trigger: 'execution',
      by: executionArn,
      reason: `the execution ended ${status}${cause ? `: ${withoutAdvice(causeText(cause))}` : ''}`,
      at: now,
      calledFrom: executionArn,
      scope: { kind: 'execution', executionArn },
    };
  }
  const machine = fromMachine.safeParse(event);
  if (machine.success) return fromState(machine.data, now);
  const asked = direct.safeParse(event);
  if (asked.success) {
    const { executionArn, ...request } = asked.data;
    return {
      ...request,
      at: now,
      ...(executionArn === undefined ? {} : { scope: { kind: 'execution', executionArn } }),
    };
  }
  // An unreadable trigger is still a trigger, because rolling back needs no reason.
  return {
    trigger: 'operator',
    by: 'unknown caller',
    reason: `an event that could not be read: ${shortened(String(JSON.stringify(event)), 200)}`,
    at: now,
  };
}

/**
 * An alarm refers to a run that had begun when its state changed. CloudWatch writes that time as `…+0000` or with a Z.
 */
function fromAlarm(by: string, reason: string, changedAt: string | undefined, now: string): RollbackRequest {
  const request = { trigger: 'alarm', by, reason, at: now } as const;
  const at = Date.parse((changedAt ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at) ? request : { ...request, scope: { kind: 'since', at: toIso(at) } };
}

function fromState(state: z.infer<typeof fromMachine>, now: string): RollbackRequest {
  const { executionArn } = state;
  const scope = { kind: 'execution', executionArn } as const;
  const { capacity = null } = state;
  const { phase, stage = 0, split } = state;
  const by = describePlace({ phase, stage }, split?.candidatePercent);
  const base = { by, at: now, calledFrom: executionArn, scope, capacity, phase };
  if (state.error === undefined) return { ...base, trigger: 'gate', reason: state.reason };
  const refused = state.error.Error === 'Crossfade.SignoffRefused' || state.error.Error === 'States.Timeout';
  return {
    ...base,
    trigger: refused ? 'signoff' : 'task',
    reason: `${state.error.Error}: ${withoutAdvice(causeText(state.error.Cause ?? ''))}`,
  };
}
