/** Pin capacity: records and suspends stable's scaling before a single request is moved away from it. */

import { leaveOwedCapacity } from '../core/fence/index.ts';
import { type CutoverStateJson, FencedError, isLeaseOf, parseState } from '../core/model/index.ts';
import { reduce } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { recording } from './compose/recording.ts';
import { stableCapacity } from './compose/stable-capacity.ts';
import { type Deps, settle } from './tasks/index.ts';

export function makeHandler(deps: Pick<Deps, 'capacity' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    // On a second attempt, scaling is already pinned. The snapshot of the first attempt is the one to restore.
    const lease = await deps.ledger.read(state.ingressId);
    const noted = isLeaseOf(lease, state) ? lease.capacity : null;
    const capacity = noted ?? (await deps.capacity.snapshot());
    // The snapshot is stored before anything is changed, so that a rollback can always restore it.
    await deps.ledger.recordCapacity(state, capacity, 'full');
    await deps.capacity.pin(capacity);
    try {
      return await settle(
        deps,
        state,
        reduce(state, { type: 'capacityPinned', at: deps.clock.now(), capacity }),
        capacity,
      );
    } catch (error) {
      // A rollback came in between and has already restored scaling, so this pin must be removed, too.
      if (error instanceof FencedError)
        await leaveOwedCapacity(deps.capacity, await deps.ledger.read(state.ingressId), capacity);
      throw error;
    }
  };
}

export const compose = composed((deployment) => ({ ...recording(deployment), capacity: stableCapacity(deployment) }));
export const handler = (event: unknown) => makeHandler(compose())(event);
