/** The comparer as the commands use it: contents are decoded, and what owners have decided holds. */
import { decodeContent } from '../lambdas/decode-content.ts';
import { type Compare, compareRecord } from '../parity/compare.ts';
import { compileRules, expiredRules, type RuleSet } from '../parity/rules.ts';

/** @param at which rules apply is decided at this moment, in milliseconds, once for a run */
export function comparer(rules: RuleSet, at: number): Compare {
  const options = { decode: decodeContent, rules: compileRules(rules, new Date(at)) };
  return (record) => compareRecord(record, options);
}

/** What a reader must know of the rules. */
export function notesOn(rules: RuleSet, at: number): string[] {
  return expiredRules(rules, new Date(at)).map(
    ({ id, owner, expires }) => `Rule ${id} of ${owner} expired on ${expires} and did not apply.`,
  );
}
