/** The comparer as the commands use it: contents are decoded, and what owners have decided holds. */
import { decodeContent } from '../../../capture/bytes/index.ts';
import type { Servers } from '../../../parity/causes/index.ts';
import { type Compare, type CompareOptions, compareRecord } from '../../../parity/compare/index.ts';
import { type Baseline, withBaseline } from '../../../parity/roots/index.ts';
import { compileRules, expiredRules, type RuleSet, sweepingRules } from '../../../parity/rules/index.ts';
import { type NoiseModel, withNoise } from '../../../parity/tally/index.ts';

/** What a run goes by, the same from its beginning to its end. */
export interface Decisions {
  readonly rules: RuleSet;
  /** Which rules apply is decided at this moment, in milliseconds. */
  readonly at: number;
  /** Differences that are known, and do not count. */
  readonly baseline: Baseline;
  /** What advice speaks of. */
  readonly servers: Servers;
}

/** @param noise what was learned, and is suppressed */
export function comparer({ rules, at, baseline, servers }: Decisions, noise?: NoiseModel): Compare {
  const options = { ...compareOptions(rules, at), servers };
  const learned = noise === undefined ? options : { ...options, rules: withNoise(options.rules, noise) };
  return withBaseline((record) => compareRecord(record, learned), baseline);
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
