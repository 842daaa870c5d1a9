/**
 * The plan: what an operator asks for, parsed once. Unknown keys are refused, durations are ISO-8601 in the file and
 * whole seconds afterwards. Every default is what a careful SRE would choose for a service that matters.
 */
import * as z from 'zod';
import { problemsOf, wordIssue } from '../../input/index.ts';
import { InvalidPlanError } from './errors.ts';
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
  /** Percent of requests that the candidate answers. */
  percent,
  /** How long the stage is observed at least before it may advance. */
  bake: durationSchema(MINUTE, 7 * DAY),
  /** How long an undecided gate may hold the stage after its bake; then `gate.onUndecided` applies. */
  maxHold: durationSchema(MINUTE, 7 * DAY).prefault('PT2H'),
});

const baselineSchema = z.strictObject({
  /** How far back the stable side is measured. */
  lookBack: durationSchema(MINUTE, 15 * DAY).prefault('P1D'),
  /** Fewer requests than this in the look-back is no baseline. */
  minRequests: z.int().min(1).default(1_000),
  /** A stable side that fails more than this share of its requests is itself burning: the cutover is refused. */
  maxErrorRate: z.number().gt(0).max(1).default(0.01),
});

const shadowSchema = z.strictObject({
  /** Percent of the safe requests that pass through the mirror and are copied to the candidate. */
  percent: percent.default(5),
  duration: durationSchema(MINUTE, 30 * DAY).prefault('P1D'),
  observe: durationSchema(MINUTE, HOUR).prefault('PT5M'),
  /** How long an unclean or thin parity may hold the phase after its duration. */
  maxHold: durationSchema(MINUTE, 30 * DAY).prefault('PT12H'),
  /** Load and chaos run against the mirror for this long. */
  exercise: durationSchema(MINUTE, DAY).prefault('PT30M'),
  /** Sign-off needs this many compared pairs on every route. 3/n bounds the rate of differences not seen (95 %). */
  minPairsPerRoute: z.int().min(1).default(3_000),
  /** Upper bound that the 3/n rule must reach for breaking differences. */
  maxBreakingRate: z.number().gt(0).max(1).default(0.001),
  /** One-sided 95 % bound on candidate/stable latency at p50, p95, p99 must stay below 1 + this. */
  latencyTolerance: z.number().gt(0).max(10).default(0.05),
  /** A candidate that is slower by no more than this is not held up by the ratio: 2 ms against 1 ms hurts nobody. Milliseconds. */
  latencyFloorMs: z.number().min(0).max(1_000).default(1),
  /**
   * Percentiles at which `insufficient data` does not hold the sign-off. It is still said there, and an estimate beyond the
   * tolerance still holds. For routes too thin to ever show their p99 (docs/reference/parity.md).
   */
  acceptInsufficientLatency: z
    .array(z.enum(['p50', 'p95', 'p99']))
    .max(3)
    .default([]),
  /** Copies dropped, oversize or unmatched, as a share of all. */
  maxDropRatio: z.number().min(0).max(1).default(0.01),
  /** Refuse the cutover unless a rollback drill on this ingress is younger than this (`crossfade drill`). */
  drillWithin: durationSchema(HOUR, 365 * DAY).optional(),
});

const gateSchema = z.strictObject({
  /** Time between two looks. ALB metrics have a 60 s period, so a shorter one sees nothing new. */
  observe: durationSchema(MINUTE, 15 * MINUTE).prefault('PT1M'),
  /** Chance that a healthy candidate is rolled back, over the whole cutover. */
  alpha: z.number().gt(0).max(0.2).default(0.01),
  /** Chance, in each stage, that a candidate worse by a margin or more is let through to the next. */
  beta: z.number().gt(0).max(0.2).default(0.01),
  /** Non-inferiority margins: the candidate advances once it is shown to be worse by less than this (absolute rate). */
  errorMargin: z.number().gt(0).max(0.5).default(0.005),
  slowMargin: z.number().gt(0).max(0.5).default(0.02),
  /**
   * How many failures, and how many slow requests, one cause makes at a time at most (one customer's retries, one pause of a
   * collector). Evidence counts by causes: the test stays valid, and every stage takes so many times longer. The baseline says
   * when the stable side's come in bunches.
   */
  errorBunch: z.number().min(1).max(1_000).default(1),
  slowBunch: z.number().min(1).max(1_000).default(1),
  /** A request slower than this counts as slow. Milliseconds. */
  latencyBudgetMs: z.int().min(1).max(4_000_000).default(500),
  /**
   * Caches, pools and compilers warm up after each weight move: for so long slow requests speak against the candidate only
   * beyond `warmUpSlowMargin`. Errors always do.
   */
  warmUp: durationSchema(0, HOUR).prefault('PT5M'),
  warmUpSlowMargin: z.number().gt(0).max(1).default(0.1),
  /** Requests that the candidate must have answered in a stage before its gate may pass, whatever the test says. */
  minRequests: z.int().min(1).default(100),
  /**
   * A candidate shown to fail more than this is rolled back without a comparison, unless the stable side does too: on the same
   * minutes, or at 100 % in the worst five minutes of the baseline.
   */
  maxErrorRate: z.number().gt(0).max(1).default(0.05),
  /** Advance before the bake is over, once the evidence is in and `minBake` has passed. */
  accelerate: z.boolean().default(false),
  minBake: durationSchema(MINUTE, DAY).prefault('PT10M'),
  onUndecided: z.enum(['rollback', 'hold']).default('rollback'),
});

const soakSchema = z.strictObject({
  duration: durationSchema(MINUTE, 30 * DAY).prefault('P2D'),
  observe: durationSchema(MINUTE, HOUR).prefault('PT5M'),
  maxHold: durationSchema(MINUTE, 7 * DAY).prefault('PT12H'),
  /** Percent of the safe requests that are copied back to the stable side, so that the soak is watched in reverse. */
  reversePercent: percent.default(5),
});

const signoffSchema = z.strictObject({
  /** An unanswered sign-off expires after this; expiry rolls back. */
  timeout: durationSchema(MINUTE, 14 * DAY).prefault('P3D'),
});

const decommissionSchema = z.strictObject({
  /** Time that connections to the stable side get to drain before its tasks go. */
  drain: durationSchema(MINUTE, DAY).prefault('PT1H'),
  /** Time between two halvings of the stable side's capacity; each is reversible until the next. */
  step: durationSchema(MINUTE, DAY).prefault('PT30M'),
});

export const planSchema = z
  .strictObject({
    description: z.string().max(200).default(''),
    baseline: baselineSchema.prefault({}),
    shadow: shadowSchema.prefault({}),
    stages: z
      .array(stageSchema)
      .min(1)
      .max(20)
      .prefault([
        { percent: 1, bake: 'PT1H' },
        { percent: 10, bake: 'PT1H' },
        { percent: 50, bake: 'PT1H' },
        { percent: 100, bake: 'PT1H' },
      ]),
    gate: gateSchema.prefault({}),
    soak: soakSchema.prefault({}),
    signoff: signoffSchema.prefault({}),
    decommission: decommissionSchema.prefault({}),
    /** How long shadow logs and the rules' mirror groups outlive the cutover. */
    retention: durationSchema(MINUTE, 90 * DAY).prefault('P7D'),
  })
  .superRefine((plan, ctx) => {
    plan.stages.forEach((stage, i) => {
      const previous = plan.stages[i - 1];
      if (previous !== undefined && stage.percent <= previous.percent) {
        ctx.addIssue({
          code: 'custom',
          path: ['stages', i, 'percent'],
          message: `must be above the stage before it (${previous.percent})`,
        });
      }
      if (stage.bake < plan.gate.observe) {
        ctx.addIssue({
          code: 'custom',
          path: ['stages', i, 'bake'],
          message: 'is shorter than gate.observe, so it would never be observed',
        });
      }
    });
    if (plan.stages.at(-1)?.percent !== 100) {
      ctx.addIssue({
        code: 'custom',
        path: ['stages', plan.stages.length - 1, 'percent'],
        message: 'the last stage must be 100',
      });
    }
    if (plan.gate.errorMargin >= plan.gate.maxErrorRate) {
      ctx.addIssue({ code: 'custom', path: ['gate', 'errorMargin'], message: 'must be below gate.maxErrorRate' });
    }
  });

/** A parsed plan; all durations are whole seconds. */
export type Plan = z.infer<typeof planSchema>;
/** A plan as written; all durations are ISO-8601. */
export type PlanInput = z.input<typeof planSchema>;
export type Stage = Plan['stages'][number];

/** Parses what an operator wrote. @throws {@link InvalidPlanError} that names every field that is wrong. */
export function parsePlan(input: unknown): Plan {
  const result = planSchema.safeParse(input, { error: wordIssue });
  if (result.success) return result.data;
  const problems = problemsOf(result.error).map(({ path, message }) => ({ path: path || 'plan', message }));
  throw new InvalidPlanError(problems, result.error);
}

/** For callers that hand the plan on as it was written. @throws {@link InvalidPlanError} */
export function assertPlan(input: unknown): asserts input is PlanInput {
  parsePlan(input);
}
