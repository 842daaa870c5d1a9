/**
 * Rollback: the one handler behind every trigger. It sets the fence, writes the weights, and only then does anything
 * else. Before the weights are safe, only these two calls may throw.
 */

import { describeRollback, rollBack } from '../core/fence/index.ts';
import { stateIn, stateToJson, toIso } from '../core/model/index.ts';
import { rolledBack } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { rollbackDepsOf } from './compose/rollback.ts';
import { parseRollbackEvent } from './events/index.ts';
import { type RollbackDeps, reportRollback, runOf, tell } from './tasks/index.ts';

/** How a run ended that no longer had the lease. */
const LEASELESS = {
  nothing_to_do: 'rolled back without its lease',
  not_concerned: 'ended without owning the ingress',
} as const;

export function makeHandler(deps: RollbackDeps) {
  return async (event: unknown): Promise<unknown> => {
    const startedAt = deps.clock.now();
    const request = parseRollbackEvent(event, toIso(startedAt));
    if (request === null) return { outcome: 'ignored' };
    const outcome = await rollBack(deps, deps.deployment, request);
    await reportRollback(deps, outcome, request, (deps.clock.now() - startedAt) / 1000);
    const message = describeRollback(outcome, request);
    const state = stateIn(event);
    if (state === null) return { outcome: outcome.outcome, message };
    // Whoever restored the weights sent notifications for the run in the lease, which is another one.
    if (outcome.outcome === 'nothing_to_do' || outcome.outcome === 'not_concerned')
      await tell(deps, {
        kind: 'warning',
        ...runOf(state),
        subject: `Crossfade ${state.cutoverId}: ${LEASELESS[outcome.outcome]}`,
        body: message,
      });
    return stateToJson(rolledBack(state, deps.clock.now(), message));
  };
}

export const compose = composed(rollbackDepsOf);
export const handler = (event: unknown) => makeHandler(compose())(event);
