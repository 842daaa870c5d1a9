/** CloudWatch, as far as the adapters and the operator's commands use it. */
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';
import type { AlarmState, LocalAlarm } from './alarms.ts';
import { getMetricData } from './metric-queries.ts';
import type { MetricStore } from './metric-store.ts';
import type { MuteRules } from './mute-rules.ts';

const describeSchema = z.object({
  AlarmNames: z.array(z.string()).max(100).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
});
const setStateSchema = z.object({
  AlarmName: z.string(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: z.string(),
});
const putSchema = z.object({
  Namespace: z.string().regex(/^(?!AWS\/)/, 'The value AWS/ for parameter Namespace is invalid.'),
  MetricData: z
    .array(
      z.object({
        MetricName: z.string(),
        Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
        Timestamp: z.number().optional(),
        Value: z.number().optional(),
        Values: z.array(z.number()).optional(),
        Counts: z.array(z.number()).optional(),
        StatisticValues: z.undefined().optional(),
      }),
    )
    .max(1000),
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
    PutMetricData: (input) => {
      const { Namespace: namespace, MetricData } = parse(putSchema, input);
      for (const { MetricName: name, Dimensions, Timestamp, Value, Values = [], Counts = [] } of MetricData) {
        const dimensions = Object.fromEntries(Dimensions.map((d) => [d.Name, d.Value]));
        const at = Timestamp === undefined ? now() : Timestamp * 1000;
        const samples = Value === undefined ? Values : [Value];
        samples.forEach((value, i) => {
          for (let n = 0; n < (Counts[i] ?? 1); n++) store.record({ namespace, name, dimensions, value, at });
        });
      }
      return {};
    },
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
      const page = wanted.AlarmTypes.includes('MetricAlarm') ? found.slice(from, from + wanted.MaxRecords) : [];
      const next = from + page.length;
      return {
        MetricAlarms: page.map((a) => ({ ...a.properties, StateValue: a.state, StateReason: a.reason })),
        CompositeAlarms: [],
        NextToken: page.length > 0 && next < found.length ? String(next) : undefined,
      };
    },
    SetAlarmState: (input) => {
      const { AlarmName, StateValue, StateReason } = parse(setStateSchema, input);
      const alarm = alarms.get(AlarmName);
      if (alarm === undefined) throw new CloudError('ResourceNotFound', `Alarm ${AlarmName} does not exist`, 404);
      setState(alarm, StateValue, StateReason);
      return {};
    },
  };
}
