/**
 * Verify rollback: the machine waits here until request counts show that all traffic is back on stable. The watchdog
 * does the work.
 */
import { restoreCapacity } from '../core/fence/index.ts';
import { type CutoverStateJson, isSafe, parseState, stateToJson } from '../core/model/index.ts';
import { compose, makeHandler as makeWatchdog, type WatchdogDeps } from './watchdog.ts';

export function makeHandler(deps: WatchdogDeps) {
  const look = makeWatchdog(deps);
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    await look();
    const item = await deps.ledger.read(state.ingressId);
    // A newer run can only have begun after this one was rolled back. Without a lease of this run, the listener itself
    // must show it.
    const mine = item?.executionArn === state.executionArn;
    const verified = mine
      ? item.status === 'completed' || item.rollback?.verifiedAt != null
      : item?.status === 'running' || isSafe(deps.deployment, await deps.ingress.read());
    // Without its lease, nobody else knows how the run has changed stable's capacity; a newer run keeps it for itself.
    const forgotten = item === null || (item.status !== 'running' && item.generation < state.generation);
    if (verified && !mine && forgotten && state.capacity !== null) await restoreCapacity(deps.capacity, state.capacity);
    const { error: _caught, ...rest } = state;
    return stateToJson({ ...rest, next: verified ? 'proceed' : 'hold', waitSeconds: verified ? 0 : 60 });
  };
}

export { compose };
export const handler = (event: unknown) => makeHandler(compose())(event);
