/**
 * Rollback: the one handler behind every trigger. Fence, write, and only then everything else. Nothing here may throw
 * before the weights are safe but the two calls themselves.
 */

import { describeRollback, type RollbackOutcome, rollBack } from '../core/fence/index.ts';
import { stateSchema, stateToJson } from '../core/model/index.ts';
import { rolledBack } from '../core/phases/index.ts';
import { rollbackDeps } from './compose/index.ts';
import { parseRollbackEvent } from './events/index.ts';
import { type RollbackDeps, recordAndTell } from './tasks/index.ts';

export function makeHandler(deps: RollbackDeps) {
  return async (event: unknown): Promise<unknown> => {
    const startedAt = deps.clock.now();
    const request = parseRollbackEvent(event, new Date(startedAt).toISOString());
    if (request === null) return { outcome: 'ignored' };
    const outcome = await rollBack(deps, deps.deployment, request);
    const message = describeRollback(outcome, request);
    if (worthTelling(outcome)) await report(deps, outcome, message, (deps.clock.now() - startedAt) / 1000);
    const state = stateSchema.safeParse(event);
    return state.success
      ? stateToJson(rolledBack(state.data, deps.clock.now(), message))
      : { outcome: outcome.outcome, message };
  };
}

/** Triggers come in pairs and more; people are told once. */
function worthTelling(outcome: RollbackOutcome): boolean {
  return (
    outcome.outcome === 'waiting_for_capacity' ||
    (outcome.outcome === 'rolled_back' && (outcome.first || outcome.ledger === 'unreachable'))
  );
}

/** The weights are safe by now: a failure to log or to notify is reported, and changes nothing. */
async function report(deps: RollbackDeps, outcome: RollbackOutcome, message: string, seconds: number): Promise<void> {
  deps.emit({ RollbackRequested: 1, RollbackSeconds: seconds });
  const { item } = outcome;
  const at = new Date(deps.clock.now()).toISOString();
  const entry = { at, kind: 'rollback', by: item?.rollback?.by ?? 'unknown', message } as const;
  await recordAndTell(deps, item, entry, `Crossfade ${item?.cutoverId ?? deps.deployment.ingressId}: rolled back`);
}

export const handler = (event: unknown) => makeHandler(rollbackDeps())(event);
