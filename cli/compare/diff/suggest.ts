/** Suggests rules from captures, which are read once and in the given order. */
import type { CompareOptions } from '../../../parity/compare/index.ts';
import {
  addUnreadable,
  emptySummary,
  StableOverTime,
  type SuggestedRules,
  type Summary,
} from '../../../parity/tally/index.ts';
import { eachCapture, type Input, piecesOf } from '../inputs/index.ts';

export interface Suggestion {
  readonly suggested: SuggestedRules;
  readonly records: number;
  readonly unreadable: Summary['unreadable'];
}

/** @param least in how many repetitions of a request a place must have varied */
export async function suggestFrom(
  inputs: readonly Input[],
  options: CompareOptions,
  least: number,
  signal: AbortSignal,
  onProgress: (bytesRead: number, pairs: number) => void,
): Promise<Suggestion> {
  const over = new StableOverTime(options);
  const summary = emptySummary();
  let records = 0;
  let bytesRead = 0;
  const pieces = piecesOf(inputs, 0, {
    signal,
    onBytes: (bytes) => {
      bytesRead += bytes;
    },
    refuse: (at, reason) => addUnreadable(summary, at, reason),
  });
  for await (const { piece, source } of pieces) {
    eachCapture(
      piece,
      (record) => {
        records++;
        over.add(record);
        // A second answer to the same request counts as the next one in time.
        if (record.noise !== undefined) over.add({ ...record, stable: record.noise });
      },
      (line, reason) => addUnreadable(summary, { source, line }, reason),
    );
    onProgress(bytesRead, records);
  }
  return { suggested: over.suggestRules(least), records, unreadable: summary.unreadable };
}
