/** The gate's policy as the plan states it, for one of its stages. */

import type { BaselineSummary, Plan } from '../model/index.ts';
import type { GatePolicy } from './policy.ts';

/**
 * Half of α is the first stage's: there a regression first meets customers, and the least traffic is there to show it. The
 * rest is shared evenly by the other stages and the soak, which is stage `plan.stages.length`.
 */
export function gatePolicyOf(plan: Plan, baseline: BaselineSummary | null, stage: number): GatePolicy {
  const { alpha, beta, errorMargin, slowMargin, errorBurst, slowBurst, minRequests, maxErrorRate, latencyBudgetMs } =
    plan.gate;
  return {
    alpha,
    beta,
    tests: stage === 0 ? 2 : 2 * plan.stages.length,
    errorMargin,
    slowMargin,
    errorBurst,
    slowBurst,
    minRequests,
    maxErrorRate,
    latencyBudgetMs,
    // In the soak no weight has moved.
    warmUpMinutes: stage < plan.stages.length ? Math.ceil(plan.gate.warmUp / 60) : 0,
    warmUpSlowMargin: plan.gate.warmUpSlowMargin,
    elb5xxRate: baseline?.elb5xxRate ?? 0,
  };
}
