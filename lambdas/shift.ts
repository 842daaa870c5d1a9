/** Shift: the next split of the plan, fenced. Opens and closes the shadow as well: those are splits too. */

import { hooksAt, objectionOf } from '../core/evaluation/index.ts';
import { fencedShift } from '../core/fence/index.ts';
import {
  type CutoverState,
  type CutoverStateJson,
  type HookAnswer,
  HookRefusedError,
  parseState,
} from '../core/model/index.ts';
import { heartbeatDueAt, nextShift, reduce } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { hooks, listener } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { type Deps, settle } from './tasks/index.ts';

export function makeHandler(
  deps: Pick<Deps, 'deployment' | 'ingress' | 'hooks' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>,
) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const target = nextShift(state);
    const hooks = target.phase === 'stage' ? await allowed(deps, state, target.split.candidatePercent) : [];
    const due = new Date(heartbeatDueAt({ ...state, waitSeconds: 0 }, deps.clock.now())).toISOString();
    const split = await fencedShift(deps, deps.deployment, state, target.split, {
      phase: target.phase,
      stage: target.stage,
      heartbeatDueAt: due,
    });
    return settle(deps, state, reduce(state, { type: 'shifted', at: deps.clock.now(), target: { ...target, split } }), {
      split,
      ...(hooks.length === 0 ? {} : { hooks }),
    });
  };
}

/** The votes of the hooks before a step. @throws HookRefusedError when one of them is against it; nothing was written */
async function allowed({ hooks }: Pick<Deps, 'hooks'>, state: CutoverState, percent: number): Promise<HookAnswer[]> {
  const asked = hooksAt(state.plan, 'before', percent);
  if (asked.length === 0) return [];
  const answers = await hooks.ask(asked, { cutoverId: state.cutoverId, percent });
  const refusal = objectionOf(answers);
  if (refusal !== null) throw new HookRefusedError(refusal.vote, refusal.reason);
  return answers;
}

export const compose = composed((deployment) => ({
  ...recording(deployment),
  ingress: listener(deployment),
  hooks: hooks(deployment),
}));
export const handler = (event: unknown) => makeHandler(compose())(event);
