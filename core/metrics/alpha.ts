/** One α over everything that votes: what the metrics of the user's own may use is not the gate's. */
import { alphaShareOf, type Plan } from '../model/index.ts';

/** Part of α that testers may use before anybody is compared. */
const COHORT_SHARE = 0.05;

/** The plan as the gate's own tests see it. */
export function gatePlan(plan: Plan): Plan {
  const own = plan.metrics.reduce((sum, metric) => sum + alphaShareOf(plan.metrics, metric), 0);
  return withAlpha(plan, 1 - own - (plan.cohort === undefined ? 0 : COHORT_SHARE));
}

/** The plan as the cohort's judgement sees it. */
export function cohortPlan(plan: Plan): Plan {
  return withAlpha(plan, COHORT_SHARE);
}

function withAlpha(plan: Plan, share: number): Plan {
  return share === 1 ? plan : { ...plan, gate: { ...plan.gate, alpha: plan.gate.alpha * share } };
}
