/** How fast rehearsals run: as fast as they can be watched, and slower on a machine that is slow or has other things to do. */
import { availableParallelism, loadavg } from 'node:os';

export interface Pace {
  /** Simulated seconds per real second. */
  readonly speed: number;
  /** Requests per real second, of each rehearsal. */
  readonly rps: number;
}

/** What a machine says of itself. */
export interface Machine {
  readonly processors: number;
  /** Mean number of processes that want a processor. */
  readonly load: number;
  /** Milliseconds of a processor that {@link sampleWork} takes. */
  readonly workMs: number;
}

/** Of one rehearsal by itself, of several at once, and where there is little time for either; customers are ten a simulated second in all. */
export const USUAL_PACE = {
  alone: { speed: 80, rps: 800 },
  shared: { speed: 65, rps: 650 },
  apart: { speed: 60, rps: 600 },
} as const satisfies Readonly<Record<string, Pace>>;

/** Below it a rehearsal is no longer watched. */
const LEAST_SPEED = 10;
/** Processes that want a processor, for each that there is: up to so many a rehearsal keeps its pace. */
const BEARABLE_LOAD = 2;
/** {@link sampleWork} on a machine that only just keeps the usual pace. */
const BEARABLE_WORK_MS = 40;

/**
 * Real work takes longer on a slow or busy machine, and the simulated clock must not run ahead of it: a heartbeat would be missed.
 * Requests per simulated second stay as they are. @param scenarios how many may run at once
 */
export function paceOn(
  scenarios: number,
  { processors, load, workMs }: Machine,
): Pace & { readonly usual: Pace; readonly atOnce: boolean } {
  const slower = Math.max(1, load / (BEARABLE_LOAD * processors), workMs / BEARABLE_WORK_MS);
  // Two at once leave nothing to spare for anything else.
  const atOnce = scenarios > 1 && processors > 1 && slower === 1 && load <= processors;
  const usual = USUAL_PACE[atOnce ? 'shared' : scenarios === 1 && slower === 1 ? 'alone' : 'apart'];
  const speed = Math.max(LEAST_SPEED, Math.round(usual.speed / slower));
  return { speed, rps: (usual.rps * speed) / usual.speed, usual, atOnce };
}

/** How fast a processor is, is measured once. */
let workMs: number | undefined;

export function thisMachine(): Machine {
  workMs ??= sampleWork();
  return { processors: availableParallelism(), load: loadavg()[0] ?? 0, workMs };
}

/** @returns milliseconds of a processor, some 30 on a machine of 2024 */
export function sampleWork(): number {
  // The first time it is compiled.
  work();
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
}

function work(): void {
  const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, name: `item ${(id * 7_919) % 2_000}`, price: id / 7 }));
  for (let round = 0; round < 12; round++) {
    const parsed: typeof rows = JSON.parse(JSON.stringify(rows));
    parsed.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
