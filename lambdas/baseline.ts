/** Baseline: measures stable on an ordinary day, and refuses the cutover if stable itself is failing. */

import { type CutoverStateJson, type MetricBaseline, parseState, RefusedError } from '../core/model/index.ts';
import { baselineRefusals, reduce, unmeasured } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { metrics, ownMetrics } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { type Deps, settle } from './tasks/index.ts';

export function makeHandler(
  deps: Pick<Deps, 'metrics' | 'planMetrics' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>,
) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const at = deps.clock.now();
    const range = { from: at - state.plan.baseline.lookBack * 1000, to: at };
    const { plan } = state;
    const [taken, found] = await Promise.all([
      deps.metrics.baseline(range, plan.gate.latencyBudgetMs),
      plan.metrics.length === 0 ? {} : deps.planMetrics.baseline(plan.metrics, range),
    ]);
    const reasons = [...baselineRefusals(plan, taken), ...unmeasured(plan, found)];
    if (taken === null || reasons.length > 0) throw new RefusedError(reasons);
    const baseline = plan.metrics.length === 0 ? taken : { ...taken, metrics: measured(found) };
    return settle(deps, state, reduce(state, { type: 'baselineTaken', at, baseline }), baseline);
  };
}

/** The metrics that were measured; the others have refused the cutover. */
function measured(found: Readonly<Record<string, MetricBaseline | string>>): Record<string, MetricBaseline> {
  const entries = Object.entries(found).flatMap(([name, one]) =>
    typeof one === 'string' ? [] : [[name, one] as const],
  );
  return Object.fromEntries(entries);
}

export const compose = composed((deployment) => ({
  ...recording(deployment),
  metrics: metrics(deployment),
  planMetrics: ownMetrics(deployment),
}));
export const handler = (event: unknown) => makeHandler(compose())(event);
