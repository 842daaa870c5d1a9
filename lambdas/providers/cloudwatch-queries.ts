/** Converts a plan's queries for GetMetricData. */
import type { CloudWatchClient, MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchSeries, SeriesMath } from '../../core/metrics/index.ts';
import type { TimeRange } from '../../core/model/index.ts';
import { fetchSeries } from '../aws/cloudwatch/index.ts';
import type { Points } from './source.ts';

const PERIOD = 60;
const RESULT = 'result';

/** @throws what the SDK throws */
export async function cloudWatchPoints(
  client: Pick<CloudWatchClient, 'send'>,
  asked: CloudWatchSeries | SeriesMath,
  range: TimeRange,
): Promise<Points> {
  const series = await fetchSeries(client, queriesOf(asked), range);
  return series.get(RESULT) ?? new Map();
}

function queriesOf(asked: CloudWatchSeries | SeriesMath): MetricDataQuery[] {
  if (!('expression' in asked)) return [{ Id: RESULT, MetricStat: statOf(asked) }];
  return [
    { Id: RESULT, Expression: asked.expression, Period: PERIOD },
    ...Object.entries(asked.using).map(([Id, metric]) => ({ Id, MetricStat: statOf(metric), ReturnData: false })),
  ];
}

function statOf({ namespace, metric, dimensions, stat }: CloudWatchSeries): MetricStat {
  return {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: PERIOD,
    Stat: stat,
  };
}
