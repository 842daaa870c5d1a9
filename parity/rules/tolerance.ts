/** Differences that are small enough to be tolerated. */

import { isWithin } from '../../json/index.ts';
import { type Difference, instantOf } from '../model/index.ts';
import { seenIn } from './excerpt.ts';
import type { Tolerance } from './schema.ts';

/** Whether two numbers, or two timestamps in the same layout, differ by no more than `tolerance` allows. */
export function isTolerated(difference: Difference, tolerance: Tolerance): boolean {
  const [a, b] = [seenIn(difference, 'stable'), seenIn(difference, 'candidate')];
  if (a === null || b === null || a.kind !== b.kind || difference.in === 'status') return false;
  if (a.kind === 'number' || a.kind === 'text') {
    const { absolute, relative } = tolerance;
    const numbers = {
      ...(absolute === undefined ? {} : { absolute }),
      ...(relative === undefined ? {} : { relative }),
    };
    if (isWithin(a.text, b.text, numbers)) return absolute !== undefined || relative !== undefined;
  }
  const { ms } = tolerance;
  if (ms === undefined || a.kind === 'number') return false;
  const [x, y] = [instantOf(a.text), instantOf(b.text)];
  if (x === null || y === null || x.layout !== y.layout) return false;
  return Math.abs(Number(x.nanos - y.nanos)) <= ms * 1e6;
}
