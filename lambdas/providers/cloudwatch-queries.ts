/** A plan's queries as CloudWatch takes them, one point a minute. */
import type { CloudWatchClient, MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import type { Deployment, MetricQuery, TimeRange } from '../../core/model/index.ts';
import { fetchSeries } from '../aws/cloudwatch/index.ts';
import type { Fill } from './query-text.ts';
import { type Points, SourceError } from './source.ts';

type CloudWatchQuery = Exclude<MetricQuery, { source: 'provider' }>;
interface NamedMetric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
}

const PERIOD = 60;
const ALB_COUNTS = {
  requests: 'RequestCount',
  '2xx': 'HTTPCode_Target_2XX_Count',
  '3xx': 'HTTPCode_Target_3XX_Count',
  '4xx': 'HTTPCode_Target_4XX_Count',
  '5xx': 'HTTPCode_Target_5XX_Count',
} as const;
const ECS_USAGE = { cpu: 'CPUUtilization', memory: 'MemoryUtilization' } as const;
const RESULT = 'result';

/** @throws {@link SourceError}, or what the SDK throws */
export async function cloudWatchPoints(
  client: Pick<CloudWatchClient, 'send'>,
  deployment: Deployment,
  side: 'stable' | 'candidate',
  query: CloudWatchQuery,
  range: TimeRange,
  fill: Fill,
): Promise<Points> {
  const series = await fetchSeries(client, queriesOf(query, deployment, side, fill), range);
  return series.get(RESULT) ?? new Map();
}

/** That an absent point was zero is AWS's own word for these counts. */
export function isZeroWhenAbsent(query: MetricQuery): boolean {
  return query.source === 'alb-slow' || (query.source === 'alb' && query.count !== 'requests');
}

function queriesOf(
  query: CloudWatchQuery,
  deployment: Deployment,
  side: 'stable' | 'candidate',
  fill: Fill,
): MetricDataQuery[] {
  switch (query.source) {
    case 'cloudwatch':
      return [{ Id: RESULT, MetricStat: statOf(query, fill) }];
    case 'math':
      return [
        { Id: RESULT, Expression: fill(query.expression), Period: PERIOD },
        ...Object.entries(query.using).map(([Id, metric]) => ({
          Id,
          MetricStat: statOf(metric, fill),
          ReturnData: false,
        })),
      ];
    case 'alb':
      return [{ Id: RESULT, MetricStat: albStat(deployment, side, ALB_COUNTS[query.count], 'Sum') }];
    case 'alb-slow':
      // Trimmed count: how many samples lie above. TargetResponseTime is in seconds.
      return [
        {
          Id: RESULT,
          MetricStat: albStat(deployment, side, 'TargetResponseTime', `TC(${query.overMs / 1000}:)`),
        },
      ];
    case 'ecs':
      return [{ Id: RESULT, MetricStat: ecsStat(deployment, side, ECS_USAGE[query.usage]) }];
  }
}

function statOf({ namespace, metric, dimensions, stat }: NamedMetric, fill: Fill): MetricStat {
  return {
    Metric: {
      Namespace: fill(namespace),
      MetricName: fill(metric),
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value: fill(Value) })),
    },
    Period: PERIOD,
    Stat: stat,
  };
}

function albStat(deployment: Deployment, side: 'stable' | 'candidate', MetricName: string, Stat: string): MetricStat {
  const Dimensions = [
    { Name: 'LoadBalancer', Value: deployment.loadBalancer.fullName },
    { Name: 'TargetGroup', Value: deployment.targetGroups[side].fullName },
  ];
  return { Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions }, Period: PERIOD, Stat };
}

function ecsStat({ services }: Deployment, side: 'stable' | 'candidate', MetricName: string): MetricStat {
  const service = services?.[side];
  if (service === undefined) throw new SourceError('it reads a service of ECS, and the deployment names none');
  const Dimensions = [
    { Name: 'ClusterName', Value: service.cluster },
    { Name: 'ServiceName', Value: service.service },
  ];
  return { Metric: { Namespace: 'AWS/ECS', MetricName, Dimensions }, Period: PERIOD, Stat: 'Average' };
}
