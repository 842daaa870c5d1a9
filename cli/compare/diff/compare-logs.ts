/** Two sides' logs: sorted into partitions by the hash of their keys, and joined there. */
import type { Summary } from '../../../parity/tally/index.ts';
import { type Input, unfoldedBytes } from '../inputs/index.ts';
import { type DiffSettings, Reading } from './reading.ts';
import { type LegsTask, Partitions, Pool, usefulThreads } from './threads/index.ts';

export interface Logs {
  readonly stable: readonly Input[];
  readonly candidate: readonly Input[];
}

/** Share of the memory that one partition should take, so that several can be joined at a time. */
const PARTITION_SHARE = 32;

export async function compareLogs(logs: Logs, settings: DiffSettings): Promise<Summary> {
  const { threads, routes, rules, at, memory, signal } = settings;
  const count = partitionsFor([...logs.stable, ...logs.candidate], memory);
  const useful = usefulThreads([...logs.stable, ...logs.candidate], threads);
  const pool = new Pool(useful, { routes, partitions: count, rules, at, noise: { kind: 'off' } }, signal);
  const partitions = new Partitions(count, memory);
  const reading = new Reading(settings);
  try {
    for (const side of ['stable', 'candidate'] as const) {
      const first = side === 'stable' ? 0 : logs.stable.length;
      const tasks = reading.tasks(logs[side], first, (piece, source, { har }): LegsTask => {
        return { kind: 'legs', source, format: har ? 'har' : 'leg', ...piece };
      });
      await pool.each(tasks, (result) => {
        reading.take(result);
        return partitions.add(side, result.partitions);
      });
    }
    await pool.each(joinTasks(partitions), reading.take);
    return reading.summary;
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
