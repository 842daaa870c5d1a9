/** Shift: the next split of the plan, fenced. Opens and closes the shadow as well: those are splits too. */
import { heartbeatDueAt, nextShift, reduce } from '../core/cutover.ts';
import { fencedShift } from '../core/shift.ts';
import { type CutoverStateJson, parseState } from '../core/state.ts';
import { awsDeps } from './aws/deps.ts';
import type { Deps } from './deps.ts';
import { settle } from './settle.ts';

export function makeHandler(deps: Pick<Deps, 'deployment' | 'ingress' | 'ledger' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const target = nextShift(state);
    const due = new Date(heartbeatDueAt({ ...state, waitSeconds: 0 }, deps.clock.now())).toISOString();
    await fencedShift(deps, deps.deployment, state, target.split, {
      phase: target.phase,
      stage: target.stage,
      heartbeatDueAt: due,
    });
    return settle(deps, state, reduce(state, { type: 'shifted', at: deps.clock.now(), target }), {
      split: target.split,
    });
  };
}

export const handler = (event: unknown) => makeHandler(awsDeps())(event);
