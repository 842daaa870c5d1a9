/** The operator's plan, cut so that it can be watched: same phases, same percentages, same gate; fewer looks at each. */
import { type Plan, parsePlan } from '../../core/model/index.ts';

/** Virtual minutes of traffic before the execution starts; the baseline looks back over them. */
export const WARM_UP_MINUTES = 3;

/**
 * `observations` one-minute looks in each phase. What is cut besides time follows from having minutes of traffic instead
 * of hours: the sample sizes, and the latency bound of a sign-off on tens of pairs.
 */
export function rehearsalPlan(plan: Plan, observations: number): Plan {
  const minutes = (n: number) => `PT${n}M`;
  const bake = minutes(observations);
  const base = parsePlan({
    stages: [{ percent: 100, bake }],
    shadow: { duration: bake, observe: minutes(1), exercise: minutes(2), maxHold: minutes(15) },
    soak: { duration: bake, observe: minutes(1), maxHold: minutes(10) },
  });
  const [template] = base.stages;
  if (template === undefined) throw new RangeError('a plan has at least one stage');
  return {
    ...plan,
    baseline: { ...plan.baseline, lookBack: WARM_UP_MINUTES * 60, minRequests: 100 },
    shadow: {
      ...plan.shadow,
      duration: base.shadow.duration,
      observe: base.shadow.observe,
      exercise: base.shadow.exercise,
      maxHold: base.shadow.maxHold,
      minPairsPerRoute: 10,
      maxBreakingRate: 0.3,
      latencyTolerance: 2,
      latencyFloorMs: 50,
      acceptInsufficientLatency: ['p50', 'p95', 'p99'],
    },
    stages: plan.stages.map(({ percent }) => ({ ...template, percent, maxHold: 1_800 })),
    // A dozen requests cannot show a margin of half a percent: at no failure, n requests bound the difference at about 3/n.
    gate: {
      ...plan.gate,
      observe: 60,
      // The local metric store publishes every count with its minute.
      settleAfter: 0,
      minRequests: 12,
      beta: 0.2,
      errorMargin: 0.2,
      slowMargin: 0.25,
      maxErrorRate: Math.max(plan.gate.maxErrorRate, 0.25),
    },
    metrics: plan.metrics.map((metric) => ({ ...metric, settleAfter: Math.min(metric.settleAfter, 60) })),
    soak: { ...plan.soak, duration: base.soak.duration, observe: base.soak.observe, maxHold: base.soak.maxHold },
    decommission: { drain: 60, step: 60 },
    retention: 60,
  };
}
