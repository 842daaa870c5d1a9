/** The speed at which rehearsals begin: as fast as people can follow, and slower on a slow or busy machine. */
import { availableParallelism, loadavg } from 'node:os';

export interface Pace {
  /** Simulated seconds per real second. */
  readonly speed: number;
  /** Requests per real second, for each rehearsal. */
  readonly rps: number;
}

/** Properties of a machine. */
export interface Machine {
  readonly processors: number;
  /** Average number of processes that want a CPU. */
  readonly load: number;
  /** CPU milliseconds that {@link sampleWork} takes. */
  readonly workMs: number;
}

/**
 * The pace of a single rehearsal, of several at once, and of either on a busy machine; ten requests per simulated
 * second in all cases.
 */
export const USUAL_PACE = {
  alone: { speed: 80, rps: 800 },
  shared: { speed: 65, rps: 650 },
  apart: { speed: 60, rps: 600 },
} as const satisfies Readonly<Record<string, Pace>>;

/** A slower rehearsal cannot be followed any more. */
const LEAST_SPEED = 10;
/** Up to this load per CPU a rehearsal keeps its pace. */
const BEARABLE_LOAD = 2;
/** Duration of {@link sampleWork} on a machine that only just keeps the usual pace. */
const BEARABLE_WORK_MS = 40;

/**
 * Real work takes longer on a slow or busy machine. The clock follows what the machine can do, and needs fewer steps to
 * it from here. Requests per simulated second remain unchanged.
 * @param scenarios how many may run at once
 */
export function paceOn(
  scenarios: number,
  { processors, load, workMs }: Machine,
): Pace & { readonly usual: Pace; readonly atOnce: boolean } {
  const slower = Math.max(1, load / (BEARABLE_LOAD * processors), workMs / BEARABLE_WORK_MS);
  // Two rehearsals at once leave no capacity for anything else.
  const atOnce = scenarios > 1 && processors > 1 && slower === 1 && load <= processors;
  const usual = USUAL_PACE[atOnce ? 'shared' : scenarios === 1 && slower === 1 ? 'alone' : 'apart'];
  const speed = Math.max(LEAST_SPEED, Math.round(usual.speed / slower));
  return { speed, rps: (usual.rps * speed) / usual.speed, usual, atOnce };
}

/** The speed of the CPU is measured only once. */
let workMs: number | undefined;

export function thisMachine(): Machine {
  workMs ??= sampleWork();
  return { processors: availableParallelism(), load: loadavg()[0] ?? 0, workMs };
}

/** @returns CPU milliseconds, about 30 on a machine of 2024 */
export function sampleWork(): number {
  // The first call includes compilation.
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
