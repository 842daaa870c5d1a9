/** One comparison from its inputs to its summary: all cores, bounded memory, and nothing left behind. */

import { cutAtLines, tooLong } from '../../lambdas/lines.ts';
import type { RuleSet } from '../../parity/rules.ts';
import { addUnreadable, emptySummary, mergeInto, type Summary } from '../../parity/summary.ts';
import type { Input } from './inputs.ts';
import { openInput } from './open-input.ts';
import { Partitions } from './partitions.ts';
import { Pool } from './pool.ts';
import type { LegsTask, PairsTask, Side, TaskResult } from './tasks.ts';

/** What is compared: captured pairs, or two sides' logs. */
export type DiffInputs =
  | { readonly kind: 'pairs'; readonly inputs: readonly Input[] }
  | { readonly kind: 'logs'; readonly stable: readonly Input[]; readonly candidate: readonly Input[] };

export interface DiffSettings {
  readonly threads: number;
  readonly routes: readonly string[];
  readonly rules: RuleSet;
  /** When the run began, milliseconds. */
  readonly at: number;
  /** Bytes of two logs that are held in memory before they go to temporary files. */
  readonly memory: number;
  readonly signal: AbortSignal;
  /** Told of bytes read, and of the summary as it grows. */
  readonly onProgress: (bytesRead: number, summary: Summary) => void;
}

/** All inputs, in the order in which positions number them. */
export function sourcesOf(inputs: DiffInputs): readonly Input[] {
  return inputs.kind === 'pairs' ? inputs.inputs : [...inputs.stable, ...inputs.candidate];
}

/** Share of the memory that one partition should take, so that several can be joined at a time. */
const PARTITION_SHARE = 32;
/** Compressed logs unfold to about this much. */
const UNFOLDED = 8;

export async function runDiff(inputs: DiffInputs, settings: DiffSettings): Promise<Summary> {
  const { routes, rules, at } = settings;
  const partitions = inputs.kind === 'pairs' ? 1 : partitionsFor(sourcesOf(inputs), settings.memory);
  const pool = new Pool(settings.threads, { routes, partitions, rules, at }, settings.signal);
  const reading = new Reading(settings);
  try {
    if (inputs.kind === 'pairs') {
      const tasks = reading.tasks(
        inputs.inputs,
        0,
        (piece, source): PairsTask => ({ kind: 'pairs', source, ...piece }),
      );
      await pool.each(tasks, reading.take);
    } else await joinLogs(inputs, pool, new Partitions(partitions, settings.memory), reading);
    return reading.summary;
  } finally {
    await pool.close();
  }
}

async function joinLogs(
  inputs: Extract<DiffInputs, { kind: 'logs' }>,
  pool: Pool,
  partitions: Partitions,
  reading: Reading,
): Promise<void> {
  try {
    for (const side of ['stable', 'candidate'] as const) {
      const first = side === 'stable' ? 0 : inputs.stable.length;
      const tasks = reading.tasks(inputs[side], first, (piece, source, { har }): LegsTask => {
        return { kind: 'legs', source, format: har ? 'har' : 'leg', ...piece };
      });
      await pool.each(tasks, (result) => reading.takeLegs(result, side, partitions));
    }
    await pool.each(joinTasks(partitions), reading.take);
  } finally {
    await partitions.close();
  }
}

function* joinTasks(partitions: Partitions) {
  for (const content of partitions.contents()) yield { kind: 'join', ...content } as const;
}

class Reading {
  readonly summary = emptySummary();
  readonly #settings: DiffSettings;
  #bytes = 0;

  constructor(settings: DiffSettings) {
    this.#settings = settings;
  }

  readonly take = (result: TaskResult): void => {
    mergeInto(this.summary, result.summary);
    this.#settings.onProgress(this.#bytes, this.summary);
  };

  takeLegs(result: TaskResult, side: Side, partitions: Partitions): Promise<void> {
    this.take(result);
    return partitions.add(side, result.partitions);
  }

  /** Pieces of the inputs, one after another. An input that cannot be read to its end is said so, and the next one follows. */
  async *tasks<T>(
    inputs: readonly Input[],
    firstSource: number,
    task: (piece: { data: Uint8Array<ArrayBuffer>; firstLine: number }, source: number, input: Input) => T,
  ): AsyncGenerator<T> {
    for (const [i, input] of inputs.entries()) {
      const source = firstSource + i;
      let line = 1;
      try {
        for await (const piece of cutAtLines(openInput(input, this.#read, this.#settings.signal))) {
          this.#settings.signal.throwIfAborted();
          line = 'data' in piece ? piece.firstLine : piece.tooLong;
          if ('data' in piece) yield task(piece, source, input);
          else addUnreadable(this.summary, { source, line }, tooLong());
        }
      } catch (error) {
        this.#settings.signal.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        addUnreadable(this.summary, { source, line }, `cannot be read to its end: ${reason}`);
      }
    }
  }

  readonly #read = (bytes: number): void => {
    this.#bytes += bytes;
  };
}

function partitionsFor(inputs: readonly Input[], memory: number): number {
  const bytes = inputs.map((input) =>
    input.bytes === null ? 0 : input.bytes * (input.compression === 'none' ? 1 : UNFOLDED),
  );
  const unknown = inputs.some((input) => input.bytes === null);
  const wanted = Math.ceil((bytes.reduce((sum, n) => sum + n, 0) * PARTITION_SHARE) / memory);
  return Math.min(512, Math.max(unknown ? 256 : 16, wanted));
}
