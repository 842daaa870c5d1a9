/** Differences that only mean that one value was replaced by another of the same type. */
import { entryOf } from '../causes/index.ts';
import { ATTRIBUTES, type Difference } from './difference.ts';

export function isOfValues(difference: Difference): boolean {
  const { in: where, cause, stable, candidate } = difference;
  if (stable === null || candidate === null) return false;
  if (where === 'body') return entryOf(cause).ofValue === true;
  return where === 'header' && entryOf(cause).ofFieldForm !== true && difference.within?.endsWith(ATTRIBUTES) !== true;
}
