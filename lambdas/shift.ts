/** Shift: the next split of the plan, fenced. Opening and closing the shadow are splits, too. */

import { hooksAt, objectionOf } from '../core/evaluation/index.ts';
import { fencedShift } from '../core/fence/index.ts';
import {
  type CutoverState,
  type CutoverStateJson,
  type HookAnswer,
  HookRefusedError,
  parseState,
  toIso,
} from '../core/model/index.ts';
import { heartbeatDueAt, nextShift, reduce } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { hooks, listener } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { type Deps, runOf, settle, tell } from './tasks/index.ts';

export function makeHandler(
  deps: Pick<Deps, 'deployment' | 'ingress' | 'hooks' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>,
) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const target = nextShift(state);
    const hooks = target.phase === 'stage' ? await allowed(deps, state, target.split.candidatePercent) : [];
    const due = toIso(heartbeatDueAt({ ...state, waitSeconds: 0 }, deps.clock.now()));
    const split = await fencedShift(deps, deps.deployment, state, target.split, {
      phase: target.phase,
      stage: target.stage,
      heartbeatDueAt: due,
    });
    const transition = reduce(state, { type: 'shifted', at: deps.clock.now(), target: { ...target, split } });
    const settled = await settle(deps, state, transition, { split, ...(hooks.length === 0 ? {} : { hooks }) });
    if (target.phase === 'soak' && split.mirror === null) await tellUnmirrored(deps, state);
    return settled;
  };
}

/** A soak without its mirror shows less than the plan requires, and the owner of the mirror has something to fix. */
async function tellUnmirrored(
  deps: Pick<Deps, 'deployment' | 'notifier' | 'emit'>,
  state: CutoverState,
): Promise<void> {
  if (deps.deployment.targetGroups.mirrorReverse === undefined) return;
  const dead = 'The mirror (mirrorReverse) has no healthy target, so the soak begins without it.';
  await tell(deps, {
    kind: 'warning',
    ...runOf(state),
    subject: `Crossfade ${state.cutoverId}: the soak continues without its mirror`,
    body: `${state.phase === 'soak' ? state.reason : dead} The candidate answers everybody, and its answers are no longer compared with the stable side's.`,
  });
}

/** The answers of the hooks before a step. @throws HookRefusedError if one of them objects; nothing was written */
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
