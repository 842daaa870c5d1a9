/**
 * Customers: an open loop of requests at a fixed rate, in a thread of its own so that nothing else disturbs its clock.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Pool } from 'undici';
import { clockReader } from '../clock/index.ts';
import type { LoadInput, LoadTick, SideTally } from './load.ts';

const TICK_MS = 250;
const STEP_MS = 5;
/** A step that is later than this had no CPU. */
const LATE_MS = 250;

const { url, rps, mix, clock = { source: { anchor: 0, speed: 1 }, speed: 1 } }: LoadInput = workerData;
const clockNow = clockReader(clock.source);
/**
 * The most customers at a time. If services are too slow for the rate, others come later, because a queue of thousands
 * would outlast the run.
 */
const MOST = 64;

const pool = new Pool(url, { connections: MOST, pipelining: 1 });
const total = mix.reduce((sum, m) => sum + m.weight, 0);
let tick = emptyTick();
let inFlight = 0;
let due = 0;
let stopping = false;
let last = { real: performance.now(), simulated: clockNow() };

const timer = setInterval(() => {
  const now = { real: performance.now(), simulated: clockNow() };
  due = Math.min(due + ((now.simulated - last.simulated) * rps) / clock.speed / 1000, rps);
  const stepMs = now.real - last.real;
  last = now;
  for (; due >= 1 && inFlight < MOST && !stopping; due--) void one();
  if (due >= 1 || stepMs > LATE_MS) tick.waitedMs += stepMs;
}, STEP_MS);
const reporter = setInterval(report, TICK_MS);

parentPort?.on('message', () => {
  stopping = true;
  clearInterval(timer);
  const finish = setInterval(() => {
    if (inFlight > 0) return;
    clearInterval(finish);
    clearInterval(reporter);
    report();
    void pool.close().then(() => parentPort?.postMessage({ done: true }));
  }, 20);
});

async function one(): Promise<void> {
  const { method, path, headers, body } = choose();
  const sentAt = clockNow();
  const startedAt = performance.now();
  const settle = (side: string, ok: boolean) => add(side, ok ? null : sentAt, performance.now() - startedAt);
  inFlight++;
  tick.sent++;
  try {
    const response = await pool.request({
      method,
      path,
      headers: headers?.flat() ?? (body === undefined ? [] : ['content-type', 'application/json']),
      body: body ?? null,
    });
    const side = String(response.headers['x-served-by'] ?? 'unknown');
    await response.body.dump();
    settle(side, response.statusCode < 500);
  } catch {
    settle('unknown', false);
  } finally {
    inFlight--;
  }
}

/** @param failedSentAt when a failed request was sent; null if it did not fail */
function add(side: string, failedSentAt: number | null, ms: number): void {
  const tally: SideTally = tick.sides[side] ?? { ok: 0, failed: 0, failedSentAt: [], latencies: [] };
  tick.sides[side] = tally;
  tally.latencies.push(ms);
  if (failedSentAt === null) tally.ok++;
  else {
    tally.failed++;
    tally.failedSentAt.push(failedSentAt);
  }
}

function choose() {
  let left = Math.random() * total;
  for (const entry of mix) {
    left -= entry.weight;
    if (left < 0) return { ...entry, path: entry.path.replace('{n}', String(1 + Math.floor(Math.random() * 1000))) };
  }
  throw new RangeError('the mix is empty');
}

function report(): void {
  parentPort?.postMessage(tick);
  tick = emptyTick();
}

function emptyTick(): LoadTick {
  return { at: clockNow(), sent: 0, waitedMs: 0, sides: {} };
}
