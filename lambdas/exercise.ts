/** Exercise: load and chaos tests against the mirror, while only stable answers customers. */

import { type CutoverStateJson, parseState } from '../core/model/index.ts';
import { reduce } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { exercise } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { type Deps, settle } from './tasks/index.ts';

export function makeHandler(deps: Pick<Deps, 'exercise' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    await deps.exercise.start(state.cutoverId, state.plan.shadow.exercise);
    return settle(deps, state, reduce(state, { type: 'exerciseStarted', at: deps.clock.now() }));
  };
}

export const compose = composed((deployment) => ({ ...recording(deployment), exercise: exercise(deployment) }));
export const handler = (event: unknown) => makeHandler(compose())(event);
