/** Shift: the next split of the plan, fenced. Opens and closes the shadow as well: those are splits too. */

import { fencedShift } from '../core/fence/index.ts';
import { type CutoverStateJson, parseState } from '../core/model/index.ts';
import { heartbeatDueAt, nextShift, reduce } from '../core/phases/index.ts';
import { awsDeps } from './compose/index.ts';
import { type Deps, settle } from './tasks/index.ts';

export function makeHandler(
  deps: Pick<Deps, 'deployment' | 'ingress' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>,
) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const target = nextShift(state);
    const due = new Date(heartbeatDueAt({ ...state, waitSeconds: 0 }, deps.clock.now())).toISOString();
    const split = await fencedShift(deps, deps.deployment, state, target.split, {
      phase: target.phase,
      stage: target.stage,
      heartbeatDueAt: due,
    });
    return settle(deps, state, reduce(state, { type: 'shifted', at: deps.clock.now(), target: { ...target, split } }), {
      split,
    });
  };
}

export const handler = (event: unknown) => makeHandler(awsDeps())(event);
