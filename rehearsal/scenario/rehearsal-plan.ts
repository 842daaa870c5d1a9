/**
 * The operator's plan, shortened so that people can follow it: same phases, percentages and gate, with minutes in place
 * of hours.
 */
import { type Plan, parsePlan } from '../../core/model/index.ts';
import { project } from '../../core/phases/index.ts';

/** Simulated minutes of traffic before the execution starts, which serve as the baseline's look-back. */
export const WARM_UP_MINUTES = 3;

/**
 * Minimum margins and probabilities, for a service with thousands rather than millions of requests an hour, so that
 * seconds of real requests suffice. A plan with larger values keeps them.
 */
const LEAST = { beta: 0.05, errorMargin: 0.01, slowMargin: 0.05 } as const;

/**
 * A stage may wait for its evidence this many times as long as it probably takes, because this machine has other work,
 * too.
 */
const PATIENCE = 4;
const LEAST_HOLD_SECONDS = 1_800;

/** Requests per second of simulated time. */
export interface RehearsedTraffic {
  readonly rps: number;
}

/**
 * At least `observations` evaluations, a minute apart, in each phase; a stage continues until its evidence is
 * sufficient. Besides times, only values that follow from having minutes of traffic are reduced: the sample sizes, and
 * the latency bound of a sign-off on tens of captures.
 */
export function rehearsalPlan(plan: Plan, observations: number, { rps }: RehearsedTraffic): Plan {
  const minutes = (n: number) => `PT${n}M`;
  const bake = minutes(observations);
  const base = parsePlan({
    stages: [{ percent: 100, bake }],
    shadow: { duration: bake, observe: minutes(1), exercise: minutes(2), maxHold: minutes(15) },
    soak: { duration: bake, observe: minutes(1), maxHold: minutes(10) },
  });
  const [template] = base.stages;
  if (template === undefined) throw new RangeError('a plan has at least one stage');
  const cut: Plan = {
    ...plan,
    baseline: { ...plan.baseline, lookBack: WARM_UP_MINUTES * 60, minRequests: 100 },
    shadow: {
      ...plan.shadow,
      duration: base.shadow.duration,
      observe: base.shadow.observe,
      exercise: base.shadow.exercise,
      maxHold: base.shadow.maxHold,
      minCapturesPerRoute: 10,
      maxBreakingRate: 0.3,
      latencyTolerance: 2,
      latencyFloorMs: 50,
      acceptInsufficientLatency: ['p50', 'p95', 'p99'],
    },
    ...(plan.cohort === undefined
      ? {}
      : { cohort: { ...plan.cohort, bake: template.bake, maxHold: LEAST_HOLD_SECONDS } }),
    stages: plan.stages.map(({ percent }) => ({ ...template, percent, maxHold: LEAST_HOLD_SECONDS })),
    gate: {
      ...plan.gate,
      observe: 60,
      // The local metric store publishes every count with its minute.
      settleAfter: 0,
      // A change of weights takes a minute of the rehearsal, not five.
      warmUp: Math.min(plan.gate.warmUp, 60),
      warmUpErrors: Math.min(plan.gate.warmUpErrors, 60),
      beta: Math.max(plan.gate.beta, LEAST.beta),
      errorMargin: Math.max(plan.gate.errorMargin, LEAST.errorMargin),
      slowMargin: Math.max(plan.gate.slowMargin, LEAST.slowMargin),
      maxErrorRate: Math.max(plan.gate.maxErrorRate, 2 * LEAST.errorMargin),
    },
    metrics: plan.metrics.map((metric) => ({ ...metric, settleAfter: Math.min(metric.settleAfter, 60) })),
    soak: { ...plan.soak, duration: base.soak.duration, observe: base.soak.observe, maxHold: base.soak.maxHold },
    decommission: { drain: 60, step: 60 },
    retention: 60,
  };
  const { rows } = project(cut, { rps, errorRate: 0, slowRate: 0.01 });
  const holdOf = (percent: number) => {
    const row = rows.find(({ name }) => name === `stage ${percent} %`);
    return Math.max(LEAST_HOLD_SECONDS, Math.ceil(PATIENCE * (row?.evidenceSeconds ?? 0)));
  };
  return { ...cut, stages: cut.stages.map((stage) => ({ ...stage, maxHold: holdOf(stage.percent) })) };
}

/**
 * The minimum rate, in requests per real second, at which a run of the plan can succeed: below it the baseline would be
 * refused, or the smallest stage would wait for its sample until `maxHold`.
 * @param speed simulated seconds per real second
 */
export function leastRate({ baseline, gate, stages }: Plan, speed: number): number {
  const perVirtualSecond = Math.max(
    baseline.minRequests / baseline.lookBack,
    ...stages.map(({ percent, maxHold }) => gate.minRequests / (maxHold * (percent / 100))),
  );
  return Math.ceil(perVirtualSecond * speed * 10) / 10;
}
