/**
 * GetMetricData: metrics and metric math over a range.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
import * as z from 'zod';
import { asError } from '../../../input/index.ts';
import { CloudError, parse } from '../wire/index.ts';
import { MAX_EXPRESSION, metricStatSchema, readStat } from './alarms.ts';
import { compileMath, type Value } from './metric-math.ts';
import { floorTo, type MetricStore } from './metric-store.ts';

const querySchema = z
  .strictObject({
    Id: z
      .string()
      .max(255)
      .regex(/^[a-z]\w*$/),
    Label: z.string().optional(),
    Expression: z.string().min(1).max(MAX_EXPRESSION).optional(),
    MetricStat: metricStatSchema.optional(),
    ReturnData: z.boolean().default(true),
    Period: z.int().positive().multipleOf(60).optional(),
  })
  .refine((q) => (q.Expression === undefined) !== (q.MetricStat === undefined), 'either Expression or MetricStat');
type Query = z.infer<typeof querySchema>;

const inputSchema = z.strictObject({
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
  NextToken: z.string().optional(),
  MetricDataQueries: z
    .array(querySchema)
    .min(1)
    .max(500)
    .refine((queries) => new Set(queries.map((q) => q.Id)).size === queries.length, 'ids are not unique')
    .refine((queries) => queries.some((q) => q.ReturnData), 'at least one query must return data'),
});

/** AWS returns at most this many datapoints per call; its paging is not modelled. */
const MAX_DATAPOINTS = 100_800;

/** Timestamps are seconds since the epoch on the wire. @throws CloudError */
export function getMetricData(store: MetricStore, input: unknown) {
  const { StartTime, EndTime, ScanBy, NextToken, MetricDataQueries: queries } = parse(inputSchema, input);
  if (NextToken !== undefined) throw new CloudError('InvalidNextToken', 'no page follows here');
  if (StartTime >= EndTime) throw new CloudError('ValidationException', 'StartTime must be less than EndTime');
  const period = commonPeriod(queries) * 1000;
  const starts: number[] = [];
  for (let at = floorTo(StartTime * 1000, period); at < EndTime * 1000; at += period) starts.push(at);
  const returned = queries.filter((q) => q.ReturnData);
  if (starts.length * returned.length > MAX_DATAPOINTS)
    throw new CloudError('ValidationException', `more than ${MAX_DATAPOINTS} datapoints; paging is not modelled here`);
  if (ScanBy === 'TimestampDescending') starts.reverse();
  const values = starts.map((at) => ({ at, env: valuesAt(store, queries, at) }));
  return {
    MetricDataResults: returned.map(({ Id, Label, MetricStat, Expression }) => {
      const points = values.flatMap(({ at, env }) => {
        const value = env[Id];
        return value === undefined ? [] : [{ at, value }];
      });
      return {
        Id,
        Label: Label ?? MetricStat?.Metric.MetricName ?? Expression,
        Timestamps: points.map((p) => p.at / 1000),
        Values: points.map((p) => p.value),
        StatusCode: 'Complete',
      };
    }),
    Messages: [],
  };
}

function valuesAt(store: MetricStore, queries: readonly Query[], at: number): Record<string, Value> {
  const env: Record<string, Value> = {};
  for (const q of queries) if (q.MetricStat !== undefined) env[q.Id] = readStat(store, q.MetricStat, at);
  for (const { Id, Expression } of queries) {
    if (Expression === undefined) continue;
    const math = compile(Expression);
    for (const id of math.ids)
      if (!(id in env)) throw new CloudError('ValidationException', `Error in expression '${Id}': ${id} is not known`);
    env[Id] = math.at(env);
  }
  return env;
}

function compile(expression: string) {
  try {
    return compileMath(expression);
  } catch (error) {
    throw new CloudError('ValidationException', asError(error).message);
  }
}

/**
 * AWS returns each query in its own period. A call with several periods is refused here rather than answered wrongly.
 */
function commonPeriod(queries: readonly Query[]): number {
  const periods = new Set(queries.flatMap((q) => q.MetricStat?.Period ?? q.Period ?? []));
  const [period = 60, ...others] = periods;
  if (others.length > 0) throw new CloudError('ValidationException', 'one period in a call is modelled here');
  return period;
}
