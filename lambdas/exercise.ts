/** Exercise: load and chaos against the mirror, while only the stable side answers customers. */
import { reduce } from '../core/cutover.ts';
import { type CutoverStateJson, parseState } from '../core/state.ts';
import { awsDeps } from './aws/deps.ts';
import type { Deps } from './deps.ts';
import { settle } from './settle.ts';

export function makeHandler(deps: Pick<Deps, 'exercise' | 'ledger' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    await deps.exercise.start(state.cutoverId, state.plan.shadow.exercise);
    return settle(deps, state, reduce(state, { type: 'exerciseStarted', at: deps.clock.now() }));
  };
}

export const handler = (event: unknown) => makeHandler(awsDeps())(event);
