/**
 * A query that reads the same of both sides: its metric would compare the stable side with itself, and pass whatever the candidate does.
 */
import type { MetricProvider, MetricQuery, PlanMetric, PlanProblem } from '../model/index.ts';

/** Names in a query that differ between the sides; those of the balancer and of a cluster may be of both. */
const BY_SIDE = ['targetGroup', 'service'];

/** Each query of a metric with its field below the metric. */
export function queriesOfMetric(metric: PlanMetric): readonly (readonly [field: string, query: MetricQuery])[] {
  if (metric.kind !== 'count') return [['value', metric.value]];
  return [
    ['numerator', metric.numerator],
    ['denominator', metric.denominator],
  ];
}

/** @param providers those of the deployment, by their names; where they are not known, nothing is said of them */
export function sidelessProblems(
  metrics: readonly PlanMetric[],
  providers: Readonly<Record<string, Pick<MetricProvider, 'type'>>> = {},
): PlanProblem[] {
  return metrics.flatMap((metric, i) =>
    // A guard reads the candidate alone: what both share may be its limit.
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

/** What may name the side; null for a query that is of one side by itself. */
function textsOf(query: MetricQuery, providers: Readonly<Record<string, Pick<MetricProvider, 'type'>>>): string | null {
  switch (query.source) {
    case 'cloudwatch':
    case 'math':
      return JSON.stringify(query);
    case 'provider': {
      const type = providers[query.provider]?.type;
      // A provider gets the side beside its query.
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
