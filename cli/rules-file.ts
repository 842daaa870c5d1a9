/** The rules that an owner has decided on (docs/parity.md, "Rules"), from a JSON file. */
import { readFileSync } from 'node:fs';
import { InvalidRulesError, parseRules, type RuleSet } from '../parity/rules.ts';
import { UsageError } from './exit-codes.ts';

/** No file, no rules. @throws UsageError that names the file and everything that is wrong with it */
export function readRules(file: string | undefined): RuleSet {
  if (file === undefined) return { v: 1, rules: [] };
  try {
    return parseRules(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof InvalidRulesError) throw new UsageError(`--rules: ${file}: ${error.problems.join('; ')}`);
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--rules: ${file}: ${reason}`);
  }
}
