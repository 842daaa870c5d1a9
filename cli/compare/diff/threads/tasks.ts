/** What a thread of the pool is given, and what it gives back. */

import type { Piece } from '../../../../capture/index.ts';
import type { NoiseModel, Summary } from '../../../../parity/tally/index.ts';
import type { Decisions } from '../../outcome/index.ts';

/** Same for all threads of a run. */
export interface WorkerSettings {
  /** Templates such as `/items/{id}`, for answers whose log names no route. */
  readonly routes: readonly string[];
  /** Request headers, in lower case, that name a request in both logs. */
  readonly pairBy: readonly string[];
  /** Parts into which the legs of two logs are sorted by the hash of their key; 1 where there are no two logs. */
  readonly partitions: number;
  readonly decisions: Decisions;
  readonly noise: NoisePass;
}

/** Whether what varies by itself is left alone, looked for, or suppressed. */
export type NoisePass =
  | { readonly kind: 'off' }
  | { readonly kind: 'learn' }
  | { readonly kind: 'suppress'; readonly model: NoiseModel };

export type LegFormat = 'leg' | 'har';
export const LOG_SIDES = ['stable', 'candidate', 'control'] as const;
export type LogSide = (typeof LOG_SIDES)[number];

/** Lines that hold whole captures: they are compared. */
export interface CapturesTask extends Piece {
  readonly kind: 'captures';
  readonly source: number;
}

/** Lines that hold one side's answers: they are read, and sorted into partitions. */
export interface LegsTask extends Piece {
  readonly kind: 'legs';
  readonly source: number;
  readonly format: LegFormat;
}

/** One partition of both sides: legs with the same key become pairs, and are compared. */
export interface JoinTask {
  readonly kind: 'join';
  readonly stable: PartitionContent;
  readonly candidate: PartitionContent;
  readonly control: PartitionContent;
}

/** What was written to a file, and what still is in memory. */
export interface PartitionContent {
  readonly file: string | null;
  readonly rest: Uint8Array<ArrayBuffer>;
}

export type Task = CapturesTask | LegsTask | JoinTask;

export interface TaskResult {
  readonly summary: Summary;
  /** Learned from a {@link CapturesTask} or a {@link JoinTask}. */
  readonly noise: NoiseModel;
  /** Of a {@link LegsTask}: one piece of NDJSON for each partition. */
  readonly partitions: readonly Uint8Array<ArrayBuffer>[];
}
