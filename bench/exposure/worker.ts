/** A thread that receives numbers of cells and returns their results. */
import { parentPort, workerData } from 'node:worker_threads';
import { cells } from './cells.ts';
import { FIRST_SEED, tally } from './tally.ts';

export interface AskedRuns {
  readonly runs: number;
  /** The one policy to run beside the oracles; null for all. */
  readonly policy: string | null;
}

const all = cells();
const { runs, policy }: AskedRuns = workerData;
parentPort?.on('message', (index: number) => {
  const cell = all[index];
  if (cell !== undefined)
    parentPort?.postMessage(tally(cell, runs, FIRST_SEED, policy === null ? undefined : [policy]));
});
