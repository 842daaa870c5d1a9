/**
 * Everything that counts against a capture: each breaking and undecided difference by location and aspect. Stored with
 * the counts, so that differences that prove to be noise can be suppressed later, whenever and in whatever order that
 * is learned.
 */

import { standsAgainst } from '../causes/index.ts';
import { type Difference, generalPlace } from '../model/index.ts';
import { aspectOf } from './aspect.ts';

/** One difference, or several similar ones: its place is {@link generalPlace}, its aspect {@link aspectOf}. */
export type Against = readonly [kind: 'breaking' | 'undecided', cause: string, place: string, aspect: string];

export interface Combination {
  /** The verdict that remains if all of it is suppressed. */
  readonly rest: 'noise' | 'benign';
  readonly against: readonly Against[];
}

/** An owner's decision cannot become noise: no learned aspect has this name. */
const RULED = 'by rule';
/** In UTF-16 units. A capture with a longer key keeps its original verdict. */
const LONGEST = 2000;

/** The key that {@link combinationOf} reads; null if nothing counts against the capture, or more than can be stored. */
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

/** The verdict from the remaining differences. */
export function gravestOf({ rest, against }: Combination): 'breaking' | 'undecided' | Combination['rest'] {
  if (against.some(([kind]) => kind === 'breaking')) return 'breaking';
  return against.length > 0 ? 'undecided' : rest;
}
