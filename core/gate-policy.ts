/** The gate's policy as the plan states it. */
import type { GatePolicy } from './gate/policy.ts';
import type { Plan } from './plan.ts';
import type { BaselineSummary } from './state.ts';

export function gatePolicyOf(plan: Plan, baseline: BaselineSummary | null = null): GatePolicy {
  const { alpha, beta, errorMargin, slowMargin, minRequests, maxErrorRate, latencyBudgetMs } = plan.gate;
  return {
    alpha,
    beta,
    // The soak is one more occasion to be wrong.
    tests: plan.stages.length + 1,
    errorMargin,
    slowMargin,
    minRequests,
    maxErrorRate,
    latencyBudgetMs,
    elb5xxRate: baseline?.elb5xxRate ?? 0,
  };
}
