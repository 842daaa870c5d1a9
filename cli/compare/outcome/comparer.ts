/** The comparer for commands: contents are decoded, and the owner's rules and the baseline are applied. */
import { decodeContent } from '../../../capture/bytes/index.ts';
import type { Servers } from '../../../parity/causes/index.ts';
import { type Compare, type CompareOptions, compareRecord } from '../../../parity/compare/index.ts';
import { type Baseline, withBaseline } from '../../../parity/roots/index.ts';
import { compileRules, expiredRules, type RuleSet, sweepingRules } from '../../../parity/rules/index.ts';
import { type NoiseModel, withNoise } from '../../../parity/tally/index.ts';

/** Settings that remain the same throughout a run. */
export interface Decisions {
  readonly rules: RuleSet;
  /** The time at which it is decided which rules apply, in milliseconds. */
  readonly at: number;
  /** Known differences, which do not count. */
  readonly baseline: Baseline;
  /** The servers that advice refers to. */
  readonly servers: Servers;
}

/** @param noise learned noise, which is suppressed */
export function comparer({ rules, at, baseline, servers }: Decisions, noise?: NoiseModel): Compare {
  const options = { ...compareOptions(rules, at), servers };
  const learned = noise === undefined ? options : { ...options, rules: withNoise(options.rules, noise) };
  return withBaseline((record) => compareRecord(record, learned), baseline);
}

export function compareOptions(rules: RuleSet, at: number) {
  return { decode: decodeContent, rules: compileRules(rules, new Date(at)) } satisfies CompareOptions;
}

/** What a reader must know about the rules. */
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
