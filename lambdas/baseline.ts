/** Baseline: what the stable side does on an ordinary day; refuses a side that is itself burning. */
import { reduce } from '../core/cutover.ts';
import { RefusedError } from '../core/errors.ts';
import { type CutoverStateJson, parseState } from '../core/state.ts';
import { awsDeps } from './aws/deps.ts';
import type { Deps } from './deps.ts';
import { settle } from './settle.ts';

export function makeHandler(deps: Pick<Deps, 'metrics' | 'ledger' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const { lookBack, minRequests, maxErrorRate } = state.plan.baseline;
    const at = deps.clock.now();
    const baseline = await deps.metrics.baseline(
      { from: at - lookBack * 1000, to: at },
      state.plan.gate.latencyBudgetMs,
    );
    const requests = baseline?.requests ?? 0;
    if (baseline === null || requests < minRequests) {
      throw new RefusedError([
        `baseline.minRequests: the stable side answered ${requests} requests in the look-back, ${minRequests} are needed`,
      ]);
    }
    if (baseline.errorRate > maxErrorRate) {
      throw new RefusedError([
        `baseline.maxErrorRate: the stable side itself fails ${(baseline.errorRate * 100).toFixed(2)} % of its requests`,
      ]);
    }
    return settle(deps, state, reduce(state, { type: 'baselineTaken', at, baseline }), baseline);
  };
}

export const handler = (event: unknown) => makeHandler(awsDeps())(event);
