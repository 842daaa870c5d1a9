/** One reading of the inputs: tasks for the pool, and processing of their results. */
import type { Piece } from '../../../capture/index.ts';
import {
  addUnreadable,
  emptySummary,
  mergeInto,
  mergeNoise,
  NO_NOISE,
  type NoiseModel,
  type Summary,
} from '../../../parity/tally/index.ts';
import { type Input, piecesOf } from '../inputs/index.ts';
import type { Decisions } from '../outcome/index.ts';
import { Copies } from './copies.ts';
import type { Repeated, TaskResult } from './threads/index.ts';

export interface DiffSettings {
  readonly threads: number;
  readonly routes: readonly string[];
  /** Request headers, in lower case, that identify a request in both logs. */
  readonly pairBy: readonly string[];
  readonly decisions: Decisions;
  /** Whether to suppress what varies on stable alone, according to the control answers. */
  readonly noise: boolean;
  /** How many bytes of two logs are kept in memory before they go to temporary files. */
  readonly memory: number;
  readonly signal: AbortSignal;
  /** Called with the number of bytes read, how often all inputs will be read, and the summary so far. */
  readonly onProgress: (bytesRead: number, readings: number, summary: Summary) => void;
}

export class Reading {
  readonly summary = emptySummary();
  noise: NoiseModel = NO_NOISE;
  /** How often all inputs will be read, as far as that is known. */
  readings = 1;
  readonly #settings: DiffSettings;
  #bytes: number;

  readonly copies = new Copies();
  /** Captures that are left out; null before that is known. */
  readonly repeated: Repeated | null;

  /** @param bytes read before @param repeated captures to leave out */
  constructor(settings: DiffSettings, bytes = 0, repeated: Repeated | null = null) {
    this.#settings = settings;
    this.#bytes = bytes;
    this.repeated = repeated;
  }

  get bytes(): number {
    return this.#bytes;
  }

  readonly take = (result: TaskResult): void => {
    mergeInto(this.summary, result.summary);
    this.noise = mergeNoise(this.noise, result.noise);
    if (result.lines !== undefined) this.copies.add(result.lines.source, result.lines);
    this.#settings.onProgress(this.#bytes, this.readings, this.summary);
  };

  async *tasks<T>(
    inputs: readonly Input[],
    firstSource: number,
    task: (piece: Piece, source: number, input: Input) => T,
  ): AsyncGenerator<T> {
    const pieces = piecesOf(inputs, firstSource, {
      signal: this.#settings.signal,
      onBytes: (bytes) => {
        this.#bytes += bytes;
      },
      refuse: (at, reason) => addUnreadable(this.summary, at, reason),
    });
    for await (const { piece, source, input } of pieces) yield task(piece, source, input);
  }
}
