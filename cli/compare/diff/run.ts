/** One comparison from its inputs to its outcome: all cores, bounded memory, and nothing left behind. */

import type { Input } from '../inputs/index.ts';
import { compareLogs, inputsOf, type Logs } from './compare-logs.ts';
import { comparePairsOf } from './compare-pairs.ts';
import type { DiffSettings } from './reading.ts';
import type { PairsOutcome } from './two-readings.ts';

/** What is compared: captured pairs, or two sides' logs. */
export type DiffInputs =
  | { readonly kind: 'pairs'; readonly inputs: readonly Input[] }
  | ({ readonly kind: 'logs' } & Logs);

/** All inputs, in the order in which positions number them. */
export function sourcesOf(inputs: DiffInputs): readonly Input[] {
  return inputs.kind === 'pairs' ? inputs.inputs : inputsOf(inputs);
}

export async function runDiff(inputs: DiffInputs, settings: DiffSettings): Promise<PairsOutcome> {
  if (inputs.kind === 'pairs') return comparePairsOf(inputs.inputs, settings);
  return compareLogs(inputs, settings);
}
