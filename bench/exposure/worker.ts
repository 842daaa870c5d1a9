/** One thread: takes numbers of cells, answers with their results. */
import { parentPort, workerData } from 'node:worker_threads';
import { cells } from './cells.ts';
import { tally } from './tally.ts';

const all = cells();
parentPort?.on('message', (index: number) => {
  const cell = all[index];
  if (cell !== undefined) parentPort?.postMessage(tally(cell, workerData));
});
