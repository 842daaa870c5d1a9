/**
 * The plan's own metrics: counts, values and guards, and where each is read. Texts of a query may contain `{{side}}`,
 * which the metric's `sides` fill in, and `{{targetGroup}}`, `{{loadBalancer}}`, `{{cluster}}` and `{{service}}`, which
 * the deployment fills in.
 */
import * as z from 'zod';
import { durationSchema } from './time.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Names that the gate uses for its own metrics. */
const TAKEN = ['errors', 'slow', 'burn'];
/** The plan's own metrics use at most this share of α; the rest stays with errors and slow requests. */
const MOST_ALPHA = 0.5;
/** Default share of α of a metric. */
const USUAL_ALPHA = 0.05;

const text = z.string().min(1).max(2_000);

const cloudWatchMetricSchema = z.strictObject({
  /** CloudWatch namespace, such as `Shop/Checkout`. */
  namespace: text,
  /** Name of the metric. */
  metric: text,
  /** Dimensions by name. The metric with exactly these dimensions is read. */
  dimensions: z.record(z.string().min(1), text).default({}),
  /** Statistic over each minute, such as `Sum`, `Average` or `p99`. */
  stat: text.default('Sum'),
});

const cloudWatchQuerySchema = cloudWatchMetricSchema.extend({
  /**
   * Where it is read. `cloudwatch`: one metric of any namespace; `math`: metric math; `alb`: what the load balancer
   * counts of the side's target group; `alb-slow`: requests over a latency budget of its own; `ecs`: usage of the
   * side's service; `provider`: Prometheus, Datadog, HTTP or a function, as the deployment names it
   * (`metricProviders`).
   */
  source: z.literal('cloudwatch'),
});

const mathQuerySchema = z.strictObject({
  source: z.literal('math'),
  /** The expression, such as `FILL(placed, 0) + FILL(resumed, 0)`. */
  expression: text,
  /**
   * The metrics that the expression names, by id: a lower-case letter, followed by letters, digits and `_`. At most
   * ten.
   */
  using: z
    .record(
      z.string().regex(/^[a-z]\w*$/, { error: 'must be a lower-case letter, then letters, digits and _' }),
      cloudWatchMetricSchema,
    )
    .refine((using) => Object.keys(using).length >= 1 && Object.keys(using).length <= 10, 'must name 1 to 10 metrics'),
});

const albQuerySchema = z.strictObject({
  source: z.literal('alb'),
  /** All requests, or those with a status of this class. */
  count: z.enum(['requests', '2xx', '3xx', '4xx', '5xx']),
});

const albSlowQuerySchema = z.strictObject({
  source: z.literal('alb-slow'),
  /**
   * A latency budget in addition to `gate.latencyBudgetMs`, for example one for each of p50, p95, p99 and p99.9;
   * milliseconds.
   */
  overMs: z.int().min(1).max(4_000_000),
});

const ecsQuerySchema = z.strictObject({
  source: z.literal('ecs'),
  /** Percentage of what the tasks have reserved, as the mean over the minute. */
  usage: z.enum(['cpu', 'memory']),
});

const providerQuerySchema = z.strictObject({
  source: z.literal('provider'),
  /** Name of the provider in the deployment. */
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
/** A series with one point per minute for one side. */
export type MetricQuery = z.infer<typeof querySchema>;

const sidesSchema = z.strictObject({
  /** The value of `{{side}}` for stable. */
  stable: text.default('stable'),
  /** The value of `{{side}}` for the candidate. */
  candidate: text.default('candidate'),
});

const commonSchema = z.strictObject({
  /** Name for messages, charts and the decision log: lower-case letters, digits and `-`. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, {
      error: 'must begin with a lower-case letter and hold 1 to 40 letters, digits and -',
    })
    .refine((name) => !TAKEN.includes(name), `must not be ${TAKEN.join(', ')}, which the gate uses itself`),
  /** The value of `{{side}}` in the queries of each side. */
  sides: sidesSchema.prefault({}),
  /**
   * Share of `gate.alpha` that this metric may use to roll back. Default: 0.05, or an even part of half of α if that is
   * less. All metrics together may use at most 0.5.
   */
  alphaShare: z.number().gt(0).max(MOST_ALPHA).optional(),
  /** A minute is used once it is this old, because custom metrics arrive later than the load balancer's. */
  settleAfter: durationSchema(0, HOUR).prefault('PT2M'),
});

const comparedSchema = commonSchema.extend({
  /** Which direction is worse: `higherIsWorse`, such as failed payments, or `lowerIsWorse`, such as orders. */
  direction: z.enum(['higherIsWorse', 'lowerIsWorse']),
  /**
   * Stages below this percentage may advance before the metric is shown to be within its margin, though it can still
   * roll them back. 0: every stage must show it. At 100 % and in the soak there is no stable side to compare with, and
   * it can only roll back.
   */
  requiredFrom: z.number().min(0).max(100).default(0),
});

const countMetricSchema = comparedSchema.extend({
  /**
   * `count`: a share, such as orders per checkout begun. `value`: a figure for each minute, such as the age of a queue,
   * compared with stable's in the same minute. `guard`: a limit for the candidate alone, such as CPU, memory or
   * requests in flight.
   */
  kind: z.literal('count'),
  /** The events that are counted; a part of the denominator. */
  numerator: querySchema,
  /** The whole of which the numerator is a part. Default: the side's requests. */
  denominator: querySchema.prefault({ source: 'alb', count: 'requests' }),
  /** Margin, as a difference of the two shares (0.005 is half a percentage point). Give this or `relativeMargin`. */
  margin: z.number().gt(0).max(0.5).optional(),
  /** Margin, as a part of stable's share (0.05: a conversion of 3 % may fall to 2.85 %). */
  relativeMargin: z.number().gt(0).max(10).optional(),
  /** The largest number of events that one cause makes at a time, like `gate.errorBurst`. */
  burst: z.number().min(1).max(1_000).default(1),
  /** The meaning of a minute with a denominator but no numerator: unknown, or zero. */
  absent: z.enum(['unknown', 'zero']).default('unknown'),
  /** Stable's ordinary share, from which `crossfade plan` computes the necessary evidence; the baseline measures it. */
  usualShare: z.number().gt(0).lt(1).optional(),
  /** Average number of denominators per request of the ingress; used by `crossfade plan`. */
  perRequest: z.number().gt(0).max(100).default(1),
});

const valueMetricSchema = comparedSchema.extend({
  kind: z.literal('value'),
  /** The figure; at least 0. */
  value: querySchema,
  /** How much worse the candidate's figure may be. Give this or `relativeTolerance`. */
  tolerance: z.number().min(0).optional(),
  /** The same as a part of stable's figure (0.1: a tenth). */
  relativeTolerance: z.number().min(0).max(100).optional(),
  /**
   * For how many consecutive minutes, at most, one cause takes the figure of a healthy candidate beyond its tolerance.
   * Evidence is counted by causes.
   */
  spell: z.int().min(1).max(60).default(5),
});

const guardMetricSchema = commonSchema.extend({
  kind: z.literal('guard'),
  /** The figure of the candidate. */
  value: querySchema,
  /** A minute beyond it is bad: the stage does not advance, and rolls back if too many minutes are bad. */
  limit: z.number(),
  /** For how many consecutive minutes, at most, one cause takes a healthy candidate beyond it. */
  spell: z.int().min(1).max(60).default(2),
  /** Which side of the limit is bad. */
  direction: z.enum(['higherIsWorse', 'lowerIsWorse']).default('higherIsWorse'),
});

export const planMetricSchema = z.discriminatedUnion('kind', [countMetricSchema, valueMetricSchema, guardMetricSchema]);
/** One metric of the plan; durations are seconds. */
export type PlanMetric = z.infer<typeof planMetricSchema>;
export type CountMetric = z.infer<typeof countMetricSchema>;
export type ValueMetric = z.infer<typeof valueMetricSchema>;
export type GuardMetric = z.infer<typeof guardMetricSchema>;

/** Problems that involve several fields; `path` is relative to `metrics`. */
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

/** The share of α that a metric may use: its own, or the default. */
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
