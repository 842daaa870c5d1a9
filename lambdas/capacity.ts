/** Pin capacity: before a single request leaves it, the stable side's capacity is noted and held. */
import { reduce } from '../core/cutover.ts';
import { type CutoverStateJson, parseState } from '../core/state.ts';
import { awsDeps } from './aws/deps.ts';
import type { Deps } from './deps.ts';
import { settle } from './settle.ts';

export function makeHandler(deps: Pick<Deps, 'capacity' | 'ledger' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const capacity = state.capacity ?? (await deps.capacity.snapshot());
    // The snapshot is in the ledger before anything is changed, so that a rollback can always give it back.
    await deps.ledger.recordCapacity(state, capacity, 'full');
    await deps.capacity.pin(capacity);
    return settle(deps, state, reduce(state, { type: 'capacityPinned', at: deps.clock.now(), capacity }), capacity);
  };
}

export const handler = (event: unknown) => makeHandler(awsDeps())(event);
