/** One comparison from its inputs to its outcome: uses all cores and bounded memory, and leaves nothing behind. */

import type { Input } from '../inputs/index.ts';
import { compareCapturesOf } from './compare-captures.ts';
import { compareLogs, inputsOf, type Logs } from './compare-logs.ts';
import type { DiffSettings } from './reading.ts';
import type { DiffOutcome } from './two-readings.ts';

/** What is compared: captures, or the logs of two sides. */
export type DiffInputs =
  | { readonly kind: 'captures'; readonly inputs: readonly Input[] }
  | ({ readonly kind: 'logs' } & Logs);

/** All inputs, in the order in which positions number them. */
export function sourcesOf(inputs: DiffInputs): readonly Input[] {
  return inputs.kind === 'captures' ? inputs.inputs : inputsOf(inputs);
}

export async function runDiff(inputs: DiffInputs, settings: DiffSettings): Promise<DiffOutcome> {
  if (inputs.kind === 'captures') return compareCapturesOf(inputs.inputs, settings);
  return compareLogs(inputs, settings);
}
