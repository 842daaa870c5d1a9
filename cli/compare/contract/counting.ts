/** Counts captures as they arrive, and again once all variation of stable is known. */

import type { CaptureRecord } from '../../../capture/format/index.ts';
import type { Compare } from '../../../parity/compare/index.ts';
import {
  addCapture,
  emptySummary,
  GatheredNoise,
  type NoiseModel,
  type NoisyPlace,
  noiseOf,
  noisyPlaces,
  type Position,
  type Summary,
} from '../../../parity/tally/index.ts';
import type { Spool } from './spool.ts';

export interface CountedCaptures {
  readonly summary: Summary;
  /** What varied in stable by itself. */
  readonly noise: readonly NoisyPlace[];
}

export class CaptureCounter {
  /** The captures so far, without noise. */
  readonly soFar = emptySummary();
  readonly #comparer: (model?: NoiseModel) => Compare;
  readonly #compare: Compare;
  readonly #spool: Spool | null;
  readonly #noise = new GatheredNoise();

  /** @param spool where captures wait until all have arrived; null: no noise is learned */
  constructor(comparer: (model?: NoiseModel) => Compare, spool: Spool | null) {
    this.#comparer = comparer;
    this.#compare = comparer();
    this.#spool = spool;
  }

  async add(record: CaptureRecord, at: Position): Promise<void> {
    const comparison = this.#compare(record);
    addCapture(this.soFar, record, comparison, at);
    if (this.#spool === null) return;
    this.#noise.add(noiseOf(record, this.#compare, comparison));
    await this.#spool.add({ at, record });
  }

  async end(signal: AbortSignal): Promise<CountedCaptures> {
    const { model } = this.#noise;
    const noise = noisyPlaces(model);
    // If the model suppresses nothing, the counts would be the same again.
    if (this.#spool === null || !noise.some((place) => place.suppressed)) return { summary: this.soFar, noise };
    const summary = emptySummary();
    const compare = this.#comparer(model);
    await this.#spool.each(({ at, record }) => addCapture(summary, record, compare(record), at), signal);
    return { summary, noise };
  }
}
