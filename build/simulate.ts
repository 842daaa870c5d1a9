/**
 * `npm run simulate -- --seeds 10000`: simulates complete cutovers from that many seeds, reports the results, and keeps
 * a story of each broken invariant. `--seed N` or `--story FILE` simulates one and prints what happened, line by line.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { synthesise } from '../rehearsal/scenario/index.ts';
import {
  draw,
  MET,
  type Met,
  type Program,
  printScenario,
  programOf,
  read,
  type SimulatedScenario,
  simulate,
} from '../rehearsal/simulation/index.ts';
import type { Batch, SimulatedBatch, SimulationFinding, WorkerInput } from './simulation/worker.ts';

const ROOT = join(import.meta.dirname, '..');
const KEPT = join(ROOT, '.crossfade', 'simulation');
/** Small enough to show progress, and for the threads to end together. */
const BATCH = 25;
const SHRUNK_EACH = 3;
const PROGRESS_MS = 2_000;
const WHERE: Readonly<Record<Met, string>> = {
  nothing: 'where nothing stood in the way',
  faults: 'where calls of the rollback failed or functions died',
  tasks: 'where the stable side had to be given its tasks or targets first',
};

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string' },
    story: { type: 'string' },
  },
});

const synthesis = await synthesise();
const program = programOf(synthesis.assembly);
await synthesis.dispose();
if (values.story !== undefined) await one(program, read(readFileSync(values.story, 'utf8')));
else if (values.seed !== undefined) await one(program, draw(whole('seed', values.seed)));
else await many(program, whole('from', values.from), whole('seeds', values.seeds), whole('workers', values.workers));

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`--${name} must be a whole number (got ${text})`);
  return value;
}

async function one(program: Program, scenario: SimulatedScenario): Promise<void> {
  const { trace, violations, ends } = await simulate(program, scenario);
  process.stdout.write(`${printScenario(scenario)}\n${trace.join('\n')}\n\n${JSON.stringify(ends)}\n`);
  for (const { invariant, at, what } of violations) console.log(`BROKEN ${invariant} after ${at / 1000} s: ${what}`);
  if (violations.length === 0) console.log('Every invariant held.');
  process.exitCode = violations.length === 0 ? 0 : 1;
}

async function many(program: Program, from: number, seeds: number, workers: number): Promise<void> {
  const startedAt = performance.now();
  const results: SimulatedBatch[] = [];
  let [next, done] = [from, 0];
  const take = (): Batch | null => {
    if (next >= from + seeds) return null;
    const batch = { from: next, count: Math.min(BATCH, from + seeds - next) };
    next += batch.count;
    return batch;
  };
  const progress = setInterval(() => say(done, seeds, startedAt, results), PROGRESS_MS);
  const onResult = (result: SimulatedBatch) => {
    results.push(result);
    done += result.seeds;
  };
  try {
    await Promise.all(Array.from({ length: workers }, () => thread(program, take, onResult)));
  } finally {
    clearInterval(progress);
  }
  conclude(results, (performance.now() - startedAt) / 1000);
}

function thread(program: Program, take: () => Batch | null, onResult: (result: SimulatedBatch) => void): Promise<void> {
  const workerData: WorkerInput = { program, shrunkEach: SHRUNK_EACH };
  const worker = new Worker(join(import.meta.dirname, 'simulation', 'worker.ts'), { workerData });
  return new Promise((resolve, reject) => {
    const go = () => {
      const batch = take();
      if (batch === null) void worker.terminate().then(() => resolve());
      else worker.postMessage(batch);
    };
    worker.on('error', reject);
    worker.on('message', (result: SimulatedBatch) => {
      onResult(result);
      go();
    });
    go();
  });
}

function say(done: number, seeds: number, startedAt: number, results: readonly SimulatedBatch[]): void {
  const broken = results.reduce((sum, r) => sum + r.findings.length, 0);
  const rate = done / ((performance.now() - startedAt) / 60_000);
  process.stderr.write(`${done} of ${seeds} seeds, ${Math.round(rate)} a minute, ${broken} broken invariants\n`);
}

function conclude(results: readonly SimulatedBatch[], seconds: number): void {
  const sum = (pick: (r: SimulatedBatch) => number) => results.reduce((total, r) => total + pick(r), 0);
  const seeds = sum((r) => r.seeds);
  const hours = sum((r) => r.virtualMs) / 3_600_000;
  const ends = merged(results.map((r) => r.ends));
  const faults = merged(results.map((r) => r.faults));
  const runs = Object.values(ends).reduce((a, b) => a + b, 0);
  const toSafe = results.flatMap((r) => [...r.toSafe]);
  const calls = results.flatMap((r) => [...r.callsToWrite]);
  console.log(`${seeds} seeds, ${runs} runs, ${Math.round(hours)} virtual hours in ${Math.round(seconds)} s`);
  console.log(`ends: ${table(ends)}`);
  console.log(`faults: ${table(faults)}`);
  for (const met of MET) {
    const ms = toSafe.filter((each) => each.met === met).map((each) => each.ms);
    if (ms.length > 0)
      console.log(`trigger to safe weights, ${WHERE[met]}: ${percentiles(ms)} (${ms.length} rollbacks)`);
  }
  if (calls.length > 0)
    console.log(
      `sequential calls to the first write of a rollback that met no fault: ${table(merged(calls.map((n) => ({ [n]: 1 }))), ' in ')}`,
    );
  const findings = results.flatMap((r) => [...r.findings]).sort((a, b) => a.seed - b.seed);
  for (const finding of findings) report(finding);
  console.log(findings.length === 0 ? 'Every invariant held.' : `${findings.length} broken invariants.`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

function report({ seed, invariant, what, least }: SimulationFinding): void {
  console.log(`BROKEN ${invariant}, seed ${seed}: ${what}`);
  if (least === null) return;
  mkdirSync(KEPT, { recursive: true });
  const file = join(KEPT, `${invariant.replaceAll(/\W+/g, '-')}-${seed}.txt`);
  writeFileSync(file, `# ${invariant}: ${what}\n${printScenario(least)}`);
  console.log(`  repeat: npm run simulate -- --story ${relative(ROOT, file)}`);
}

function percentiles(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  return [50, 90, 99, 100].map((p) => `p${p} ${(quantile(sorted, p) / 1000).toFixed(2)} s`).join(', ');
}

function merged(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const part of parts) for (const [key, count] of Object.entries(part)) all[key] = (all[key] ?? 0) + count;
  return all;
}

function table(counts: Readonly<Record<string, number>>, between = ' '): string {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return rows.map(([name, count]) => `${name}${between}${count}`).join(', ');
}

function quantile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))] ?? 0;
}
