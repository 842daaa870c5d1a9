/** How a body's end is told: Content-Length against chunks, and the length that HEAD announces. */

import { firstValue } from '../../../http/index.ts';
import type { Answers, HeaderDifference } from '../../model/index.ts';
import { headerDifference } from './header-difference.ts';

export function compareFraming({ request, stable, candidate }: Answers): HeaderDifference[] {
  const [a, b] = [firstValue(stable.headers, 'content-length'), firstValue(candidate.headers, 'content-length')];
  const [x, y] = [firstValue(stable.headers, 'transfer-encoding'), firstValue(candidate.headers, 'transfer-encoding')];
  if (a !== null && b !== null) {
    // With a body it only repeats the body's own length.
    const announced = request.method === 'HEAD' || stable.status === 304 || candidate.status === 304;
    return a !== b && announced ? [headerDifference('content-length', 'content-length', a, b)] : [];
  }
  if (x?.toLowerCase() !== y?.toLowerCase()) return [headerDifference('framing', 'transfer-encoding', x, y)];
  return a === b ? [] : [headerDifference('content-length', 'content-length', a, b)];
}
