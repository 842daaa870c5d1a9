/**
 * The plan: what an operator requests, parsed once. Unknown keys are refused. Durations are ISO-8601 in the file and
 * whole seconds afterwards. Every default is what a careful SRE would choose for an important service.
 */
import * as z from 'zod';
import { problemsOf, wordIssue } from '../../input/index.ts';
import { planOfToday } from './earlier.ts';
import { InvalidPlanError } from './errors.ts';
import { metricProblems, planMetricSchema } from './plan-metrics.ts';
import { durationSchema } from './time.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Weights have a resolution of 1/1000 of the traffic. */
const percent = z
  .number()
  .min(0.1)
  .max(100)
  .refine((p) => Math.abs(p * 10 - Math.round(p * 10)) < 1e-9, 'must be a multiple of 0.1');

const stageSchema = z.strictObject({
  /** Percentage of the requests that the candidate answers. */
  percent,
  /** Shortest time for which the stage is observed before it may advance. */
  bake: durationSchema(MINUTE, 7 * DAY),
  /**
   * Longest time for which an undecided gate may hold the stage after its bake; after that, `gate.onUndecided` applies.
   * Evidence that is merely late gets at least `gate.settleAfter` and 17 minutes.
   */
  maxHold: durationSchema(MINUTE, 7 * DAY).prefault('PT2H'),
});

const baselineSchema = z.strictObject({
  /** How far back stable is measured before the cutover starts. */
  lookBack: durationSchema(MINUTE, 15 * DAY).prefault('P1D'),
  /** The number of requests that the look-back must contain. */
  minRequests: z.int().min(1).default(1_000),
  /** The cutover is refused if stable itself fails more than this share of its requests. */
  maxErrorRate: z.number().gt(0).max(1).default(0.01),
});

const shadowSchema = z.strictObject({
  /** Percent of the safe requests that pass through the mirror and are copied to the candidate. */
  percent: percent.default(5),
  /** Minimum duration of the shadow phase. */
  duration: durationSchema(MINUTE, 30 * DAY).prefault('P1D'),
  /** Time between two evaluations of the shadow phase. */
  observe: durationSchema(MINUTE, HOUR).prefault('PT5M'),
  /** How long a verdict that is not clean may extend the phase; after that the cutover rolls back. */
  maxHold: durationSchema(MINUTE, 30 * DAY).prefault('PT12H'),
  /** How long load and chaos tests run against the mirror. */
  exercise: durationSchema(MINUTE, DAY).prefault('PT30M'),
  /**
   * Captures that the sign-off needs on every route. If n show no difference, the rate is below 3/n (95 % confidence).
   */
  minCapturesPerRoute: z.int().min(1).default(3_000),
  /** The captures of each route must show, with 95 % confidence, that breaking differences are rarer than this. */
  maxBreakingRate: z.number().gt(0).max(1).default(0.001),
  /**
   * How much slower the candidate may be: the 95 % bound on the latency ratio at p50, p95 and p99 stays below 1 + this.
   */
  latencyTolerance: z.number().gt(0).max(10).default(0.05),
  /** A candidate that is slower by at most this much passes, whatever the ratio; milliseconds. */
  latencyFloorMs: z.number().min(0).max(1_000).default(1),
  /**
   * Percentiles at which too few samples do not prevent the sign-off, for routes with little traffic. The sign-off
   * still names them, and an estimate beyond the tolerance still prevents it.
   */
  acceptInsufficientLatency: z
    .array(z.enum(['p50', 'p95', 'p99']))
    .max(3)
    .default([]),
  /** Largest share of the copies that may be dropped, oversize or without an answer of stable. */
  maxDropRatio: z.number().min(0).max(1).default(0.01),
  /** Refuse the cutover unless a rollback drill (`crossfade drill`) succeeded on this ingress within this time. */
  drillWithin: durationSchema(HOUR, 365 * DAY).optional(),
});

/** The default allows for clients and data that are not distributed quite evenly over the sides. */
const toleranceSchema = z.strictObject({
  /** The tolerated rate, as a multiple of stable's. */
  ratio: z.number().min(1).max(10).default(1.2),
  /** Added to that, as a share of requests. */
  absolute: z.number().min(0).max(0.5).default(0),
});

const gateSchema = z.strictObject({
  /** Time between two evaluations of a stage. ALB metrics have a 60 s period, so a shorter time shows nothing new. */
  observe: durationSchema(MINUTE, 15 * MINUTE).prefault('PT1M'),
  /** The highest probability that a healthy candidate is rolled back during the whole cutover. */
  alpha: z.number().min(1e-9).max(0.2).default(0.01),
  /** The highest probability, per stage, that a candidate that is worse by a margin or more advances. */
  beta: z.number().min(1e-9).max(0.2).default(0.01),
  /**
   * Non-inferiority margin of the error rate (absolute): a stage advances once the candidate is shown to be worse by
   * less than this.
   */
  errorMargin: z.number().gt(0).max(0.5).default(0.005),
  /** The same margin for the rate of slow requests. */
  slowMargin: z.number().gt(0).max(0.5).default(0.02),
  /**
   * The rate at which the candidate may fail before it counts against it: `ratio` times stable's rate in the same
   * minutes, plus `absolute`, but never more than half of the margin. Wandering of a side's rate is measured by the
   * baseline, and need not be allowed for here.
   */
  errorTolerance: toleranceSchema.prefault({}),
  /** The same for slow requests. */
  slowTolerance: toleranceSchema.prefault({}),
  /**
   * The most failures that one cause makes at a time (one customer's retries, one bad batch). Evidence is counted by
   * causes: the test stays valid, and every stage takes that many times longer. The baseline's message says when
   * stable's failures come in bursts.
   */
  errorBurst: z.number().min(1).max(1_000).default(1),
  /** The same for slow requests (one pause of a garbage collector). */
  slowBurst: z.number().min(1).max(1_000).default(1),
  /**
   * An absent error count is unknown until its minute is this old, then zero. ALB reports error counts only when they
   * are not zero
   * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html), and on
   * sparse traffic users have seen their points 4 to 9 minutes late.
   */
  settleAfter: durationSchema(0, HOUR).prefault('PT10M'),
  /** A request that takes longer than this counts as slow; milliseconds. */
  latencyBudgetMs: z.int().min(1).max(4_000_000).default(500),
  /**
   * Caches, pools and compilers warm up after each change of weights. For this long, slow requests count against the
   * candidate only beyond `warmUpSlowMargin`.
   */
  warmUp: durationSchema(0, HOUR).prefault('PT5M'),
  /** Margin of the rate of slow requests during the warm-up. */
  warmUpSlowMargin: z.number().gt(0).max(1).default(0.1),
  /**
   * First requests fail while connections and caches are missing. For this long after each change of weights, failures
   * count against the candidate only beyond `warmUpErrorMargin`. With `PT0S`, services that start clean are judged two
   * minutes earlier.
   */
  warmUpErrors: durationSchema(0, HOUR).prefault('PT2M'),
  /** Margin of the error rate during that time. */
  warmUpErrorMargin: z.number().gt(0).max(1).default(0.01),
  /**
   * The number of requests that the candidate must have answered in a stage before its gate may advance, whatever the
   * test says.
   */
  minRequests: z.int().min(1).default(100),
  /**
   * A candidate that is shown to fail more than this, and at least twice as often as stable in the same minutes, is
   * rolled back regardless of margins. If stable's own minutes sometimes reach a higher rate, that rate is the limit.
   */
  maxErrorRate: z.number().gt(0).max(1).default(0.05),
  /** Advance before the bake is over, as soon as the evidence is sufficient and `minBake` has passed. */
  accelerate: z.boolean().default(false),
  /** Shortest bake with `accelerate`. */
  minBake: durationSchema(MINUTE, DAY).prefault('PT10M'),
  /**
   * What happens to a stage or soak that is still undecided after its `maxHold`: roll back, or hold until somebody
   * decides, with evaluations becoming rarer.
   */
  onUndecided: z.enum(['rollback', 'hold']).default('rollback'),
  /**
   * What a new task definition, image or set of targets of either side during the run causes: the phase starts again,
   * at most twice in a run; the run rolls back; or nothing. A new revision is judged from scratch, with its own α.
   */
  onRevision: z.enum(['restart', 'rollback', 'ignore']).default('restart'),
});

const soakSchema = z.strictObject({
  /** How long the candidate answers everything before the final sign-off. */
  duration: durationSchema(MINUTE, 30 * DAY).prefault('P2D'),
  /** Time between two evaluations of the soak. */
  observe: durationSchema(MINUTE, HOUR).prefault('PT5M'),
  /** Longest time for which an undecided gate may extend the soak; then `gate.onUndecided` applies. */
  maxHold: durationSchema(MINUTE, 7 * DAY).prefault('PT12H'),
  /** Percent of the safe requests that are copied back to stable during the soak. */
  reversePercent: percent.default(5),
});

const signoffSchema = z.strictObject({
  /** A sign-off that nobody answers within this time expires, and the cutover rolls back. */
  timeout: durationSchema(MINUTE, 14 * DAY).prefault('P3D'),
  /** How many people, identified by their IAM identities, must approve each sign-off. */
  approvers: z.int().min(1).max(2).default(1),
  /** Whether the person who started the run may approve its sign-offs. */
  starterMayApprove: z.boolean().default(false),
  /** How many people must request `promote --override`, which advances a stage without its evidence. */
  overridePersons: z.int().min(1).max(2).default(1),
});

const decommissionSchema = z.strictObject({
  /** How long connections to stable may drain before its tasks are removed. */
  drain: durationSchema(MINUTE, DAY).prefault('PT1H'),
  /**
   * Time between two halvings of stable's capacity, each of which is reversible until the next; longer while no task
   * may be removed.
   */
  step: durationSchema(MINUTE, DAY).prefault('PT30M'),
});

const cohortSchema = z.strictObject({
  /** Shortest time for which only the cohort uses the candidate. */
  bake: durationSchema(MINUTE, 7 * DAY).prefault('PT30M'),
  /** Longest time for which it may wait for its requests after the bake; then `gate.onUndecided` applies. */
  maxHold: durationSchema(MINUTE, 7 * DAY).prefault('PT4H'),
  /** The number of requests that the candidate must have answered. */
  minRequests: z.int().min(1).default(10),
});

const hookSchema = z.strictObject({
  /** Name for messages and the decision log. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'must be a name of 1 to 40 lower-case letters, digits and -' }),
  /** `before` the weights move to a stage, or `after` its evidence is sufficient and before it advances. */
  when: z.enum(['before', 'after']),
  /**
   * A provider of the deployment (`metricProviders`) of type `http` or `lambda`. It must answer within the provider's
   * time limit.
   */
  provider: z.string().min(1),
  /** Percentages of the stages at which it is called; by default all. */
  stages: z.array(percent).min(1).max(20).optional(),
  /**
   * The answer that is assumed if the hook does not answer in time, or gives an invalid answer. Before a stage, `hold`
   * is repeated for about eight minutes and then rolls back; after a stage it holds until `maxHold`.
   */
  otherwise: z.enum(['proceed', 'hold', 'rollback']).default('hold'),
});

/**
 * A plan that some version accepted, as stored in states and logs, because a run outlives a deployment. Combinations
 * that a later version refuses are checked only in {@link planSchema}. For a range that has narrowed,
 * `acceptedPlanOfToday` moves an earlier value to the limit.
 */
export const acceptedPlanSchema = z.strictObject({
  /** Free text for people. */
  description: z.string().max(200).default(''),
  baseline: baselineSchema.prefault({}),
  shadow: shadowSchema.prefault({}),
  /**
   * Testers first: before the first stage the candidate answers the requests of a cohort, which the deployment
   * identifies by header, cookie or source address (`listeners[].cohort`). Without this field there is no such stage.
   */
  cohort: cohortSchema.optional(),
  /** Stages of the canary; `percent` rises from stage to stage, and the last one is 100. */
  stages: z
    .array(stageSchema)
    .min(1)
    .max(20)
    .prefault([
      { percent: 1, bake: 'PT1H' },
      { percent: 10, bake: 'PT1H' },
      { percent: 50, bake: 'PT1H' },
      { percent: 90, bake: 'PT30M', maxHold: 'PT1H' },
      { percent: 99, bake: 'PT1H' },
      { percent: 100, bake: 'PT15M', maxHold: 'PT1H' },
    ]),
  gate: gateSchema.prefault({}),
  /**
   * Your own metrics: counts, values and guards that are evaluated together with errors and slow requests, each with
   * its share of `gate.alpha`.
   */
  metrics: z.array(planMetricSchema).max(20).default([]),
  /** Your own functions or addresses that are called before and after each stage, and can object. */
  hooks: z.array(hookSchema).max(10).default([]),
  /**
   * Your own CloudWatch alarms, by ARN, in the region of the cutover: any of them in ALARM rolls back. Alarms of the
   * deployed plan also roll back by their events; others only when a stage is evaluated.
   */
  alarms: z
    .array(
      z
        .string()
        .regex(/^arn:[^:]+:cloudwatch:[^:]+:\d{12}:alarm:.+$/, { error: 'must be the ARN of a CloudWatch alarm' }),
    )
    .max(20)
    .default([]),
  soak: soakSchema.prefault({}),
  signoff: signoffSchema.prefault({}),
  decommission: decommissionSchema.prefault({}),
  /** How long the mirror stays in the rules and captures are kept after the decommission. */
  retention: durationSchema(MINUTE, 90 * DAY).prefault('P7D'),
});

/** The plan that an operator may write. */
export const planSchema = acceptedPlanSchema.superRefine((plan, ctx) => {
  const problem = (path: (string | number)[], message: string) => ctx.addIssue({ code: 'custom', path, message });
  plan.stages.forEach(({ percent }, i) => {
    const previous = plan.stages[i - 1];
    if (previous !== undefined && percent <= previous.percent)
      problem(['stages', i, 'percent'], `must be above the stage before it (${previous.percent})`);
  });
  for (const [path, lasts, interval, name] of [
    [['shadow', 'duration'], plan.shadow.duration, plan.shadow.observe, 'shadow.observe'],
    [['cohort', 'bake'], plan.cohort?.bake ?? Infinity, plan.gate.observe, 'gate.observe'],
    ...plan.stages.map(({ bake }, i) => [['stages', i, 'bake'], bake, plan.gate.observe, 'gate.observe'] as const),
    [['soak', 'duration'], plan.soak.duration, plan.soak.observe, 'soak.observe'],
  ] as const)
    if (lasts < interval) problem([...path], `is shorter than ${name}, so it would never be observed`);
  if (plan.stages.length > 0 && plan.stages.at(-1)?.percent !== 100)
    problem(['stages', plan.stages.length - 1, 'percent'], 'the last stage must be 100');
  const { errorMargin, maxErrorRate } = plan.gate;
  if (errorMargin >= maxErrorRate) problem(['gate', 'errorMargin'], 'must be below gate.maxErrorRate');
  // A stage that is held waits for it, too.
  const longest = (s: { bake: number; maxHold: number }) =>
    plan.gate.onUndecided === 'hold' ? Infinity : s.bake + s.maxHold;
  const shortest = Math.min(...plan.stages.map(longest));
  for (const [path, lasts] of [
    [['gate', 'warmUp'], plan.gate.warmUp],
    [['gate', 'warmUpErrors'], plan.gate.warmUpErrors],
    ...plan.metrics.map(({ settleAfter }, i) => [['metrics', i, 'settleAfter'], settleAfter] as const),
  ] as const)
    if (lasts >= shortest)
      problem([...path], `is not over when a stage ends undecided, ${shortest / MINUTE} min after its start`);
  if (plan.gate.accelerate && plan.stages.every(({ bake }) => bake <= plan.gate.minBake))
    problem(['gate', 'minBake'], 'is not below the bake of any stage, so gate.accelerate would do nothing');
  for (const kind of ['error', 'slow'] as const)
    if (plan.gate[`${kind}Tolerance`].absolute >= plan.gate[`${kind}Margin`])
      problem(['gate', `${kind}Tolerance`, 'absolute'], `must be below gate.${kind}Margin`);
  for (const { path, message } of metricProblems(plan.metrics)) problem(['metrics', ...path], message);
  plan.hooks.forEach((hook, i) => {
    if (plan.hooks.findIndex(({ name }) => name === hook.name) < i)
      problem(['hooks', i, 'name'], `another hook is called "${hook.name}"`);
    const unknown = hook.stages?.find((at) => !plan.stages.some(({ percent }) => percent === at));
    if (unknown !== undefined) problem(['hooks', i, 'stages'], `the plan has no stage at ${unknown} %`);
  });
  plan.alarms.forEach((arn, i) => {
    if (plan.alarms.indexOf(arn) < i) problem(['alarms', i], 'is given twice');
  });
});

/** A parsed plan; all durations are whole seconds. */
export type Plan = z.infer<typeof planSchema>;
/** A plan as written; all durations are ISO-8601. */
export type PlanInput = z.input<typeof planSchema>;

/** Parses an operator's plan. @throws {@link InvalidPlanError} that names every invalid field */
export function parsePlan(input: unknown): Plan {
  const result = planSchema.safeParse(planOfToday(input), { error: wordIssue });
  if (result.success) return result.data;
  const problems = problemsOf(result.error).map(({ path, message }) => ({ path: path || 'plan', message }));
  throw new InvalidPlanError(problems, result.error);
}

/** For callers that pass the plan on as written. @throws {@link InvalidPlanError} */
export function assertPlan(input: unknown): asserts input is PlanInput {
  parsePlan(input);
}
