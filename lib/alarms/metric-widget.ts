/** One metric of the plan on the dashboard: each side by minute, and the limit beyond which the candidate is worse. */
import { Duration } from 'aws-cdk-lib';
import {
  Color,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  type CloudWatchQuery,
  type CloudWatchSeries,
  fillFor,
  isZeroWhenAbsent,
  type QueryPlaces,
  SourceError,
  seriesOf,
} from '../../core/metrics/index.ts';
import type { CountMetric, GuardMetric, MetricQuery, PlanMetric, ValueMetric } from '../../core/model/index.ts';
import type { Side } from '../../sides/index.ts';

const PERIOD = Duration.seconds(60);
const SIZE = { width: 8, height: 6 } as const;
/** These refer to all metrics of the widget, not only to those of their own query. */
const OVER_THE_WIDGET = /\b(?:METRICS|SEARCH)\s*\(/;

/** A metric that CloudWatch does not have is described in words. */
export function metricWidget(metric: PlanMetric, places: QueryPlaces): IWidget {
  try {
    return drawn(metric, places);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const instead = 'The console and the report of a run draw it; *Latest evaluations* below has its figures.';
    return new TextWidget({
      ...SIZE,
      markdown: `**${metric.name}** is not drawn here: ${error.message}.\n\n${instead}`,
    });
  }
}

function drawn(metric: PlanMetric, places: QueryPlaces): GraphWidget {
  const title = `${metric.name}: ${ruleOf(metric)}`;
  const line = (side: Side) => lineOf(metric, places, side);
  if (metric.kind === 'guard') {
    const { expression, using } = line('candidate');
    const leftAnnotations = [{ value: metric.limit, label: 'limit', color: Color.RED }];
    return new GraphWidget({
      ...SIZE,
      title,
      leftAnnotations,
      left: [math('candidate', expression, using)],
      period: PERIOD,
    });
  }
  const [stable, candidate] = [line('stable'), line('candidate')];
  const left = [
    math('stable', stable.expression, stable.using),
    math('candidate', candidate.expression, candidate.using),
    math('limit of the candidate', limitOf(metric, stable.expression), stable.using, Color.RED),
  ];
  return new GraphWidget({ ...SIZE, title, left, period: PERIOD });
}

/** The value of one side in each minute, as an expression over CloudWatch's metrics; a share in percent. */
interface Line {
  readonly expression: string;
  readonly using: Readonly<Record<string, IMetric>>;
}

function lineOf(metric: PlanMetric, places: QueryPlaces, side: Side): Line {
  const read = (query: MetricQuery, part: string): Line => {
    if (query.source === 'provider') throw new SourceError(`it is read from the provider ${query.provider}`);
    return seriesLine(query, metric, places, side, `${side}_${part}`);
  };
  if (metric.kind !== 'count') return read(metric.value, 'value');
  const [numerator, denominator] = [read(metric.numerator, 'numerator'), read(metric.denominator, 'denominator')];
  const isZero = metric.absent === 'zero' || isZeroWhenAbsent(metric.numerator);
  return {
    expression: `100 * ${isZero ? `FILL(${numerator.expression}, 0)` : numerator.expression} / ${denominator.expression}`,
    using: { ...numerator.using, ...denominator.using },
  };
}

function seriesLine(query: CloudWatchQuery, metric: PlanMetric, places: QueryPlaces, side: Side, id: string): Line {
  const series = seriesOf(query, places, side, fillFor(places, metric, side));
  if (!('expression' in series)) return { expression: id, using: { [id]: asMetric(series) } };
  if (OVER_THE_WIDGET.test(series.expression))
    throw new SourceError('its metric math names all metrics that are read with it');
  const ids = Object.keys(series.using);
  return {
    expression: `(${renamed(series.expression, ids, id)})`,
    using: Object.fromEntries(Object.entries(series.using).map(([own, each]) => [`${id}_${own}`, asMetric(each)])),
  };
}

/** Names are unique within a widget, so the part and the side are prefixed to an expression's own names. */
function renamed(expression: string, ids: readonly string[], prefix: string): string {
  return expression.replaceAll(/[a-z]\w*/g, (word, at: number) =>
    ids.includes(word) && !/\w/.test(expression[at - 1] ?? '') ? `${prefix}_${word}` : word,
  );
}

function limitOf(metric: CountMetric | ValueMetric, stable: string): string {
  const sign = metric.direction === 'higherIsWorse' ? '+' : '-';
  const [by, relative] =
    metric.kind === 'count'
      ? [(metric.margin ?? 0) * 100, metric.relativeMargin]
      : [metric.tolerance ?? 0, metric.relativeTolerance];
  return relative === undefined ? `${stable} ${sign} ${by}` : `(${stable}) * (1 ${sign} ${relative})`;
}

function ruleOf(metric: CountMetric | ValueMetric | GuardMetric): string {
  const worse = metric.direction === 'higherIsWorse' ? 'above' : 'below';
  if (metric.kind === 'guard') return `worse ${worse} ${metric.limit}`;
  const percent = (share: number) => `${Number((share * 100).toPrecision(6))}`;
  const [unit, absolute, relative] =
    metric.kind === 'count'
      ? ['%, ', metric.margin === undefined ? undefined : `${percent(metric.margin)} points`, metric.relativeMargin]
      : ['', metric.tolerance === undefined ? undefined : `${metric.tolerance}`, metric.relativeTolerance];
  return `${unit}worse ${absolute ?? `${percent(relative ?? 0)} %`} ${worse} stable`;
}

function asMetric({ namespace, metric, dimensions, stat }: CloudWatchSeries): Metric {
  return new Metric({
    namespace,
    metricName: metric,
    dimensionsMap: { ...dimensions },
    statistic: stat,
    period: PERIOD,
  });
}

function math(label: string, expression: string, using: Line['using'], color?: string): MathExpression {
  const colored = color === undefined ? {} : { color };
  return new MathExpression({ label, expression, usingMetrics: { ...using }, period: PERIOD, ...colored });
}
