/** The series of core/model/evidence.ts as GetMetricData queries. */
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import {
  BALANCER_SERIES,
  BASELINE_SERIES,
  COPY_SERIES,
  type Deployment,
  GROUP_ROLES,
  type GroupRole,
  SIDE_SERIES,
} from '../../../core/model/index.ts';

type Series = (typeof SIDE_SERIES | typeof BALANCER_SERIES | typeof BASELINE_SERIES | typeof COPY_SERIES)[number];

/** Both sides, and the mirror's target groups if there are any. */
function countedSides({ targetGroups }: Deployment): GroupRole[] {
  return GROUP_ROLES.filter((role) => targetGroups[role] !== undefined);
}

export function lookQueries(deployment: Deployment, budgetMs: number): MetricDataQuery[] {
  const of = (series: Series, side: GroupRole | null): MetricDataQuery =>
    queryOf(deployment, { id: side === null ? series : `${side}_${series}`, series, side, period: 60, budgetMs });
  return [
    ...countedSides(deployment).flatMap((side) => SIDE_SERIES.map((series) => of(series, side))),
    ...BALANCER_SERIES.map((series) => of(series, null)),
    ...(deployment.targetGroups.mirrorReverse === undefined ? [] : COPY_SERIES.map((series) => of(series, null))),
  ];
}

/** @param period seconds */
export function baselineQueries(deployment: Deployment, period: number, budgetMs: number): MetricDataQuery[] {
  const of = BASELINE_SERIES.filter((series) => deployment.services !== undefined || !isOfService(series));
  return of.map((series) => {
    const side = series === 'elb5xx' ? null : 'stable';
    return queryOf(deployment, { id: series, series, side, period, budgetMs });
  });
}

interface Asked {
  readonly id: string;
  readonly series: Series;
  /** null for the whole load balancer. */
  readonly side: GroupRole | null;
  readonly period: number;
  readonly budgetMs: number;
}

function queryOf(deployment: Deployment, { id, series, side, period, budgetMs }: Asked): MetricDataQuery {
  const { metric, stat } = METRICS[series](budgetMs);
  const [Namespace, of] = isOfService(series)
    ? (['AWS/ECS', serviceOf(deployment)] as const)
    : isOfMirror(series)
      ? (['Crossfade', { Ingress: deployment.ingressId }] as const)
      : (['AWS/ApplicationELB', balancerOf(deployment, side)] as const);
  const Dimensions = dimensions(of);
  return { Id: id, MetricStat: { Metric: { Namespace, MetricName: metric, Dimensions }, Period: period, Stat: stat } };
}

function dimensions(of: Readonly<Record<string, string>>): { Name: string; Value: string }[] {
  return Object.entries(of).map(([Name, Value]) => ({ Name, Value }));
}

function balancerOf({ loadBalancer, targetGroups }: Deployment, side: GroupRole | null): Record<string, string> {
  const group = side === null ? undefined : targetGroups[side];
  return { LoadBalancer: loadBalancer.fullName, ...(group === undefined ? {} : { TargetGroup: group.fullName }) };
}

function serviceOf({ services }: Deployment): Record<string, string> {
  return services === undefined ? {} : { ClusterName: services.stable.cluster, ServiceName: services.stable.service };
}

function isOfService(series: Series): boolean {
  return series === 'cpu' || series === 'memory';
}

function isOfMirror(series: Series): boolean {
  return COPY_SERIES.some((of) => of === series);
}

type Metric = (budgetMs: number) => { readonly metric: string; readonly stat: string };
const sum =
  (metric: string): Metric =>
  () => ({ metric, stat: 'Sum' });
const responseTime =
  (stat: string): Metric =>
  () => ({ metric: 'TargetResponseTime', stat });

const METRICS: Readonly<Record<Series, Metric>> = {
  requests: sum('RequestCount'),
  target5xx: sum('HTTPCode_Target_5XX_Count'),
  connectionErrors: sum('TargetConnectionErrorCount'),
  answered2XX: sum('HTTPCode_Target_2XX_Count'),
  answered3XX: sum('HTTPCode_Target_3XX_Count'),
  answered4XX: sum('HTTPCode_Target_4XX_Count'),
  // Trimmed count: the number of samples above the budget. TargetResponseTime is in seconds.
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
  slow: (budgetMs) => ({ metric: 'TargetResponseTime', stat: `TC(${budgetMs / 1000}:)` }),
  p50: responseTime('p50'),
  p95: responseTime('p95'),
  p99: responseTime('p99'),
  // It has no target-group dimension: a crashing candidate shows in the count of the whole load balancer.
  elb5xx: sum('HTTPCode_ELB_5XX_Count'),
  loadBalancerRequests: sum('RequestCount'),
  stableCopies: sum('StableCopies'),
  stableCopyErrors: sum('StableCopyErrors'),
  cpu: () => ({ metric: 'CPUUtilization', stat: 'Average' }),
  memory: () => ({ metric: 'MemoryUtilization', stat: 'Average' }),
};
