/** Divides α: the plan's own metrics and the gate use separate parts. */
import { alphaShareOf, type Plan } from '../model/index.ts';

/** The part of α that the cohort may use before anything is compared. */
const COHORT_SHARE = 0.05;

/** The plan with the α that remains for the gate's own tests. */
export function gatePlan(plan: Plan): Plan {
  const own = plan.metrics.reduce((sum, metric) => sum + alphaShareOf(plan.metrics, metric), 0);
  return withAlpha(plan, 1 - own - (plan.cohort === undefined ? 0 : COHORT_SHARE));
}

/** The plan with the α that remains for judging the cohort. */
export function cohortPlan(plan: Plan): Plan {
  return withAlpha(plan, COHORT_SHARE);
}

function withAlpha(plan: Plan, share: number): Plan {
  return share === 1 ? plan : { ...plan, gate: { ...plan.gate, alpha: plan.gate.alpha * share } };
}
