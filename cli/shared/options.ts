/** Options that several commands have. */
import { userInfo } from 'node:os';
import { Option } from 'commander';
import type { Severity } from '../../parity/causes/index.ts';

/** Severities that may make the result of a comparison negative, most serious first. */
export const FAIL_ON = ['breaking', 'undecided', 'benign'] as const satisfies readonly Severity[];
export type FailOn = (typeof FAIL_ON)[number];

export function failOnOption(): Option {
  return new Option('--fail-on <severity>', 'exit with code 1 if a difference has this severity or a higher one')
    .choices(FAIL_ON)
    .default('undecided');
}

/** `--by`: the name that is recorded with an action. */
export function byOption(description: string): Option {
  return new Option('--by <name>', description).default(userInfo().username, 'your user name');
}

/** For commander: an option that may be repeated. */
export function repeatable(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
