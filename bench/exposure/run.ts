/** `npm run bench -- exposure [runs] [rps]`: what each policy costs customers, by simulation; see traces.ts and policies.ts. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { cells } from './cells.ts';
import { ORACLE } from './oracle.ts';
import { OURS } from './policies.ts';
import { type Mean, type Row, wilson } from './tally.ts';

export async function run([runs = '1000', rate]: string[]): Promise<void> {
  const all = cells().flatMap((cell, index) => (rate === undefined || cell.rps === Number(rate) ? [index] : []));
  const rows = (await inThreads(all, Number(runs))).flat();
  for (const index of new Set(rows.map((r) => `${r.rps} rps, ${r.trace}: ${r.regression ?? 'healthy'}`))) {
    console.log(`\n${index}`);
    console.log(
      `  ${'policy'.padEnd(38)} ${'aborted % [95 %]'.padStart(22)} ${'failed'.padStart(18)} ${'min to 100 %'.padStart(16)}`,
    );
    for (const row of rows) if (`${row.rps} rps, ${row.trace}: ${row.regression ?? 'healthy'}` === index) print(row);
  }
  targets(rows);
}

async function inThreads(indexes: readonly number[], runs: number): Promise<Row[][]> {
  const [queue, done] = [[...indexes], new Map<number, Row[]>()];
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), indexes.length) }, async () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: runs });
      try {
        for (let index = queue.shift(); index !== undefined; index = queue.shift())
          done.set(index, await answer(worker, index));
      } finally {
        await worker.terminate();
      }
    }),
  );
  return indexes.map((index) => done.get(index) ?? []);
}

function answer(worker: Worker, index: number): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    worker.once('message', ({ rows }: { rows: Row[] }) => {
      worker.off('error', reject);
      resolve(rows);
    });
    worker.once('error', reject);
    worker.postMessage(index);
  });
}

function print({ policy, aborts, runs, failed, toFull }: Row): void {
  const [low, high] = wilson(aborts, runs).map((v) => (100 * v).toFixed(1));
  const share = `${((100 * aborts) / runs).toFixed(1)} [${low}, ${high}]`;
  console.log(
    `  ${policy.padEnd(38)} ${share.padStart(22)} ${shown(failed).padStart(18)} ${shown(toFull).padStart(16)}`,
  );
}

function shown(value: Mean | null): string {
  return value === null ? '–' : `${value.mean.toFixed(1)} ± ${value.half.toFixed(1)}`;
}

/** Every cell in which a target is missed; none is left out. */
function targets(rows: readonly Row[]): void {
  const ours = rows.filter((r) => r.policy === OURS);
  const cellOf = (r: Row) => `${r.rps} rps, ${r.trace}, ${r.regression ?? 'healthy'}`;
  const missed = ours.flatMap((own) => {
    const rivals = rows.filter((r) => cellOf(r) === cellOf(own));
    const limit = rivals.find((r) => r.policy === ORACLE);
    const ratio = limit === undefined ? 0 : own.failed.mean / limit.failed.mean;
    const cheaper = rivals.filter((r) => r.policy.endsWith('on our ramp') && r.failed.mean <= own.failed.mean);
    return [
      ...(own.regression === null && own.aborts > 0.01 * own.runs ? [`false aborts ${own.aborts} of ${own.runs}`] : []),
      ...(own.rps >= 500 && ratio > 1.5 ? [`${ratio.toFixed(2)} × the oracle's failed requests`] : []),
      ...(own.margins >= 2 && own.aborts < own.runs ? [`missed ${own.runs - own.aborts} of ${own.runs}`] : []),
      ...(own.regression !== null && cheaper.length > 0
        ? [`not fewer failed than ${cheaper.map((r) => r.policy).join(', ')}`]
        : []),
    ].map((text) => `${cellOf(own)}: ${text}`);
  });
  console.log(`\nTargets missed by ${OURS}: ${missed.length}`);
  for (const line of missed) console.log(`  ${line}`);
}
