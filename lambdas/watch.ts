/** Watch: one observation of the phase that the state is in. Fetches evidence; the core decides. */
import { reduce } from '../core/cutover.ts';
import type { MinuteEvidence } from '../core/gate/evidence.ts';
import { fromIso } from '../core/instant.ts';
import { hardStop, type Observed, observeExercise, observeShadow, observeSoak, observeStage } from '../core/observe.ts';
import type { AlarmReading } from '../core/ports.ts';
import { type CutoverState, type CutoverStateJson, parseState } from '../core/state.ts';
import { awsDeps } from './aws/deps.ts';
import type { Deps } from './deps.ts';
import { settle } from './settle.ts';

type WatchDeps = Pick<
  Deps,
  'deployment' | 'ingress' | 'metrics' | 'alarms' | 'parity' | 'ledger' | 'notifier' | 'clock' | 'emit'
>;

const OVERLAP_SECONDS = 15 * 60;
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
  const observed: Observed =
    stop !== null ? { observation: stop, data: { alarms } } : await judge(deps, state, alarms, minutes, now);
  return { ...observed, data: { ...observed.data, minutes: sinceLastLook(state, minutes, now) } };
}

async function judge(
  deps: WatchDeps,
  state: CutoverState,
  alarms: readonly AlarmReading[],
  minutes: readonly MinuteEvidence[],
  now: number,
): Promise<Observed> {
  if (state.phase === 'stage') return observeStage(state, minutes, now);
  const parity = await deps.parity.judge(state.cutoverId, state.plan);
  switch (state.phase) {
    case 'shadow':
      return { observation: observeShadow(deps.deployment, state, alarms, parity, now), data: { parity } };
    case 'exercise':
      return { observation: observeExercise(state, parity, now), data: { parity } };
    default:
      return observeSoak(state, minutes, parity, now);
  }
}

/**
 * Minutes that the entry before may not have had. All of them, every time, would outgrow an item of the table (400 KB)
 * within two days of soak; the overlap is for looks that failed and for minutes that came late.
 */
function sinceLastLook(state: CutoverState, minutes: readonly MinuteEvidence[], now: number): MinuteEvidence[] {
  const interval = state.phase === 'soak' ? state.plan.soak.observe : state.plan.gate.observe;
  const from = now - (2 * interval + OVERLAP_SECONDS) * 1000;
  return minutes.filter((m) => m.minute >= from);
}

export const handler = (event: unknown) => makeHandler(awsDeps())(event);
