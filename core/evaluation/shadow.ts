/** Evaluation of the shadow and its exercise, in which only stable answers customers, and parity decides. */
import { quantity } from '../../input/index.ts';
import type { AlarmReading, Deployment, ParityVerdict } from '../model/index.ts';
import { earliestOf, elapsedMs, heldBy, lengthOf, passedOf } from './deadlines.ts';
import type { PresentRun } from './evidence.ts';
import type { Observation } from './observation.ts';

/** The shadow. A red alarm of the mirror ends it at once. */
export function observeShadow(
  deployment: Deployment,
  state: PresentRun,
  alarms: readonly AlarmReading[],
  parity: ParityVerdict,
  now: number,
): Observation {
  const red = alarms.filter((a) => a.state === 'ALARM' && deployment.shadowAlarms.includes(a.name)).map((a) => a.name);
  if (red.length > 0)
    return { decision: 'rollback', reason: `Shadow alarm ${red.join(', ')} is in ALARM; the mirror is closed.` };
  return byParity(
    state,
    parity,
    `over ${quantity(parity.pairs, 'capture')} on ${quantity(parity.routes, 'route')}`,
    now,
  );
}

/** The exercise: parity is evaluated again, after load and chaos tests. */
export function observeExercise(state: PresentRun, parity: ParityVerdict, now: number): Observation {
  return byParity(state, parity, 'under load', now);
}

/** Parity that is not clean holds the phase beyond its duration, and ends it after `maxHold`. */
function byParity(
  state: PresentRun,
  { status, reasons }: ParityVerdict,
  circumstances: string,
  now: number,
): Observation {
  const { bake, maxHold } = lengthOf(state);
  const elapsed = elapsedMs(state, now) / 1000;
  const reason = `Parity ${status} ${circumstances}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}.`;
  if (elapsed < earliestOf(state, now)) return { decision: 'hold', reason: `${passedOf(elapsed, bake)} ${reason}` };
  return status === 'clean' ? { decision: 'advance', reason } : heldBy(reason, state, now, maxHold);
}
