/** The sweep: combines the AWS calls that a cutover makes in each task with every fault, and records the results. */

import type { Assembly } from '../cloud/template/index.ts';
import { FAULTS } from '../cloud/wire/index.ts';
import { parseChaos } from '../scenario/index.ts';
import { type SweepResult, sweepRun } from './sweep-run.ts';

export interface Case {
  /** In the syntax of `--chaos`. */
  readonly text: string;
  /** Whether the fault is injected into a cutover that an alarm rolls back, instead of one that completes. */
  readonly redAlarm: boolean;
}

export interface SweepRequest {
  readonly assembly: Assembly;
  readonly speed: number;
  /** How many of the cases are run; all of them if this is not smaller than their number. */
  readonly sample: number;
  /** Determines which cases a sample contains. */
  readonly seed: number;
  /** Cases at a time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onCase: (done: number, of: number, tried: Case, result: SweepResult) => void;
}

/** Tasks that occur only in a cutover that is rolled back. */
const OF_ROLLBACK = new Set(['Rollback', 'Verify rollback', 'after the end']);

/** @throws if a cutover without any fault does not end as expected, because nothing could be concluded then */
export async function sweep(
  request: SweepRequest,
): Promise<{ readonly cases: number; readonly results: ReadonlyMap<Case, SweepResult> }> {
  const { assembly, speed, signal } = request;
  const options = (redAlarm: boolean) => ({ assembly, speed, signal, redAlarm });
  const clean = await sweepRun([], options(false));
  const back = await sweepRun([], options(true));
  if (clean.outcome !== 'completed' || back.outcome !== 'rolled back')
    throw new Error(
      `without a fault the cutovers ended ${clean.outcome} (${clean.cause}) and ${back.outcome} (${back.cause})`,
    );
  const all = [...casesOf(clean, false), ...casesOf(back, true)];
  const chosen = sampled(all, request.sample, request.seed);
  const results = new Map<Case, SweepResult>();
  const queue = [...chosen];
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const result = await sweepRun([parseChaos(next.text)], options(next.redAlarm));
      results.set(next, result);
      request.onCase(results.size, chosen.length, next, result);
    }
  };
  await Promise.all(Array.from({ length: request.concurrency }, worker));
  return { cases: all.length, results };
}

function casesOf({ calls }: SweepResult, redAlarm: boolean): Case[] {
  return [...calls.keys()].flatMap((key) => {
    const at = key.lastIndexOf(' ');
    const [task, call] = [key.slice(0, at), key.slice(at + 1)];
    if (task === 'before the start' || OF_ROLLBACK.has(task) !== redAlarm) return [];
    return FAULTS.map((fault) => ({ text: `${call}=${fault}@${task}`, redAlarm }));
  });
}

/**
 * Chosen by a hash of each case (FNV-1a), so that the same seed gives the same cases even if a run has a few more or
 * fewer calls.
 */
function sampled(all: readonly Case[], size: number, seed: number): Case[] {
  const hashOf = ({ text }: Case) => {
    let hash = 0x811c9dc5;
    for (const char of `${seed} ${text}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
    return hash >>> 0;
  };
  const order = all.map((c) => [hashOf(c), c] as const).sort(([a], [b]) => a - b);
  return order.slice(0, size).map(([, c]) => c);
}
