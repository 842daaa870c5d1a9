/** Completion: the candidate is the service now. The ledger records it, and no trigger moves its traffic any more. */

import { type CutoverStateJson, isLeaseOf, parseState, stateToJson } from '../core/model/index.ts';
import { reduce } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { recording } from './compose/recording.ts';
import { type Deps, runOf, settle, tell } from './tasks/index.ts';

export function makeHandler(deps: Pick<Deps, 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    // A second attempt, after the answer to the first one was lost.
    const owner = await deps.ledger.read(state.ingressId);
    const noted = isLeaseOf(owner, state) && owner.status === 'completed';
    const json = noted
      ? stateToJson({ ...state, next: 'proceed', waitSeconds: 0 })
      : await settle(deps, state, reduce(state, { type: 'closed', at: deps.clock.now() }));
    if (!noted) await deps.ledger.complete(state);
    await tell(deps, {
      kind: 'completed',
      ...runOf(state),
      subject: `Crossfade ${state.cutoverId}: complete`,
      body: 'The candidate answers all requests, the stable service has no tasks left, and the mirror is closed.',
    });
    return json;
  };
}

export const compose = composed(recording);
export const handler = (event: unknown) => makeHandler(compose())(event);
