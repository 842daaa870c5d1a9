/** One comparison from its inputs to its outcome: all cores, bounded memory, and nothing left behind. */

import type { Input } from '../inputs/index.ts';
import { compareLogs } from './compare-logs.ts';
import { comparePairsOf, type PairsOutcome } from './compare-pairs.ts';
import type { DiffSettings } from './reading.ts';

/** What is compared: captured pairs, or two sides' logs. */
export type DiffInputs =
  | { readonly kind: 'pairs'; readonly inputs: readonly Input[] }
  | { readonly kind: 'logs'; readonly stable: readonly Input[]; readonly candidate: readonly Input[] };

/** All inputs, in the order in which positions number them. */
export function sourcesOf(inputs: DiffInputs): readonly Input[] {
  return inputs.kind === 'pairs' ? inputs.inputs : [...inputs.stable, ...inputs.candidate];
}

export async function runDiff(inputs: DiffInputs, settings: DiffSettings): Promise<PairsOutcome> {
  if (inputs.kind === 'pairs') return comparePairsOf(inputs.inputs, settings);
  return { summary: await compareLogs(inputs, settings), noise: [], notes: [] };
}
