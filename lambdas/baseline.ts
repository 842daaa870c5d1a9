/** Baseline: what the stable side does on an ordinary day; refuses a side that is itself burning. */
import { baselineRefusals } from '../core/baseline.ts';
import { reduce } from '../core/cutover.ts';
import { RefusedError } from '../core/errors.ts';
import { type CutoverStateJson, parseState } from '../core/state.ts';
import { awsDeps } from './aws/deps.ts';
import type { Deps } from './deps.ts';
import { settle } from './settle.ts';

export function makeHandler(deps: Pick<Deps, 'metrics' | 'ledger' | 'notifier' | 'clock' | 'emit'>) {
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
