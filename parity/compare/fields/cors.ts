/** Access-Control fields: what a browser lets a script do with the answer (Fetch standard, "CORS protocol"). */
import { firstValue, membersOf } from '../../../http/index.ts';
import type { Answers } from '../../model/index.ts';
import { tokensOf } from './token-set.ts';

const ALLOWED_HEADERS = 'access-control-allow-headers';
const ALLOWED_METHODS = 'access-control-allow-methods';

const EXPOSED_HEADERS = 'access-control-expose-headers';

const LISTS = new Set([ALLOWED_METHODS, ALLOWED_HEADERS, EXPOSED_HEADERS]);

/** Fields that scripts read without leave (Fetch standard, "CORS-safelisted response-header name"). */
const ALWAYS_EXPOSED = new Set(
  'cache-control content-language content-length content-type expires last-modified pragma'.split(' '),
);

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
  const read = name === ALLOWED_METHODS ? methodsOf : tokensOf;
  const exposed = (token: string) => name === EXPOSED_HEADERS && ALWAYS_EXPOSED.has(token);
  const [x, y] = [read(a).filter((token) => !exposed(token)), read(b)];
  // Nor does it cover Authorization (Fetch standard, "CORS-preflight fetch").
  const any = !withCredentials && y.includes('*');
  return x.every((token) => y.includes(token) || (any && !(name === ALLOWED_HEADERS && token === 'authorization')));
}

/** Browsers write these in capitals, and `patch` as it is given (Fetch standard, 2.2.1). */
const CAPITALS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** Methods that are allowed, which have a case: `patch` allows no PATCH, and `get` allows nothing. */
const methodsOf = (values: readonly string[]) =>
  membersOf(values).filter((method) => CAPITALS.has(method) || !CAPITALS.has(method.toUpperCase()));
