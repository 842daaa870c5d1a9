/** Baseline: what the stable side does on an ordinary day; refuses a side that is itself burning. */

import { type CutoverStateJson, parseState, RefusedError } from '../core/model/index.ts';
import { baselineRefusals, reduce } from '../core/phases/index.ts';
import { awsDeps } from './compose/index.ts';
import { type Deps, settle } from './tasks/index.ts';

export function makeHandler(deps: Pick<Deps, 'metrics' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const at = deps.clock.now();
    const range = { from: at - state.plan.baseline.lookBack * 1000, to: at };
    const baseline = await deps.metrics.baseline(range, state.plan.gate.latencyBudgetMs);
    const reasons = baselineRefusals(state.plan, baseline);
    if (baseline === null || reasons.length > 0) throw new RefusedError(reasons);
    return settle(deps, state, reduce(state, { type: 'baselineTaken', at, baseline }), baseline);
  };
}

export const handler = (event: unknown) => makeHandler(awsDeps())(event);
