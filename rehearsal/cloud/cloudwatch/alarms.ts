/**
 * Alarms as their synthesised definitions say: period, statistic or metric math, M of N, missing data. What this cloud
 * could not evaluate as AWS does (anomaly bands, low-sample percentiles) is refused when the definition is read.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
import * as z from 'zod';
import { type AlarmEvaluation, type AlarmState, COMPARISONS, EXTRA_DATAPOINTS, judge } from './alarm-state.ts';
import { compileMath, type MathExpression, type Value } from './metric-math.ts';
import { floorTo, type MetricStore } from './metric-store.ts';
import { statisticOf } from './statistics.ts';

export type { AlarmState } from './alarm-state.ts';

const dimensionsSchema = z.array(z.object({ Name: z.string(), Value: z.string() })).default([]);
const actionsSchema = z.array(z.string()).max(5).default([]);
/**
 * Limit for metric math, in characters.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
 */
export const MAX_EXPRESSION = 2_048;
/** ALB's metrics and EMF have standard resolution here. */
const periodSchema = z.int().positive().multipleOf(60);
const statSchema = z.string().refine(isKnownStatistic, 'statistic not known here');

const metricName = z.string().min(1).max(255);
export const metricStatSchema = z.strictObject({
  Metric: z.strictObject({ Namespace: metricName, MetricName: metricName, Dimensions: dimensionsSchema }),
  Period: periodSchema,
  Stat: statSchema,
});
export type MetricStat = z.infer<typeof metricStatSchema>;

/** How many metrics one expression of an alarm may read. */
const MAX_METRICS = 10;
const DAY_SECONDS = 86_400;

const querySchema = z.object({
  Id: z.string(),
  Label: z.string().optional(),
  Expression: z.string().max(MAX_EXPRESSION).optional(),
  MetricStat: metricStatSchema.optional(),
  ReturnData: z.boolean().default(true),
  Period: periodSchema.optional(),
});

export const alarmPropertiesSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().max(1_024).optional(),
  ActionsEnabled: z.boolean().default(true),
  AlarmActions: actionsSchema,
  OKActions: actionsSchema,
  InsufficientDataActions: actionsSchema,
  ComparisonOperator: z.enum(COMPARISONS),
  Threshold: z.number(),
  EvaluationPeriods: z.int().positive(),
  DatapointsToAlarm: z.int().positive().optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
  EvaluateLowSampleCountPercentile: z.literal('evaluate').optional(),
  ThresholdMetricId: z.undefined().optional(),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensionsSchema,
  Period: periodSchema.optional(),
  Statistic: statSchema.optional(),
  ExtendedStatistic: statSchema.optional(),
  Metrics: z.array(querySchema).optional(),
});
export type AlarmProperties = z.infer<typeof alarmPropertiesSchema>;

export interface AlarmTransition {
  readonly alarm: LocalAlarm;
  readonly from: AlarmState;
  readonly reason: string;
}

/** Reads the value of the period that begins at `start`. */
type Source = (store: MetricStore, start: number) => Value;

export class LocalAlarm {
  readonly properties: AlarmProperties;
  readonly periodMs: number;
  state: AlarmState = 'INSUFFICIENT_DATA';
  reason = 'Unchecked: Initial alarm creation';
  readonly #source: Source;

  /** @throws if the definition contains something that is unknown here */
  constructor(properties: AlarmProperties) {
    this.properties = properties;
    const { source, period } = sourceOf(properties);
    refuseBeyondLimits(properties, period);
    this.#source = source;
    this.periodMs = period * 1000;
  }

  /** Evaluates the last complete periods before `now` (simulated time). Returns the transition, if there is one. */
  evaluate(store: MetricStore, now: number): AlarmTransition | null {
    const { EvaluationPeriods: n, DatapointsToAlarm: m = n, ComparisonOperator, Threshold } = this.properties;
    const end = floorTo(now, this.periodMs);
    const count = n + EXTRA_DATAPOINTS;
    const datapoints = Array.from({ length: count }, (_u, i) => this.#source(store, end - (count - i) * this.periodMs));
    const rule = {
      comparison: ComparisonOperator,
      threshold: Threshold,
      evaluationPeriods: n,
      datapointsToAlarm: m,
      missing: this.properties.TreatMissingData,
    };
    const judged = judge(datapoints, rule, this.state);
    return this.set(judged.state, this.#reason(judged, m));
  }

  /** Also used by SetAlarmState; the next evaluation may revert it. */
  set(state: AlarmState, reason: string): AlarmTransition | null {
    if (state === this.state) return null;
    const from = this.state;
    this.state = state;
    this.reason = reason;
    return { alarm: this, from, reason };
  }

  #reason({ used, breaching }: AlarmEvaluation, m: number): string {
    const { EvaluationPeriods: n, ComparisonOperator, Threshold } = this.properties;
    const shown = used.map((v) => Number(v.toPrecision(4))).join(', ');
    const data = used.length < n ? `${shown === '' ? '' : `${shown}, `}${n - used.length} missing` : shown;
    return `Threshold Crossed: ${breaching} out of the last ${n} datapoints [${data}] ${breaching === 1 ? 'was' : 'were'} ${words(ComparisonOperator)} the threshold (${Threshold}); ${m} needed for ALARM.`;
  }
}

export function readStat(store: MetricStore, { Metric, Stat, Period }: MetricStat, start: number): Value {
  const id = { namespace: Metric.Namespace, name: Metric.MetricName, dimensions: toRecord(Metric.Dimensions) };
  return store.read(id, Stat, start, Period * 1000);
}

/** The queries of which an alarm consists; a single one for a plain metric. */
export function queriesOf(p: AlarmProperties): z.infer<typeof querySchema>[] {
  if (p.Metrics !== undefined) return p.Metrics;
  const { Namespace = '', MetricName = '', Dimensions, Period = 60, Statistic, ExtendedStatistic } = p;
  const Stat = Statistic ?? ExtendedStatistic ?? 'Average';
  return [{ Id: 'm1', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat }, ReturnData: true }];
}

function sourceOf(properties: AlarmProperties): { source: Source; period: number } {
  const queries = queriesOf(properties);
  const stats = new Map(queries.flatMap((q) => (q.MetricStat === undefined ? [] : [[q.Id, q.MetricStat] as const])));
  const periods = new Set([...stats.values()].map((s) => s.Period));
  const [period, ...others] = periods;
  const returned = queries.filter((q) => q.ReturnData);
  const [watched] = returned;
  if (period === undefined || others.length > 0 || watched === undefined || returned.length > 1)
    throw new RangeError(`alarm ${properties.AlarmName}: one returned query and one period are needed`);
  if (watched.Expression === undefined) {
    const stat = stats.get(watched.Id);
    if (stat === undefined) throw new RangeError(`alarm ${properties.AlarmName} watches nothing`);
    return { period, source: (store, start) => readStat(store, stat, start) };
  }
  return { period, source: mathSource(properties.AlarmName, compileMath(watched.Expression), stats) };
}

/**
 * Limits that PutMetricAlarm enforces.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
function refuseBeyondLimits(properties: AlarmProperties, period: number): void {
  const { AlarmName: name, EvaluationPeriods: n, DatapointsToAlarm: m = n } = properties;
  if (m > n) throw new RangeError(`alarm ${name}: ${m} of ${n} datapoints cannot be`);
  if (n * period > (period < 3_600 ? DAY_SECONDS : 7 * DAY_SECONDS))
    throw new RangeError(`alarm ${name}: ${n} periods of ${period} s are longer than CloudWatch looks back`);
  const metrics = queriesOf(properties).filter(({ MetricStat }) => MetricStat !== undefined).length;
  if (metrics > MAX_METRICS)
    throw new RangeError(`alarm ${name}: ${metrics} metrics, of which it may have ${MAX_METRICS}`);
}

function mathSource(name: string, math: MathExpression, stats: ReadonlyMap<string, MetricStat>): Source {
  for (const id of math.ids)
    if (!stats.has(id))
      throw new RangeError(`alarm ${name}: ${id} is no metric of it; nested expressions are not known`);
  return (store, start) =>
    math.at(Object.fromEntries([...stats].map(([id, stat]) => [id, readStat(store, stat, start)])));
}

function words(comparison: AlarmProperties['ComparisonOperator']): string {
  return comparison
    .replace('Threshold', '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function toRecord(list: z.infer<typeof dimensionsSchema>): Record<string, string> {
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}

function isKnownStatistic(name: string): boolean {
  try {
    statisticOf(name);
    return true;
  } catch {
    return false;
  }
}
