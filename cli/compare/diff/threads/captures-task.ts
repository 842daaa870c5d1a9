/** Compares the captures of a piece, and learns from their second stable answers. */
import { hash } from 'node:crypto';
import type { Compare } from '../../../../parity/compare/index.ts';
import { addCapture, addUnreadable, emptySummary, GatheredNoise, noiseOf } from '../../../../parity/tally/index.ts';
import { eachCapture } from '../../inputs/index.ts';
import type { CapturesTask, TaskResult } from './tasks.ts';

/** @param learn whether to look for noise @param repeated lines that are left out; null if every line is to be hashed */
export function compareCaptures(
  task: CapturesTask,
  compare: Compare,
  learn: boolean,
  repeated: ReadonlySet<number> | null = null,
): TaskResult {
  const summary = emptySummary();
  const { source } = task;
  const noise = new GatheredNoise();
  const keys: bigint[] = [];
  const numbers: number[] = [];
  eachCapture(
    task,
    (record, line, text) => {
      if (repeated?.has(line)) return;
      if (repeated === null) {
        keys.push(hash('sha1', text, 'buffer').readBigUInt64LE());
        numbers.push(line);
      }
      const comparison = compare(record);
      addCapture(summary, record, comparison, { source, line });
      if (learn && record.noise !== undefined) noise.add(noiseOf(record, compare, comparison));
    },
    (line, reason) => addUnreadable(summary, { source, line }, reason),
  );
  const lines = { source, keys: BigUint64Array.from(keys), numbers: Uint32Array.from(numbers) };
  return { summary, noise: noise.model, lines, partitions: [] };
}
