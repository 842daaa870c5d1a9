/** A plan's queries as CloudWatch series with one point per minute: read by evaluations, and drawn by the dashboard. */

import type { Side } from '../../sides/index.ts';
import type { MetricQuery } from '../model/index.ts';
import { type Fill, type QueryPlaces, SourceError } from './query-text.ts';

export type CloudWatchQuery = Exclude<MetricQuery, { source: 'provider' }>;

/** One metric of CloudWatch. */
export interface CloudWatchSeries {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
}

/** Metric math over series, by the names that the expression uses for them. */
export interface SeriesMath {
  readonly expression: string;
  readonly using: Readonly<Record<string, CloudWatchSeries>>;
}

const ALB_COUNTS = {
  requests: 'RequestCount',
  '2xx': 'HTTPCode_Target_2XX_Count',
  '3xx': 'HTTPCode_Target_3XX_Count',
  '4xx': 'HTTPCode_Target_4XX_Count',
  '5xx': 'HTTPCode_Target_5XX_Count',
} as const;
const ECS_USAGE = { cpu: 'CPUUtilization', memory: 'MemoryUtilization' } as const;

/** @throws {@link SourceError} for a resource that this deployment does not have */
export function seriesOf(
  query: CloudWatchQuery,
  deployment: QueryPlaces,
  side: Side,
  fill: Fill,
): CloudWatchSeries | SeriesMath {
  switch (query.source) {
    case 'cloudwatch':
      return filled(query, fill);
    case 'math':
      return {
        expression: fill(query.expression),
        using: Object.fromEntries(Object.entries(query.using).map(([id, metric]) => [id, filled(metric, fill)])),
      };
    case 'alb':
      return ofBalancer(deployment, side, ALB_COUNTS[query.count], 'Sum');
    case 'alb-slow':
      // Trimmed count: the number of samples above the budget. TargetResponseTime is in seconds.
      return ofBalancer(deployment, side, 'TargetResponseTime', `TC(${query.overMs / 1000}:)`);
    case 'ecs':
      return ofService(deployment, side, ECS_USAGE[query.usage]);
  }
}

/** For these counts AWS documents that an absent point means zero. */
export function isZeroWhenAbsent(query: MetricQuery): boolean {
  return query.source === 'alb-slow' || (query.source === 'alb' && query.count !== 'requests');
}

function filled({ namespace, metric, dimensions, stat }: CloudWatchSeries, fill: Fill): CloudWatchSeries {
  return {
    namespace: fill(namespace),
    metric: fill(metric),
    dimensions: Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, fill(value)])),
    stat,
  };
}

function ofBalancer(
  { loadBalancer, targetGroups }: QueryPlaces,
  side: Side,
  metric: string,
  stat: string,
): CloudWatchSeries {
  const dimensions = { LoadBalancer: loadBalancer.fullName, TargetGroup: targetGroups[side].fullName };
  return { namespace: 'AWS/ApplicationELB', metric, dimensions, stat };
}

function ofService({ services }: QueryPlaces, side: Side, metric: string): CloudWatchSeries {
  const service = services?.[side];
  if (service === undefined) throw new SourceError('it reads a service of ECS, and the deployment names none');
  const dimensions = { ClusterName: service.cluster, ServiceName: service.service };
  return { namespace: 'AWS/ECS', metric, dimensions, stat: 'Average' };
}
