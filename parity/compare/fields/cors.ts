/** Access-Control fields: what a browser lets a script do with the answer (Fetch standard, "CORS protocol"). */
import { firstValue } from '../../../http/index.ts';
import type { Answers } from '../../model/index.ts';
import { tokensOf } from './token-set.ts';

const ALLOWED_HEADERS = 'access-control-allow-headers';

const LISTS = new Set(['access-control-allow-methods', ALLOWED_HEADERS, 'access-control-expose-headers']);

/**
 * Whether the candidate allows everything that stable allows, so that no present client is refused.
 * @param a values of stable
 * @param b values of the candidate
 */
export function isWider(name: string, a: readonly string[], b: readonly string[], { stable }: Answers): boolean {
  // Without the field, stable allows nothing.
  if (a.length === 0) return name.startsWith('access-control-allow-') || LISTS.has(name);
  // `*` does not apply to a request with credentials.
  const withCredentials = firstValue(stable.headers, 'access-control-allow-credentials') === 'true';
  if (name === 'access-control-allow-origin') return !withCredentials && b.join() === '*';
  if (!LISTS.has(name)) return false;
  const [x, y] = [tokensOf(a), tokensOf(b)];
  // Nor does it cover Authorization (Fetch standard, "CORS-preflight fetch").
  const any = !withCredentials && y.includes('*');
  return x.every((token) => y.includes(token) || (any && !(name === ALLOWED_HEADERS && token === 'authorization')));
}
