/** The rules that an owner has decided on (docs/reference/parity.md, "Rules"), from a JSON file. */
import { readFileSync } from 'node:fs';
import { InvalidRulesError, parseRules, type RuleSet } from '../../parity/rules/index.ts';
import { UsageError } from './exit-codes.ts';

/** What `--rules` names; no file, no rules. @throws UsageError as {@link readRules} */
export function givenRules(file: string | undefined): RuleSet {
  return file === undefined ? { v: 1, rules: [] } : readRules(file, '--rules: ');
}

/** @param option stands before what is wrong @throws UsageError that names the file and everything that is wrong with it */
export function readRules(file: string, option = ''): RuleSet {
  try {
    return parseRules(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `${option}${file}: ${error instanceof InvalidRulesError ? error.problems.join('; ') : message}`,
    );
  }
}
