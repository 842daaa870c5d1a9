/** Compares the captures of a piece, and learns from their second stable answers. */
import type { Compare } from '../../../../parity/compare/index.ts';
import { addCapture, addUnreadable, emptySummary, GatheredNoise, noiseOf } from '../../../../parity/tally/index.ts';
import { eachCapture } from '../../inputs/index.ts';
import type { CapturesTask, TaskResult } from './tasks.ts';

/** @param learn whether to look for noise */
export function compareCaptures(task: CapturesTask, compare: Compare, learn: boolean): TaskResult {
  const summary = emptySummary();
  const { source } = task;
  const noise = new GatheredNoise();
  eachCapture(
    task,
    (record, line) => {
      const comparison = compare(record);
      addCapture(summary, record, comparison, { source, line });
      if (learn && record.noise !== undefined) noise.add(noiseOf(record, compare, comparison));
    },
    (line, reason) => addUnreadable(summary, { source, line }, reason),
  );
  return { summary, noise: noise.model, partitions: [] };
}
