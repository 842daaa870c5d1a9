/** Which differences make the answer of a comparison a no. */
import { Option } from 'commander';
import type { Severity } from '../../parity/causes/index.ts';

/** From the gravest on. */
export const FAIL_ON = ['breaking', 'undecided', 'benign'] as const satisfies readonly Severity[];
export type FailOn = (typeof FAIL_ON)[number];

export function failOnOption(): Option {
  return new Option('--fail-on <severity>', 'exit with code 1 if a difference has this severity or a higher one')
    .choices(FAIL_ON)
    .default('undecided');
}
