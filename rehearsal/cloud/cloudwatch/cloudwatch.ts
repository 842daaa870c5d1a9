/** CloudWatch, as far as the adapters and the operator's commands use it. */
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';
import type { AlarmState, LocalAlarm } from './alarms.ts';
import { getMetricData } from './metric-queries.ts';
import type { MetricStore } from './metric-store.ts';
import type { MuteRules } from './mute-rules.ts';
import { putMetricData } from './put-metric-data.ts';

const name = z.string().min(1).max(255);
const isJson = (text: string) => {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
};
const describeSchema = z.strictObject({
  AlarmNames: z.array(name).max(100).optional(),
  AlarmNamePrefix: name.optional(),
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
});
const setStateSchema = z.strictObject({
  AlarmName: name,
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: z.string().max(1_023),
  StateReasonData: z.string().max(4_000).optional(),
});
export interface CloudWatchOptions {
  readonly store: MetricStore;
  readonly alarms: ReadonlyMap<string, LocalAlarm>;
  readonly setState: (alarm: LocalAlarm, state: AlarmState, reason: string) => void;
  readonly mutes: MuteRules;
  /** Simulated time, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

export function cloudwatch({ store, alarms, setState, mutes, now = Date.now }: CloudWatchOptions): JsonOperations {
  return {
    ...mutes.operations,
    GetMetricData: (input) => getMetricData(store, input),
    PutMetricData: (input) => putMetricData(store, input, now()),
    DescribeAlarms: (input) => {
      const wanted = parse(describeSchema, input);
      const found = [...alarms.values()].filter(({ properties: { AlarmName }, state }) => {
        return (
          (wanted.AlarmNames?.includes(AlarmName) ?? true) &&
          AlarmName.startsWith(wanted.AlarmNamePrefix ?? '') &&
          (wanted.StateValue ?? state) === state
        );
      });
      const from = Number(wanted.NextToken ?? 0);
      if (wanted.NextToken !== undefined && !(from > 0 && from < found.length))
        throw new CloudError('InvalidNextToken', 'Request parameter NextToken is invalid');
      const page = wanted.AlarmTypes.includes('MetricAlarm') ? found.slice(from, from + wanted.MaxRecords) : [];
      const next = from + page.length;
      return {
        MetricAlarms: page.map((a) => ({ ...a.properties, StateValue: a.state, StateReason: a.reason })),
        CompositeAlarms: [],
        NextToken: page.length > 0 && next < found.length ? String(next) : undefined,
      };
    },
    SetAlarmState: (input) => {
      const { AlarmName, StateValue, StateReason, StateReasonData = '{}' } = parse(setStateSchema, input);
      if (!isJson(StateReasonData)) throw new CloudError('InvalidFormatFault', 'StateReasonData is not JSON');
      const alarm = alarms.get(AlarmName);
      if (alarm === undefined) throw new CloudError('ResourceNotFound', `Alarm ${AlarmName} does not exist`, 404);
      setState(alarm, StateValue, StateReason);
      return {};
    },
  };
}
