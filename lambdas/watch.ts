/** Watch: one observation of the phase that the state is in. Fetches evidence; the core decides. */
import { reduce } from '../core/cutover.ts';
import { fromIso } from '../core/instant.ts';
import {
  hardStop,
  type Observed,
  observeExercise,
  observeShadow,
  observeStage,
  observeWithoutControl,
} from '../core/observe.ts';
import { type CutoverState, type CutoverStateJson, parseState } from '../core/state.ts';
import { awsDeps } from './aws/deps.ts';
import type { Deps } from './deps.ts';
import { settle } from './settle.ts';

type WatchDeps = Pick<
  Deps,
  'deployment' | 'ingress' | 'metrics' | 'alarms' | 'parity' | 'ledger' | 'notifier' | 'clock' | 'emit'
>;

const DECISION = { rollback: -1, hold: 0, advance: 1 } as const;

export function makeHandler(deps: WatchDeps) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = await asOwed(deps, parseState(event));
    const { observation, data } = await observe(deps, state);
    deps.emit({ GateDecision: DECISION[observation.decision] });
    return settle(deps, state, reduce(state, { type: 'observed', at: deps.clock.now(), observation }), data);
  };
}

/** What the ledger says was written last: the tap may have been closed since the state was made (core/close-tap.ts). */
async function asOwed({ ledger, deployment }: WatchDeps, state: CutoverState): Promise<CutoverState> {
  const item = await ledger.read(deployment.ingressId);
  if (item?.generation !== state.generation || !item.intent.confirmed) return state;
  return { ...state, split: item.intent.split };
}

async function observe(deps: WatchDeps, state: CutoverState): Promise<Observed> {
  const { deployment } = deps;
  const now = deps.clock.now();
  const [live, candidate, alarms, minutes] = await Promise.all([
    deps.ingress.read(),
    deps.ingress.health('candidate'),
    deps.alarms.read([...deployment.rollbackAlarms, ...deployment.shadowAlarms]),
    deps.metrics.minutes({ from: fromIso(state.since), to: now }, state.plan.gate.latencyBudgetMs),
  ]);
  const stop = hardStop(deployment, state, { alarms, live, candidate });
  if (stop !== null) return { observation: stop, data: { alarms, minutes } };
  switch (state.phase) {
    case 'shadow': {
      const parity = await deps.parity.judge(state.cutoverId, state.plan);
      return { observation: observeShadow(deployment, state, alarms, parity, now), data: { parity, minutes } };
    }
    case 'exercise': {
      const parity = await deps.parity.judge(state.cutoverId, state.plan);
      return { observation: observeExercise(state, parity, now), data: { parity, minutes } };
    }
    case 'soak': {
      const { duration, maxHold } = state.plan.soak;
      return { observation: observeWithoutControl(state, minutes, duration, maxHold, now), data: { minutes } };
    }
    default:
      return observeStage(state, minutes, now);
  }
}

export const handler = (event: unknown) => makeHandler(awsDeps())(event);
