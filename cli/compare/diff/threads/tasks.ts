/** The input and output of a thread of the pool. */

import type { Piece } from '../../../../capture/index.ts';
import type { NoiseModel, Summary } from '../../../../parity/tally/index.ts';
import type { Decisions } from '../../outcome/index.ts';

/** The same for all threads of a run. */
export interface WorkerSettings {
  /** Templates such as `/items/{id}`, for answers whose log names no route. */
  readonly routes: readonly string[];
  /** Request headers, in lower case, that identify a request in both logs. */
  readonly pairBy: readonly string[];
  /**
   * The number of partitions into which the answers of two logs are sorted by the hash of their key; 1 unless there are
   * two logs.
   */
  readonly partitions: number;
  readonly decisions: Decisions;
  readonly noise: NoisePass;
  /** Captures that are left out, because they stand further above, too; null before that is known. */
  readonly repeated: Repeated | null;
}

/** Lines, by the index of their input. */
export type Repeated = ReadonlyMap<number, readonly number[]>;

/** The lines of a piece: a hash of each, and its number. */
export interface HashedLines {
  readonly keys: BigUint64Array;
  readonly numbers: Uint32Array;
}

/** Whether noise is ignored, learned, or suppressed. */
export type NoisePass =
  | { readonly kind: 'off' }
  | { readonly kind: 'learn' }
  | { readonly kind: 'suppress'; readonly model: NoiseModel };

export type LegFormat = 'leg' | 'har';
export const LOG_SIDES = ['stable', 'candidate', 'control'] as const;
export type LogSide = (typeof LOG_SIDES)[number];

/** Lines with complete captures, to be compared. */
export interface CapturesTask extends Piece {
  readonly kind: 'captures';
  readonly source: number;
}

/** Lines with one side's answers, to be read and sorted into partitions. */
export interface LegsTask extends Piece {
  readonly kind: 'legs';
  readonly source: number;
  readonly format: LegFormat;
}

/** One partition of both sides: answers with the same key are paired and compared. */
export interface JoinTask {
  readonly kind: 'join';
  readonly stable: PartitionContent;
  readonly candidate: PartitionContent;
  readonly control: PartitionContent;
}

/** The part that was written to a file, and the part that is still in memory. */
export interface PartitionContent {
  readonly file: string | null;
  readonly rest: Uint8Array<ArrayBuffer>;
}

export type Task = CapturesTask | LegsTask | JoinTask;

export interface TaskResult {
  readonly summary: Summary;
  /** Learned from a {@link CapturesTask} or a {@link JoinTask}. */
  readonly noise: NoiseModel;
  /** Of a {@link CapturesTask}, while it is not known which captures are repeated: the input, and its lines. */
  readonly lines?: HashedLines & { readonly source: number };
  /** For a {@link LegsTask}: one piece of NDJSON for each partition. */
  readonly partitions: readonly Uint8Array<ArrayBuffer>[];
}
