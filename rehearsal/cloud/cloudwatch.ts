/** CloudWatch, as far as the adapters call it. */
import * as z from 'zod';
import { type AlarmState, type LocalAlarm, metricStatSchema, readStat } from './alarms.ts';
import { evaluate, type Value } from './metric-math.ts';
import { floorTo, type MetricStore } from './metric-store.ts';
import { CloudError, type JsonOperations } from './protocol.ts';

const getMetricDataSchema = z.object({
  StartTime: z.number(),
  EndTime: z.number(),
  MetricDataQueries: z
    .array(
      z.object({
        Id: z.string(),
        Expression: z.string().optional(),
        MetricStat: metricStatSchema.optional(),
        ReturnData: z.boolean().default(true),
        Period: z.number().optional(),
      }),
    )
    .min(1)
    .max(500),
});
const namesSchema = z.object({ AlarmNames: z.array(z.string()).max(100).optional() });
const setStateSchema = z.object({
  AlarmName: z.string(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: z.string(),
});

export interface CloudWatchOptions {
  readonly store: MetricStore;
  readonly alarms: ReadonlyMap<string, LocalAlarm>;
  readonly setState: (alarm: LocalAlarm, state: AlarmState, reason: string) => void;
}

export function cloudwatch({ store, alarms, setState }: CloudWatchOptions): JsonOperations {
  return {
    GetMetricData: (input) => {
      const { StartTime, EndTime, MetricDataQueries } = parse(getMetricDataSchema, input);
      const period = Math.max(...MetricDataQueries.map((q) => q.MetricStat?.Period ?? q.Period ?? 60)) * 1000;
      const series = new Map(
        MetricDataQueries.map((q) => [
          q.Id,
          { Id: q.Id, Label: q.Id, StatusCode: 'Complete', Timestamps: [] as number[], Values: [] as number[] },
        ]),
      );
      for (let at = floorTo(StartTime * 1000, period); at < EndTime * 1000; at += period) {
        const env: Record<string, Value> = {};
        for (const q of MetricDataQueries)
          if (q.MetricStat !== undefined) env[q.Id] = readStat(store, q.MetricStat, at);
        for (const q of MetricDataQueries) if (q.Expression !== undefined) env[q.Id] = evaluate(q.Expression, env);
        for (const q of MetricDataQueries) {
          const value = env[q.Id];
          if (value === undefined || !q.ReturnData) continue;
          series.get(q.Id)?.Timestamps.push(at / 1000);
          series.get(q.Id)?.Values.push(value);
        }
      }
      return { MetricDataResults: [...series.values()] };
    },
    DescribeAlarms: (input) => {
      const { AlarmNames } = parse(namesSchema, input);
      const found = [...alarms.values()].filter(
        (a) => AlarmNames === undefined || AlarmNames.includes(a.properties.AlarmName),
      );
      return {
        MetricAlarms: found.map((a) => ({ ...a.properties, StateValue: a.state, StateReason: a.reason })),
        CompositeAlarms: [],
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

/** What AWS answers to a request that its model does not allow. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new CloudError(
    'ValidationException',
    result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
  );
}
