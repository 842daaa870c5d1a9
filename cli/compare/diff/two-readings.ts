/**
 * Reads the inputs once and, if places vary by themselves, a second time with what was learned. The result for each
 * capture depends on all of them, and there may be more than fit into memory.
 */
import { type NoisyPlace, noisyPlaces, type Summary } from '../../../parity/tally/index.ts';
import { type Input, STDIN } from '../inputs/index.ts';
import { type DiffSettings, Reading } from './reading.ts';
import type { NoisePass } from './threads/index.ts';

export interface DiffOutcome {
  readonly summary: Summary;
  /** What varied in stable by itself. */
  readonly noise: readonly NoisyPlace[];
  /** Sentences that a reader must know. */
  readonly notes: readonly string[];
}

/** @param read reads all inputs; `mayRepeat` says whether they can be read a second time */
export async function inTwoReadings(
  inputs: readonly Input[],
  settings: DiffSettings,
  read: (reading: Reading, noise: NoisePass, mayRepeat: boolean) => Promise<void>,
): Promise<DiffOutcome> {
  const once = inputs.find(({ bytes }) => bytes === null);
  const first = new Reading(settings);
  await read(first, { kind: settings.noise ? 'learn' : 'off' }, once === undefined);
  const noise = noisyPlaces(first.noise);
  const { summary } = first;
  const suppressed = noise.filter((place) => place.suppressed).length;
  // If the model suppresses nothing, the result would be the same again.
  if (suppressed === 0) return { summary, noise, notes: [] };
  if (once !== undefined)
    return { summary, noise: noise.filter((place) => !place.suppressed), notes: [cannotReadTwice(once, suppressed)] };
  const second = new Reading(settings, first.bytes);
  second.readings = 2;
  await read(second, { kind: 'suppress', model: first.noise }, true);
  return { summary: second.summary, noise, notes: [] };
}

function cannotReadTwice({ file }: Input, places: number): string {
  const what = file === STDIN ? 'standard input' : file;
  return `The control answers show noise that was not suppressed (locations: ${places}), because ${what} cannot be read twice. Give a file.`;
}
