/** Pin capacity: before a single request leaves it, the stable side's capacity is noted and held. */

import { type CutoverStateJson, parseState } from '../core/model/index.ts';
import { reduce } from '../core/phases/index.ts';
import { awsDeps } from './compose/index.ts';
import { type Deps, settle } from './tasks/index.ts';

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
