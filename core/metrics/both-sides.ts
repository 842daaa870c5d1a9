/**
 * Detects a query that reads the same for both sides. Its metric would compare stable with itself, and pass whatever
 * the candidate does.
 */
import type { MetricProvider, MetricQuery, PlanMetric, PlanProblem } from '../model/index.ts';

/**
 * Placeholders in a query that differ between the sides. Those of the load balancer and of a cluster may be the same
 * for both.
 */
const BY_SIDE = ['targetGroup', 'service'];

/** Each query of a metric with its field, relative to the metric. */
export function queriesOfMetric(metric: PlanMetric): readonly (readonly [field: string, query: MetricQuery])[] {
  if (metric.kind !== 'count') return [['value', metric.value]];
  return [
    ['numerator', metric.numerator],
    ['denominator', metric.denominator],
  ];
}

/** @param providers of the deployment, by name; unknown ones are not checked */
export function sidelessProblems(
  metrics: readonly PlanMetric[],
  providers: Readonly<Record<string, Pick<MetricProvider, 'type'>>> = {},
): PlanProblem[] {
  return metrics.flatMap((metric, i) =>
    // A guard reads only the candidate, so a shared value can be its limit.
    metric.kind === 'guard'
      ? []
      : queriesOfMetric(metric)
          .filter(([, query]) => !tellsSides(textsOf(query, providers), metric))
          .map(([field]) => ({
            path: `metrics.${i}.${field}`,
            message: `${metric.name} would read the same for both sides, and always pass; name {{side}}, {{targetGroup}} or {{service}} in its query`,
          })),
  );
}

/** The texts that may name the side; null for a query that is specific to a side by itself. */
function textsOf(query: MetricQuery, providers: Readonly<Record<string, Pick<MetricProvider, 'type'>>>): string | null {
  switch (query.source) {
    case 'cloudwatch':
    case 'math':
      return JSON.stringify(query);
    case 'provider': {
      const type = providers[query.provider]?.type;
      // A provider receives the side in addition to its query.
      return type === 'prometheus' || type === 'datadog' ? query.query : null;
    }
    default:
      return null;
  }
}

function tellsSides(texts: string | null, { sides }: PlanMetric): boolean {
  const names = sides.stable === sides.candidate ? BY_SIDE : ['side', ...BY_SIDE];
  return texts === null || names.some((name) => texts.includes(`{{${name}}}`));
}
