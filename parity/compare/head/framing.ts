/** How the end of a body is marked: Content-Length or chunks, and the length that an answer to HEAD announces. */

import { codingsOf, firstValue } from '../../../http/index.ts';
import type { Answers, HeaderDifference } from '../../model/index.ts';
import { headerDifference } from './header-difference.ts';

export function compareFraming({ request, stable, candidate }: Answers): HeaderDifference[] {
  const [a, b] = [firstValue(stable.headers, 'content-length'), firstValue(candidate.headers, 'content-length')];
  const [x, y] = [firstValue(stable.headers, 'transfer-encoding'), firstValue(candidate.headers, 'transfer-encoding')];
  if (a !== null && b !== null) {
    // With a body, the field only repeats the body's length.
    if (a === b) return [];
    const follows = follow(Number(a), Number(b)) || codingsOf(stable).join() !== codingsOf(candidate).join();
    if (request.method === 'HEAD' && stable.status === 200 && candidate.status === 200 && !follows)
      return [headerDifference('head-length', 'content-length', a, b)];
    const announced = request.method === 'HEAD' || stable.status === 304 || candidate.status === 304;
    return announced ? [headerDifference('content-length', 'content-length', a, b)] : [];
  }
  if (x?.toLowerCase() !== y?.toLowerCase()) return [headerDifference('framing', 'transfer-encoding', x, y)];
  return a === b ? [] : [headerDifference('content-length', 'content-length', a, b)];
}

/** The difference in length that a final newline and some escapes can make; a GET shows the exact difference. */
const ESCAPES = 0.05;

function follow(a: number, b: number): boolean {
  return a > 0 && b > 0 && Math.abs(a - b) <= Math.max(2, ESCAPES * Math.max(a, b));
}
