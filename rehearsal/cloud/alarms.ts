/**
 * Alarms evaluated from their synthesised definitions: period, M of N, statistics and percentiles, metric math, missing
 * data. Once a virtual minute; actions on transitions only.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
import * as z from 'zod';
import { evaluate, type Value } from './metric-math.ts';
import { floorTo, type MetricStore } from './metric-store.ts';

const dimensions = z.array(z.object({ Name: z.string(), Value: z.string() })).default([]);
const metricStat = z.object({
  Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions }),
  Period: z.number(),
  Stat: z.string(),
});

export const alarmPropertiesSchema = z.object({
  AlarmName: z.string(),
  ActionsEnabled: z.boolean().default(true),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensions,
  Period: z.number().optional(),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Metrics: z
    .array(
      z.object({
        Id: z.string(),
        Expression: z.string().optional(),
        MetricStat: metricStat.optional(),
        ReturnData: z.boolean().optional(),
      }),
    )
    .optional(),
});
export type AlarmProperties = z.infer<typeof alarmPropertiesSchema>;
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface Transition {
  readonly alarm: LocalAlarm;
  readonly from: AlarmState;
  readonly reason: string;
}

export class LocalAlarm {
  readonly properties: AlarmProperties;
  state: AlarmState = 'INSUFFICIENT_DATA';
  reason = 'Unchecked: Initial alarm creation';

  constructor(properties: AlarmProperties) {
    this.properties = properties;
  }

  /** Looks at the last N complete periods before `now`. Returns the transition, if there is one. */
  evaluate(store: MetricStore, now: number): Transition | null {
    const {
      EvaluationPeriods: n,
      DatapointsToAlarm: m = n,
      TreatMissingData,
      ComparisonOperator,
      Threshold,
    } = this.properties;
    const values = Array.from({ length: n }, (_unused, i) =>
      this.#valueAt(store, floorTo(now, 60_000) - (n - i) * 60_000),
    );
    const judged = values.map((v) =>
      v === undefined ? missing(TreatMissingData) : breaches(v, ComparisonOperator, Threshold),
    );
    const bad = judged.filter((j) => j === true).length;
    const unknown = judged.filter((j) => j === undefined).length;
    if (TreatMissingData === 'ignore' && unknown === n) return null;
    const next: AlarmState = bad >= m ? 'ALARM' : unknown === n ? 'INSUFFICIENT_DATA' : 'OK';
    const shown = values.map((v) => (v === undefined ? 'missing' : Number(v.toPrecision(4)))).join(', ');
    return this.set(
      next,
      `${bad} of the last ${n} datapoints [${shown}] were ${ComparisonOperator} (${Threshold}), ${m} needed.`,
    );
  }

  /** Also what SetAlarmState does: the next evaluation may take it back. */
  set(state: AlarmState, reason: string): Transition | null {
    if (state === this.state) return null;
    const from = this.state;
    this.state = state;
    this.reason = reason;
    return { alarm: this, from, reason };
  }

  #valueAt(store: MetricStore, start: number): Value {
    const p = this.properties;
    if (p.Metrics === undefined) {
      const id = { namespace: p.Namespace ?? '', name: p.MetricName ?? '', dimensions: toRecord(p.Dimensions) };
      return store.read(id, p.Statistic ?? p.ExtendedStatistic ?? 'Average', start, 60_000);
    }
    const env: Record<string, Value> = {};
    for (const { Id, MetricStat } of p.Metrics) {
      if (MetricStat !== undefined) env[Id] = readStat(store, MetricStat, start);
    }
    const returned = p.Metrics.find((q) => q.Expression !== undefined && q.ReturnData !== false);
    return returned?.Expression === undefined ? undefined : evaluate(returned.Expression, env);
  }
}

export function readStat(
  store: MetricStore,
  { Metric, Stat, Period }: z.infer<typeof metricStat>,
  start: number,
): Value {
  return store.read(
    { namespace: Metric.Namespace, name: Metric.MetricName, dimensions: toRecord(Metric.Dimensions) },
    Stat,
    start,
    Period * 1000,
  );
}

export { metricStat as metricStatSchema };

function toRecord(list: z.infer<typeof dimensions>): Record<string, string> {
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}

function missing(treatment: AlarmProperties['TreatMissingData']): boolean | undefined {
  return treatment === 'breaching' ? true : treatment === 'notBreaching' ? false : undefined;
}

function breaches(value: number, operator: AlarmProperties['ComparisonOperator'], threshold: number): boolean {
  switch (operator) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
