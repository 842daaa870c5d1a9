/** One α over everything that votes: what the metrics of the user's own may use is not the gate's. */
import { alphaShareOf, type Plan } from '../model/index.ts';

/** The plan as the gate's own tests see it. */
export function gatePlan(plan: Plan): Plan {
  const own = plan.metrics.reduce((sum, metric) => sum + alphaShareOf(plan.metrics, metric), 0);
  return own === 0 ? plan : { ...plan, gate: { ...plan.gate, alpha: plan.gate.alpha * (1 - own) } };
}
