/**
 * `npm run bench -- exposure [runs] [rps|all] [threads] [trace] [policy]`: the cost of each policy to customers, by
 * simulation, as Markdown;
 * see traces.ts, held-out.ts and policies.ts. `trace` is a part of the name of a trace or a family; if empty, all.
 * `policy` runs only that one beside the oracles, such as `crossfade`. results.md has the newest figures.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { cells } from './cells.ts';
import { report } from './report.ts';
import type { CellResult } from './tally.ts';
import type { AskedRuns } from './worker.ts';

export async function run([runs = '1000', rate = 'all', threads, trace = '', policy]: string[]): Promise<void> {
  const indexes = cells().flatMap((cell, index) =>
    (rate === 'all' || cell.rps === Number(rate)) && [cell.trace.name, cell.family].some((text) => text.includes(trace))
      ? [index]
      : [],
  );
  const began = performance.now();
  const results = await inThreads(
    indexes,
    { runs: Number(runs), policy: policy ?? null },
    Number(threads ?? availableParallelism()),
  );
  console.log(report(results));
  console.error(`${results.length} cells in ${Math.round((performance.now() - began) / 1000)} s`);
}

async function inThreads(indexes: readonly number[], asked: AskedRuns, threads: number): Promise<CellResult[]> {
  const [queue, done] = [[...indexes], new Map<number, CellResult>()];
  await Promise.all(
    Array.from({ length: Math.min(threads, indexes.length) }, async () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: asked });
      try {
        for (let index = queue.shift(); index !== undefined; index = queue.shift())
          done.set(index, await answer(worker, index));
      } finally {
        await worker.terminate();
      }
    }),
  );
  return indexes.flatMap((index) => done.get(index) ?? []);
}

function answer(worker: Worker, index: number): Promise<CellResult> {
  return new Promise((resolve, reject) => {
    worker.once('message', (result: CellResult) => {
      worker.off('error', reject);
      resolve(result);
    });
    worker.once('error', reject);
    worker.postMessage(index);
  });
}
