/**
 * Reads the inputs once and, if places vary by themselves, a second time with what was learned. The result for each
 * capture depends on all of them, and there may be more than fit into memory.
 */
import { type NoisyPlace, noisyPlaces, type Summary } from '../../../parity/tally/index.ts';
import { type Input, STDIN } from '../inputs/index.ts';
import { copiesIn } from './copies.ts';
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
  const pass: NoisePass = { kind: settings.noise ? 'learn' : 'off' };
  let first = new Reading(settings);
  await read(first, pass, once === undefined);
  const repeated = first.copies.repeated();
  const copied = repeated === null ? [] : [toldOf(copiesIn(repeated), once)];
  if (repeated !== null && once === undefined) {
    first = new Reading(settings, first.bytes, repeated);
    first.readings = 2;
    await read(first, pass, true);
  }
  const noise = noisyPlaces(first.noise);
  const { summary } = first;
  const suppressed = noise.filter((place) => place.suppressed).length;
  // If the model suppresses nothing, the result would be the same again.
  if (suppressed === 0) return { summary, noise, notes: copied };
  if (once !== undefined)
    return {
      summary,
      noise: noise.filter((place) => !place.suppressed),
      notes: [...copied, cannotReadTwice(once, suppressed)],
    };
  const second = new Reading(settings, first.bytes, repeated ?? new Map());
  second.readings = repeated === null ? 2 : 3;
  await read(second, { kind: 'suppress', model: first.noise }, true);
  return { summary: second.summary, noise, notes: copied };
}

function toldOf(count: number, once: Input | undefined): string {
  const many = count === 1 ? '1 capture repeats an earlier line' : `${count} captures repeat earlier lines`;
  return once === undefined
    ? `${many} of the input and ${count === 1 ? 'counts' : 'count'} once.`
    : `${many} of the input and ${count === 1 ? 'is' : 'are'} counted again, because ${nameOf(once)} cannot be read twice. Give a file.`;
}

const nameOf = ({ file }: Input) => (file === STDIN ? 'standard input' : file);

function cannotReadTwice(once: Input, places: number): string {
  return `The control answers show noise that was not suppressed (locations: ${places}), because ${nameOf(once)} cannot be read twice. Give a file.`;
}
