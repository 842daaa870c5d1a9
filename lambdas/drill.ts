/** Drill: triggers its alarm and waits for the rollback. If none has happened by the deadline, the drill has failed. */

import {
  type CutoverStateJson,
  DRILL_DEADLINE_SECONDS,
  DrillFailedError,
  fromIso,
  parseState,
} from '../core/model/index.ts';
import { reduce } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { alarmTrips } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { type Deps, settle } from './tasks/index.ts';

type DrillDeps = Pick<Deps, 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'> & {
  readonly alarms: Pick<Deps['alarms'], 'trip'>;
};

export function makeHandler(deps: DrillDeps) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const at = deps.clock.now();
    const tripped = state.drill?.trippedAt ?? null;
    const transition = reduce(state, { type: 'drilled', at });
    if (tripped !== null) {
      if (at - fromIso(tripped) > DRILL_DEADLINE_SECONDS * 1000)
        throw new DrillFailedError(state.drill?.alarm ?? '', DRILL_DEADLINE_SECONDS);
      return settle(deps, state, transition);
    }
    const { drill } = transition.state;
    if (drill === null) throw new DrillFailedError('none', 0);
    // Recorded before the alarm is triggered, because afterwards the run is fenced and cannot write.
    await deps.ledger.recordTrip(state, drill);
    const json = await settle(deps, state, transition, drill);
    await deps.alarms.trip(drill.alarm, `Rollback drill ${state.cutoverId}`);
    return json;
  };
}

export const compose = composed((deployment) => ({ ...recording(deployment), alarms: alarmTrips() }));
export const handler = (event: unknown) => makeHandler(compose())(event);
