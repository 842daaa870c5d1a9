/** Reads captured pairs, one a line, and compares each. */
import * as z from 'zod';
import { eachLine } from '../../lambdas/lines.ts';
import type { Compare } from '../../parity/compare.ts';
import { captureRecordSchema } from '../../parity/record.ts';
import { addPair, addUnreadable, emptySummary } from '../../parity/summary.ts';
import { firstProblem, parseLine } from './parse-line.ts';
import type { PairsTask, TaskResult } from './tasks.ts';

/** The transform writes its verdict beside a record; here the record is compared anew. */
const lineSchema = captureRecordSchema.extend({ comparison: z.unknown().optional() });

export function comparePairs(task: PairsTask, compare: Compare): TaskResult {
  const summary = emptySummary();
  const { source } = task;
  eachLine(
    task,
    (text, line) => {
      const parsed = lineSchema.safeParse(parseLine(text));
      if (parsed.success) addPair(summary, parsed.data, compare(parsed.data), { source, line });
      else addUnreadable(summary, { source, line }, firstProblem(parsed.error));
    },
    (line, reason) => addUnreadable(summary, { source, line }, reason),
  );
  return { summary, partitions: [] };
}
