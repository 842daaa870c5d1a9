/** Compares captures, each with its control answer if it has one. */
import type { Input } from '../inputs/index.ts';
import type { DiffSettings, Reading } from './reading.ts';
import { type CapturesTask, type NoisePass, Pool, usefulThreads } from './threads/index.ts';
import { type DiffOutcome, inTwoReadings } from './two-readings.ts';

export function compareCapturesOf(inputs: readonly Input[], settings: DiffSettings): Promise<DiffOutcome> {
  return inTwoReadings(inputs, settings, (reading, noise, mayRepeat) =>
    read(inputs, reading, settings, noise, mayRepeat),
  );
}

async function read(
  inputs: readonly Input[],
  reading: Reading,
  { threads, routes, pairBy, decisions, signal }: DiffSettings,
  noise: NoisePass,
  mayRepeat: boolean,
): Promise<void> {
  const { repeated } = reading;
  const pool = new Pool(
    usefulThreads(inputs, threads),
    { routes, pairBy, partitions: 1, decisions, noise, repeated },
    signal,
  );
  try {
    const tasks = reading.tasks(inputs, 0, (piece, source): CapturesTask => ({ kind: 'captures', source, ...piece }));
    await pool.each(tasks, (result) => {
      if (mayRepeat && Object.keys(result.noise).length > 0) reading.readings = 2;
      reading.take(result);
    });
  } finally {
    await pool.close();
  }
}
