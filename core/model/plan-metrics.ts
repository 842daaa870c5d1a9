/**
 * Evidence of the user's own, as a plan names it: counts, values and guards, and where each is read. Texts of a query may hold
 * `{{side}}`, which the metric's `sides` fill in, and `{{targetGroup}}`, `{{loadBalancer}}`, `{{cluster}}` and `{{service}}`,
 * which the deployment does.
 */
import * as z from 'zod';
import { durationSchema } from './time.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** What the gate itself calls its metrics. */
const TAKEN = ['errors', 'slow', 'burn'];
/** Metrics of the user's own take at most this share of α; the rest stays with errors and slow requests. */
const MOST_ALPHA = 0.5;
/** Share of α of a metric that names none. */
const USUAL_ALPHA = 0.05;

const text = z.string().min(1).max(2_000);

const cloudWatchMetricSchema = z.strictObject({
  /** Namespace of CloudWatch, such as `Shop/Checkout`. */
  namespace: text,
  /** Name of the metric. */
  metric: text,
  /** Dimensions by name; the metric with exactly these is read. */
  dimensions: z.record(z.string().min(1), text).default({}),
  /** Statistic over each minute, such as `Sum`, `Average` or `p99`. */
  stat: text.default('Sum'),
});

const cloudWatchQuerySchema = cloudWatchMetricSchema.extend({
  /**
   * Where it is read. `cloudwatch`: one metric of any namespace; `math`: metric math; `alb`: what the load balancer counts of the
   * side's target group; `alb-slow`: requests over a latency budget of its own; `ecs`: usage of the side's
   * service; `provider`: Prometheus, Datadog, HTTP or a function, as the deployment names it (`metricProviders`).
   */
  source: z.literal('cloudwatch'),
});

const mathQuerySchema = z.strictObject({
  source: z.literal('math'),
  /** The expression, such as `FILL(placed, 0) + FILL(resumed, 0)`. */
  expression: text,
  /** The metrics that it names, by their ids: a lower-case letter, then letters, digits and `_`. At most ten. */
  using: z
    .record(
      z.string().regex(/^[a-z]\w*$/, { error: 'must be a lower-case letter, then letters, digits and _' }),
      cloudWatchMetricSchema,
    )
    .refine((using) => Object.keys(using).length >= 1 && Object.keys(using).length <= 10, 'must name 1 to 10 metrics'),
});

const albQuerySchema = z.strictObject({
  source: z.literal('alb'),
  /** All requests, or those with such a status. */
  count: z.enum(['requests', '2xx', '3xx', '4xx', '5xx']),
});

const albSlowQuerySchema = z.strictObject({
  source: z.literal('alb-slow'),
  /** A latency budget beside `gate.latencyBudgetMs`, such as one for each of p50, p95, p99 and p99.9. Milliseconds. */
  overMs: z.int().min(1).max(4_000_000),
});

const ecsQuerySchema = z.strictObject({
  source: z.literal('ecs'),
  /** Percent of what the tasks have reserved, mean of the minute. */
  usage: z.enum(['cpu', 'memory']),
});

const providerQuerySchema = z.strictObject({
  source: z.literal('provider'),
  /** Its name in the deployment. */
  provider: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'must be the name of a provider of the deployment' }),
  /** The query in the provider's own language. */
  query: text,
});

const querySchema = z.discriminatedUnion('source', [
  cloudWatchQuerySchema,
  mathQuerySchema,
  albQuerySchema,
  albSlowQuerySchema,
  ecsQuerySchema,
  providerQuerySchema,
]);
/** One series of points, one a minute, of one side. */
export type MetricQuery = z.infer<typeof querySchema>;

const sidesSchema = z.strictObject({
  /** What `{{side}}` in the queries stands for on the stable side. */
  stable: text.default('stable'),
  /** What `{{side}}` in the queries stands for on the candidate. */
  candidate: text.default('candidate'),
});

const commonSchema = z.strictObject({
  /** Its name in messages, charts and the decision log: lower-case letters, digits and `-`. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, {
      error: 'must begin with a lower-case letter and hold 1 to 40 letters, digits and -',
    })
    .refine((name) => !TAKEN.includes(name), `must not be ${TAKEN.join(', ')}, which the gate uses itself`),
  /** What `{{side}}` stands for in the queries of each side. */
  sides: sidesSchema.prefault({}),
  /** Share of `gate.alpha` that this metric's vote for a rollback may use; 0.05 unless given, or an even part of half of α. All together: at most 0.5. */
  alphaShare: z.number().gt(0).max(MOST_ALPHA).optional(),
  /** A minute is believed once it is this old: metrics of one's own arrive later than the load balancer's. */
  settleAfter: durationSchema(0, HOUR).prefault('PT2M'),
});

const comparedSchema = commonSchema.extend({
  /** Which direction is worse: `higherIsWorse`, such as failed payments, or `lowerIsWorse`, such as orders. */
  direction: z.enum(['higherIsWorse', 'lowerIsWorse']),
  /**
   * Stages below this percentage may advance without having shown that the metric is within its margin: it still rolls them back.
   * 0: every stage must show it. At 100 % and in the soak no stable side is left, and it can only roll back.
   */
  requiredFrom: z.number().min(0).max(100).default(0),
});

const countMetricSchema = comparedSchema.extend({
  /**
   * `count`: a share, such as orders of checkouts begun; `value`: a figure of each minute, such as the age of a queue, beside the
   * stable side's in the same minute; `guard`: a limit for the candidate alone, such as CPU, memory or requests in flight.
   */
  kind: z.literal('count'),
  /** What is counted: a part of the denominator. */
  numerator: querySchema,
  /** The whole that the numerator is a part of; default: the side's requests. */
  denominator: querySchema.prefault({ source: 'alb', count: 'requests' }),
  /** Margin, as a difference of the two shares (0.005 is half a percentage point). Give this or `relativeMargin`. */
  margin: z.number().gt(0).max(0.5).optional(),
  /** Margin, as a part of the stable side's share (0.05: a conversion of 3 % may be 2.85 %). */
  relativeMargin: z.number().gt(0).max(10).optional(),
  /** The most events that one cause makes at a time, like `gate.errorBurst`. */
  burst: z.number().min(1).max(1_000).default(1),
  /** What a minute means whose denominator came and whose numerator did not: nothing is known of it, or it was zero. */
  absent: z.enum(['unknown', 'zero']).default('unknown'),
  /** The stable side's ordinary share, by which `crossfade plan` computes how much evidence it takes; the baseline measures it. */
  usualShare: z.number().gt(0).lt(1).optional(),
  /** Denominators that a request of the ingress brings, on average; for `crossfade plan`. */
  perRequest: z.number().gt(0).max(100).default(1),
});

const valueMetricSchema = comparedSchema.extend({
  kind: z.literal('value'),
  /** The figure; at least 0. */
  value: querySchema,
  /** By how much the candidate's figure may be worse. Give this or `relativeTolerance`. */
  tolerance: z.number().min(0).optional(),
  /** The same as a part of the stable side's figure (0.1: a tenth). */
  relativeTolerance: z.number().min(0).max(100).optional(),
  /** How many minutes in a row one cause takes the figure of a healthy candidate beyond its tolerance at most; evidence counts by causes. */
  spell: z.int().min(1).max(60).default(5),
});

const guardMetricSchema = commonSchema.extend({
  kind: z.literal('guard'),
  /** The figure of the candidate. */
  value: querySchema,
  /** Beyond it a minute is bad: the stage does not advance, and rolls back if too many minutes are bad. */
  limit: z.number(),
  /** How many minutes in a row one cause takes a healthy candidate beyond it at most. */
  spell: z.int().min(1).max(60).default(2),
  /** Which side of the limit is bad. */
  direction: z.enum(['higherIsWorse', 'lowerIsWorse']).default('higherIsWorse'),
});

export const planMetricSchema = z.discriminatedUnion('kind', [countMetricSchema, valueMetricSchema, guardMetricSchema]);
/** One metric of the user's own; durations are seconds. */
export type PlanMetric = z.infer<typeof planMetricSchema>;
export type CountMetric = z.infer<typeof countMetricSchema>;
export type ValueMetric = z.infer<typeof valueMetricSchema>;
export type GuardMetric = z.infer<typeof guardMetricSchema>;

/** What is wrong between fields; `path` is below `metrics`. */
export function metricProblems(
  metrics: readonly PlanMetric[],
): { readonly path: (string | number)[]; readonly message: string }[] {
  const problems = metrics.flatMap((metric, i) => [
    ...(metrics.findIndex((m) => m.name === metric.name) < i
      ? [{ path: [i, 'name'], message: `another metric is called "${metric.name}"` }]
      : []),
    ...eitherOr(metric).map(({ field, message }) => ({ path: [i, field], message })),
  ]);
  const sum = metrics.reduce((total, metric) => total + alphaShareOf(metrics, metric), 0);
  if (sum <= MOST_ALPHA + 1e-9) return problems;
  const last = metrics.findLastIndex((m) => m.alphaShare !== undefined);
  const message = `the metrics' shares of alpha sum to ${Number(sum.toPrecision(3))}; at most ${MOST_ALPHA} may be theirs`;
  return [...problems, { path: [last, 'alphaShare'], message }];
}

/** The share of α that a metric may use, its own or the usual one. */
export function alphaShareOf(metrics: readonly PlanMetric[], metric: Pick<PlanMetric, 'alphaShare'>): number {
  return metric.alphaShare ?? Math.min(USUAL_ALPHA, MOST_ALPHA / metrics.length);
}

function eitherOr(metric: PlanMetric): { readonly field: string; readonly message: string }[] {
  const exactlyOne = (one: string, a: unknown, other: string, b: unknown) =>
    (a === undefined) === (b === undefined) ? [{ field: one, message: `give either ${one} or ${other}` }] : [];
  switch (metric.kind) {
    case 'count':
      return exactlyOne('margin', metric.margin, 'relativeMargin', metric.relativeMargin);
    case 'value':
      return exactlyOne('tolerance', metric.tolerance, 'relativeTolerance', metric.relativeTolerance);
    case 'guard':
      return [];
  }
}
