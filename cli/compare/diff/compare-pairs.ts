/**
 * Captured pairs: read once, and where that shows places that vary by themselves, a second time by what was learned. What a pair
 * comes to depends on all of them, and there may be more than fit into memory.
 */
import { type NoisyPlace, noisyPlaces, type Summary } from '../../../parity/tally/index.ts';
import { type Input, STDIN } from '../inputs/index.ts';
import { type DiffSettings, Reading } from './reading.ts';
import { type NoisePass, type PairsTask, Pool, usefulThreads } from './threads/index.ts';

export interface PairsOutcome {
  readonly summary: Summary;
  /** What the stable side varied in by itself. */
  readonly noise: readonly NoisyPlace[];
  /** Sentences that a reader must know. */
  readonly notes: readonly string[];
}

export async function comparePairsOf(inputs: readonly Input[], settings: DiffSettings): Promise<PairsOutcome> {
  const once = inputs.find(({ bytes }) => bytes === null);
  const first = new Reading(settings);
  await read(inputs, first, settings, { kind: settings.noise ? 'learn' : 'off' }, once === undefined);
  const noise = noisyPlaces(first.noise);
  const { summary } = first;
  const letOff = noise.filter((place) => place.letOff).length;
  // By a model that lets nothing off every pair comes to the same again.
  if (letOff === 0) return { summary, noise, notes: [] };
  if (once !== undefined)
    return { summary, noise: noise.filter((place) => !place.letOff), notes: [cannotReadTwice(once, letOff)] };
  const second = new Reading(settings, first.bytes);
  await read(inputs, second, settings, { kind: 'let-off', model: first.noise }, true);
  return { summary: second.summary, noise, notes: [] };
}

async function read(
  inputs: readonly Input[],
  reading: Reading,
  { threads, routes, rules, at, signal }: DiffSettings,
  noise: NoisePass,
  mayRepeat: boolean,
): Promise<void> {
  if (noise.kind === 'let-off') reading.readings = 2;
  const pool = new Pool(usefulThreads(inputs, threads), { routes, partitions: 1, rules, at, noise }, signal);
  try {
    const tasks = reading.tasks(inputs, 0, (piece, source): PairsTask => ({ kind: 'pairs', source, ...piece }));
    await pool.each(tasks, (result) => {
      if (mayRepeat && Object.keys(result.noise).length > 0) reading.readings = 2;
      reading.take(result);
    });
  } finally {
    await pool.close();
  }
}

function cannotReadTwice({ file }: Input, places: number): string {
  const what = file === STDIN ? 'standard input' : file;
  return `The control answers show noise that was not suppressed (locations: ${places}), because ${what} cannot be read twice. Give a file.`;
}
