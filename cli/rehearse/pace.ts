/** How fast a rehearsal runs: as fast as it can be watched, and slower on a machine that has other things to do. */

export interface Pace {
  /** Simulated seconds per real second. */
  readonly speed: number;
  /** Requests per real second. */
  readonly rps: number;
}

export const USUAL_PACE: Pace = { speed: 60, rps: 600 };
/** Below it a rehearsal is no longer watched. */
const LEAST_SPEED = 10;
/** Processes that want a processor, for each that there is: up to so many a rehearsal keeps its pace. */
const BEARABLE_LOAD = 2;

/**
 * Real work takes longer on a busy machine, and the simulated clock must not run ahead of it: a heartbeat would be missed. Requests
 * per simulated second stay as they are. @param load mean number of processes that want a processor
 */
export function paceOn(load: number, processors: number): Pace {
  const slower = Math.max(1, load / (BEARABLE_LOAD * processors));
  const speed = Math.max(LEAST_SPEED, Math.round(USUAL_PACE.speed / slower));
  return { speed, rps: (USUAL_PACE.rps * speed) / USUAL_PACE.speed };
}
