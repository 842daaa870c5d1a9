/**
 * How stable varies by itself, for metrics that are emitted as captures arrive: the stored noise, and the noise seen
 * since.
 */
import type { Clock } from '../../../core/model/index.ts';
import { mergeNoise, type NoiseModel, noiseIn, type RouteTallies } from '../../../parity/tally/index.ts';
import type { ParityStore, TallySeries } from './parity-store.ts';

export interface KnownNoise {
  of(series: TallySeries): Promise<NoiseModel>;
  /** Adds what this process has counted since. Counts of other processes are included when the store is read again. */
  add(series: TallySeries, counted: RouteTallies): void;
}

/** A reading includes all hours of a run, so it is not repeated often. */
const READ_EVERY_MS = 600_000;

export function knownNoise(store: Pick<ParityStore, 'read'>, clock: Pick<Clock, 'now'>): KnownNoise {
  let held: { readonly series: string; readonly model: NoiseModel; readonly until: number } | undefined;
  const nameOf = ({ cutoverId, rules }: TallySeries) => `${cutoverId} ${rules}`;
  return {
    async of(series) {
      const now = clock.now();
      if (held?.series !== nameOf(series) || held.until <= now)
        held = { series: nameOf(series), model: noiseIn(await store.read(series)), until: now + READ_EVERY_MS };
      return held.model;
    },
    add(series, counted) {
      if (held?.series === nameOf(series)) held = { ...held, model: mergeNoise(held.model, noiseIn(counted)) };
    },
  };
}
