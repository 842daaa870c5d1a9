/** The end of every forward task: records the transition in the ledger, notifies people, and returns the next state. */

import {
  type CutoverState,
  type CutoverStateJson,
  describePlace,
  fromIso,
  type Notice,
  PHASES,
  stateToJson,
  toIso,
} from '../../core/model/index.ts';
import { describeSplit, heartbeatDueAt, type Transition } from '../../core/phases/index.ts';
import type { Deps } from './deps.ts';
import { tell } from './notices.ts';

type SettleDeps = Pick<Deps, 'ledger' | 'decisionLog' | 'notifier' | 'emit'>;

/** @throws FencedError if a rollback came in between, because the heartbeat is conditional */
export async function settle(
  deps: SettleDeps,
  before: CutoverState,
  { state, entry }: Transition,
  data?: unknown,
): Promise<CutoverStateJson> {
  await deps.ledger.heartbeat(state, {
    phase: state.phase,
    stage: state.stage,
    heartbeatDueAt: toIso(heartbeatDueAt(state, fromIso(entry.at))),
  });
  await deps.decisionLog.append(state.cutoverId, data === undefined ? entry : { ...entry, data });
  deps.emit(
    { CandidatePercent: state.split.candidatePercent, Phase: PHASES.indexOf(state.phase) },
    { cutoverId: state.cutoverId, phase: phaseName(state), kind: entry.kind, message: entry.message },
  );
  if (state.phase !== before.phase || state.stage !== before.stage) {
    await tell(deps, {
      kind: 'phase',
      ...runOf(state),
      subject: `Crossfade ${state.cutoverId}: ${phaseName(state)}`,
      body: `${entry.message}\n${describeSplit(state.split)}.\nIngress ${state.ingressId}, generation ${state.generation}.`,
    });
  }
  return stateToJson(state);
}

/** For example `shadow sign-off`, `cohort` or `stage 10 %`. */
export function phaseName(state: CutoverState): string {
  return describePlace(state, state.plan.stages[state.stage]?.percent);
}

/** The fields of a notice that describe the run. */
export function runOf(state: CutoverState): Pick<Notice, 'cutoverId' | 'phase' | 'candidatePercent'> {
  return { cutoverId: state.cutoverId, phase: phaseName(state), candidatePercent: state.split.candidatePercent };
}
