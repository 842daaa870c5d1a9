/**
 * Compares the logs of two sides, and optionally a control log of stable's: sorted into partitions by the hash of their
 * keys, and joined there.
 */
import { type Input, unfoldedBytes } from '../inputs/index.ts';
import type { DiffSettings, Reading } from './reading.ts';
import { type LegsTask, LOG_SIDES, type NoisePass, Partitions, Pool, usefulThreads } from './threads/index.ts';
import { type DiffOutcome, inTwoReadings } from './two-readings.ts';

export interface Logs {
  readonly stable: readonly Input[];
  readonly candidate: readonly Input[];
  /** Stable's answers to a second round of the same requests; if empty, no noise is learned. */
  readonly control: readonly Input[];
}

/** The share of memory that one partition should take, so that several can be joined at a time. */
const PARTITION_SHARE = 32;

export function compareLogs(logs: Logs, settings: DiffSettings): Promise<DiffOutcome> {
  const inputs = inputsOf(logs);
  const learns = settings.noise && logs.control.length > 0;
  return inTwoReadings(inputs, { ...settings, noise: learns }, (reading, noise) =>
    readLogs(logs, settings, reading, noise),
  );
}

/** In the order in which positions number them. */
export function inputsOf({ stable, candidate, control }: Logs): readonly Input[] {
  return [...stable, ...candidate, ...control];
}

async function readLogs(logs: Logs, settings: DiffSettings, reading: Reading, noise: NoisePass): Promise<void> {
  const { threads, routes, pairBy, decisions, memory, signal } = settings;
  const inputs = inputsOf(logs);
  const count = partitionsFor(inputs, memory);
  const useful = usefulThreads(inputs, threads);
  const pool = new Pool(useful, { routes, pairBy, partitions: count, decisions, noise, repeated: new Map() }, signal);
  const partitions = new Partitions(count, memory);
  try {
    let first = 0;
    for (const side of LOG_SIDES) {
      const tasks = reading.tasks(logs[side], first, (piece, source, { recording }): LegsTask => {
        return { kind: 'legs', source, format: recording === 'HAR' ? 'har' : 'leg', ...piece };
      });
      first += logs[side].length;
      await pool.each(tasks, (result) => {
        reading.take(result);
        return partitions.add(side, result.partitions);
      });
    }
    await pool.each(joinTasks(partitions), reading.take);
  } finally {
    await partitions.close();
    await pool.close();
  }
}

function* joinTasks(partitions: Partitions) {
  for (const content of partitions.contents()) yield { kind: 'join', ...content } as const;
}

function partitionsFor(inputs: readonly Input[], memory: number): number {
  const known = unfoldedBytes(inputs.filter((input) => input.bytes !== null)) ?? 0;
  const unknown = inputs.some((input) => input.bytes === null);
  return Math.min(512, Math.max(unknown ? 256 : 16, Math.ceil((known * PARTITION_SHARE) / memory)));
}
