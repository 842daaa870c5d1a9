/** The owner's rules (docs/reference/parity.md, "Rules"), from a JSON file. */
import { InvalidRulesError, parseRules, type RuleSet } from '../../parity/rules/index.ts';
import { readJsonFile } from './read-file.ts';
import { UsageError } from './usage-error.ts';

/** The file that `--rules` names; without a file there are no rules. @throws UsageError like {@link readRules} */
export function givenRules(file: string | undefined): RuleSet {
  return file === undefined ? { v: 1, rules: [] } : readRules(file, '--rules');
}

/** @param option that named the file @throws UsageError that names the file and every mistake in it */
export function readRules(file: string, option: string): RuleSet {
  const value = readJsonFile(option, file);
  try {
    return parseRules(value);
  } catch (error) {
    if (!(error instanceof InvalidRulesError)) throw error;
    throw new UsageError(`${option}: ${file}: ${error.problems.join('; ')}`);
  }
}
