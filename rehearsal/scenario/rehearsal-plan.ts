/** The operator's plan, cut so that it can be watched: same phases, same percentages, same gate; minutes instead of hours. */
import { type Plan, parsePlan } from '../../core/model/index.ts';
import { project } from '../../core/phases/index.ts';

/** Virtual minutes of traffic before the execution starts; the baseline looks back over them. */
export const WARM_UP_MINUTES = 3;

/**
 * Margins and chances of a service with thousands of requests an hour, not millions: what a rehearsal asks at least, so that real
 * requests of seconds can show it. A plan that allows more keeps its own.
 */
const LEAST = { beta: 0.05, errorMargin: 0.01, slowMargin: 0.05 } as const;

/** A stage may wait for its evidence so many times as long as it probably takes: this machine has other things to do. */
const PATIENCE = 4;
const LEAST_HOLD_SECONDS = 1_800;

/** Requests per second of virtual time. */
export interface RehearsedTraffic {
  readonly rps: number;
}

/**
 * `observations` one-minute looks in each phase at least; a stage goes on until its evidence is in. What is cut besides time follows
 * from having minutes of traffic instead of hours: the sample sizes, and the latency bound of a sign-off on tens of captures.
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
      // A weight move is a minute of the rehearsal's, not five.
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
 * Requests per real second without which no run of the plan can end well: the baseline would be refused, or the smallest stage would
 * wait for its sample until `maxHold`.
 * @param speed virtual seconds per real second
 */
export function leastRate({ baseline, gate, stages }: Plan, speed: number): number {
  const perVirtualSecond = Math.max(
    baseline.minRequests / baseline.lookBack,
    ...stages.map(({ percent, maxHold }) => gate.minRequests / (maxHold * (percent / 100))),
  );
  return Math.ceil(perVirtualSecond * speed * 10) / 10;
}
