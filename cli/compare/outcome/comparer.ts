/** The comparer as the commands use it: contents are decoded, and what owners have decided holds. */
import { decodeContent } from '../../../capture/bytes/index.ts';
import { type Compare, type CompareOptions, compareRecord } from '../../../parity/compare/index.ts';
import { compileRules, expiredRules, type RuleSet, sweepingRules } from '../../../parity/rules/index.ts';
import { type NoiseModel, withNoise } from '../../../parity/tally/index.ts';

/**
 * @param at which rules apply is decided at this moment, in milliseconds, once for a run
 * @param noise what was learned, and is let off
 */
export function comparer(rules: RuleSet, at: number, noise?: NoiseModel): Compare {
  const options = compareOptions(rules, at);
  const learned = noise === undefined ? options : { ...options, rules: withNoise(options.rules, noise) };
  return (record) => compareRecord(record, learned);
}

export function compareOptions(rules: RuleSet, at: number) {
  return { decode: decodeContent, rules: compileRules(rules, new Date(at)) } satisfies CompareOptions;
}

/** What a reader must know of the rules. */
export function notesOn(rules: RuleSet, at: number): string[] {
  return [
    ...expiredRules(rules, new Date(at)).map(
      ({ id, owner, expires }) => `Rule ${id} of ${owner} expired on ${expires} and did not apply.`,
    ),
    ...sweepingRules(rules).map(
      ({ id, owner }) => `Rule ${id} of ${owner} excuses failed responses on every route; name the route.`,
    ),
  ];
}
