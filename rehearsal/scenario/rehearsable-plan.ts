/** Parts of a plan that exist only in the operator's account. A rehearsal leaves them out, and says so. */
import { queriesOfMetric } from '../../core/metrics/index.ts';
import { type MetricQuery, type Plan, rollbackAlarmsOf } from '../../core/model/index.ts';

export interface RehearsablePlan {
  readonly plan: Plan;
  /** For example `alarm payments-down`. */
  readonly leftOut: readonly string[];
}

/** Namespaces for which the local cloud has metrics: the load balancer's, those of ECS services, and Crossfade's. */
const LOCAL_NAMESPACES = new Set(['AWS/ApplicationELB', 'AWS/ECS', 'Crossfade']);

/** @param own whether the services are the operator's, whose CPU and memory cannot be measured here */
export function rehearsable(plan: Plan, own: boolean): RehearsablePlan {
  const isHere = (query: MetricQuery): boolean => {
    switch (query.source) {
      case 'cloudwatch':
        return LOCAL_NAMESPACES.has(query.namespace);
      case 'math':
        return Object.values(query.using).every(({ namespace }) => LOCAL_NAMESPACES.has(namespace));
      case 'ecs':
        return !own;
      case 'provider':
        return false;
      default:
        return true;
    }
  };
  const metrics = plan.metrics.filter((metric) => queriesOfMetric(metric).every(([, query]) => isHere(query)));
  return {
    plan: { ...plan, metrics, alarms: [], hooks: [] },
    leftOut: [
      ...plan.metrics.filter((metric) => !metrics.includes(metric)).map(({ name }) => `metric ${name}`),
      ...rollbackAlarmsOf({ rollbackAlarms: [] }, plan).map((name) => `alarm ${name}`),
      ...plan.hooks.map(({ name }) => `hook ${name}`),
    ],
  };
}
