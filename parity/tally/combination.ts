/**
 * All that counts against a capture: every breaking and undecided difference by location and aspect. Counted beside the
 * captures, so that what turns out to be noise can be suppressed afterwards, whenever and in whatever order it is learned.
 */

import { standsAgainst } from '../causes/index.ts';
import { type Difference, generalPlace } from '../model/index.ts';
import { aspectOf } from './aspect.ts';

/** One difference, or several that are alike: its place is {@link generalPlace}, its aspect {@link aspectOf}. */
export type Against = readonly [kind: 'breaking' | 'undecided', cause: string, place: string, aspect: string];

export interface Combination {
  /** The verdict that is left when all of it is suppressed. */
  readonly rest: 'noise' | 'benign';
  readonly against: readonly Against[];
}

/** What an owner has decided is no noise: no aspect that is learned has this name. */
const RULED = 'by rule';
/** UTF-16 units. A capture of more than that stays what it was found to be. */
const LONGEST = 2000;

/** What {@link combinationOf} reads; null: nothing counts against the capture, or more than can be kept. */
export function combinationKey(differences: readonly Difference[]): string | null {
  const counted = differences.flatMap((d): Against[] =>
    standsAgainst(d.severity)
      ? [[d.severity, d.cause, generalPlace(d), d.rule === undefined ? aspectOf(d) : RULED]]
      : [],
  );
  if (counted.length === 0) return null;
  const against = [...new Set(counted.map((one) => JSON.stringify(one)))].sort();
  const rest: Combination['rest'] = differences.some((d) => d.severity === 'benign') ? 'benign' : 'noise';
  const key = `["${rest}",${against.join(',')}]`;
  return key.length > LONGEST ? null : key;
}

/** @param key made by {@link combinationKey} */
export function combinationOf(key: string): Combination {
  const [rest, ...against]: [Combination['rest'], ...Against[]] = JSON.parse(key);
  return { rest, against };
}

/** By what is left of it. */
export function gravestOf({ rest, against }: Combination): 'breaking' | 'undecided' | Combination['rest'] {
  if (against.some(([kind]) => kind === 'breaking')) return 'breaking';
  return against.length > 0 ? 'undecided' : rest;
}
