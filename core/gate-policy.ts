/** The gate's policy as the plan states it. */
import type { GatePolicy } from './gate/policy.ts';
import type { Plan } from './plan.ts';

/** Errors and slowness are tested in every stage that has a control group. */
const METRICS = 2;

export function gatePolicyOf(plan: Plan): GatePolicy {
  const { alpha, errorMargin, slowMargin, minRequests, maxErrorRate } = plan.gate;
  return { alpha, tests: METRICS * plan.stages.length, errorMargin, slowMargin, minRequests, maxErrorRate };
}
