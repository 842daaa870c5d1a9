/**
 * Applies people's requests to an observation: the run holds, advances on its evidence, or restarts. Never undoes a
 * rollback.
 */
import { type CutoverState, fromIso, type Steered, type Steering } from '../model/index.ts';
import type { Observation } from './observation.ts';

/** The pause that is in effect at `now` (milliseconds); null if there is none. */
export function pauseAt({ pauses }: Steering, now: number): Steering['pauses'][number] | null {
  const last = pauses.at(-1);
  return last !== undefined && now < fromIso(last.until) ? last : null;
}

/** For how many milliseconds a run was paused between two instants. */
export function pausedMs({ pauses }: Steering, from: number, to: number): number {
  return pauses.reduce(
    (sum, pause) => sum + Math.max(0, Math.min(to, fromIso(pause.until)) - Math.max(from, fromIso(pause.from))),
    0,
  );
}

/**
 * null if nobody has steered the present phase or stage. `appliedRev`: the revision of the last restart that was
 * carried out.
 */
export function steeredAt(
  steering: Steering,
  state: Pick<CutoverState, 'phase' | 'stage' | 'since'>,
  appliedRev: number,
  now: number,
): Steered | null {
  const pausedSeconds = Math.round(pausedMs(steering, fromIso(state.since), now) / 1000);
  const pause = pauseAt(steering, now);
  const paused = pause === null ? null : { by: pause.by, reason: pause.reason, until: pause.until };
  const { request } = steering;
  const mine = request !== null && request.phase === state.phase && request.stage === state.stage ? request : null;
  const person = mine === null ? null : { by: namesOf(mine), reason: mine.reason };
  const promoted =
    person !== null && mine?.kind === 'promote' && isAgreed(mine) ? { ...person, override: mine.override } : null;
  const restarted = mine?.kind === 'retry' && steering.rev > appliedRev ? person : null;
  if (pausedSeconds === 0 && paused === null && promoted === null && restarted === null) return null;
  return { pausedSeconds, paused, promoted, restarted };
}

/** An override waits until as many people have requested it as the plan requires. */
export function isAgreed({ override, seconded, persons }: NonNullable<Steering['request']>): boolean {
  return !override || persons === 1 || seconded !== null;
}

function namesOf({ by, seconded }: NonNullable<Steering['request']>): string {
  return seconded === null ? by : `${by} and ${seconded}`;
}

/** @param safe whether only missing evidence keeps the run from advancing, which an override may disregard */
export function steer(observation: Observation, steered: Steered | undefined, safe: boolean): Observation {
  if (steered === undefined || observation.decision === 'rollback') return observation;
  const { restarted, paused, promoted } = steered;
  const { reason } = observation;
  if (restarted !== null)
    return {
      decision: 'hold',
      effect: 'restart',
      reason: `Restarted by ${restarted.by}${because(restarted.reason)}. Evidence counts from now on.`,
    };
  if (paused !== null)
    return {
      decision: 'hold',
      reason: `Paused by ${paused.by} until ${paused.until}${because(paused.reason)}. ${reason}`,
    };
  if (promoted === null || observation.decision === 'advance') return observation;
  if (promoted.override && safe)
    return {
      decision: 'advance',
      reason: `Promoted without its evidence by ${promoted.by}${because(promoted.reason)}. ${reason}`,
    };
  return { decision: 'hold', reason: `The promotion that ${promoted.by} requested is waiting. ${reason}` };
}

function because(reason: string): string {
  return reason === '' ? '' : ` (${reason})`;
}
