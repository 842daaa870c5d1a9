/** What caches may do with an answer (RFC 9111), and whether they may do more with the candidate's. */
import type { ResponseLeg } from '../../../capture/format/index.ts';
import { codingsOf, firstValue, httpDate, membersOf } from '../../../http/index.ts';
import type { Side } from '../../../sides/index.ts';
import type { Cause } from '../../causes/index.ts';
import type { Answers } from '../../model/index.ts';
import { tokensOf } from './token-set.ts';

/** Who may store an answer: nobody, the client only, or any cache on the way. */
type Keeper = 'nobody' | 'client' | 'anybody';

interface Leave {
  readonly keeper: Keeper;
  /**
   * For how many seconds the answer may be reused without revalidation. `guessed`: no lifetime is given, and caches may
   * estimate one from Last-Modified (RFC 9111, 4.2.2); `unsaid`: there is no Last-Modified either.
   */
  readonly fresh: number | 'guessed' | 'unsaid';
  /** The same for shared caches, if they have a separate lifetime (RFC 9111, 5.2.2.10). */
  readonly shared: Leave['fresh'];
  /** The remaining directives, sorted. */
  readonly others: string;
}

const WIDTH: Readonly<Record<Keeper, number>> = { nobody: 0, client: 1, anybody: 2 };

/** Directives that `keeper` and `fresh` already cover. */
const READ = new Set(['no-store', 'private', 'public', 'no-cache', 'max-age', 's-maxage']);

/**
 * Directives that may name the fields to which they are limited (RFC 9111, 5.2.2.4 and 5.2.2.7). Many caches ignore the
 * limit.
 */
const QUALIFIED = new Set(['no-cache', 'private']);

/** Compares Cache-Control, or Expires and Pragma if there is none. */
export function changeOfCaching(name: string, answers: Answers): Cause | null {
  const [a, b] = [leaveOf('stable', answers), leaveOf('candidate', answers)];
  const control = (side: Side) => firstValue(answers[side].headers, 'cache-control');
  if (name !== 'cache-control' && control('stable') !== control('candidate')) return 'header-unread';
  if (a.keeper === 'nobody' && b.keeper !== 'nobody') return 'cache-shared';
  if (WIDTH[b.keeper] > WIDTH[a.keeper])
    return b.fresh === 0 || b.fresh === 'unsaid' ? 'cache-lifetime' : 'cache-shared';
  if (isLonger(a.fresh, b.fresh) || (b.keeper === 'anybody' && isLonger(a.shared, b.shared))) return 'cache-stale';
  const alike = a.keeper === b.keeper && a.others === b.others;
  return alike && a.fresh === b.fresh && a.shared === b.shared ? 'header-unread' : 'cache-lifetime';
}

/** Stable required revalidation for every use, and the candidate does not. */
const isLonger = (a: Leave['fresh'], b: Leave['fresh']) => a === 0 && typeof b === 'number' && b > 0;

/** Compares Vary (RFC 9110, 12.5.5), the request fields by which caches distinguish answers. */
export function changeOfVary(a: readonly string[], b: readonly string[], answers: Answers): Cause | null {
  const [stable, candidate] = [tokensOf(a), tokensOf(b)];
  if (candidate.includes('*')) return isReused(leaveOf('stable', answers)) ? 'cache-lifetime' : 'header-wider';
  const coded = isKeptCoded(answers);
  const lost = stable.filter((field) => !candidate.includes(field) && (coded || field !== 'accept-encoding'));
  if (lost.length === 0) return 'header-wider';
  const origin = firstValue(answers.candidate.headers, 'access-control-allow-origin');
  const sameForAll = lost.every((field) => field === 'origin') && origin === '*';
  const { keeper, fresh } = leaveOf('candidate', answers);
  if (sameForAll || keeper === 'nobody') return 'header-unread';
  return fresh === 0 || fresh === 'unsaid' ? null : 'vary-missing';
}

/** Caches may use it again without asking. */
const isReused = ({ fresh }: Leave) => typeof fresh === 'number' && fresh > 0;

/** Caches on the way may hand the candidate's compressed answer to a client that does not take its coding. */
export function isKeptCoded(answers: Answers): boolean {
  const leave = leaveOf('candidate', answers);
  return leave.keeper === 'anybody' && isReused(leave) && codingsOf(answers.candidate).length > 0;
}

function leaveOf(side: Side, answers: Answers): Leave {
  const leg = answers[side];
  const directives = new Map(directivesOf(leg));
  const others = [...directives]
    .filter(([name, value]) => !READ.has(name) || (QUALIFIED.has(name) && value !== ''))
    .map(([name, value]) => `${name}=${value}`);
  const keeper = keeperOf(answers, directives);
  const fresh = keeper === 'nobody' ? 0 : freshOf(leg, directives, answers.at);
  const said = keeper === 'anybody' && !directives.has('no-cache') ? directives.get('s-maxage') : undefined;
  const shared = said === undefined ? fresh : secondsOf(said);
  // If nobody may store the answer, other directives have no effect.
  return { keeper, fresh, shared, others: keeper === 'nobody' ? '' : others.sort().join() };
}

function directivesOf({ headers }: ResponseLeg): (readonly [name: string, value: string])[] {
  const values = headers.flatMap(([name, value]) => (name.toLowerCase() === 'cache-control' ? [value] : []));
  return membersOf(values).map((member) => {
    const [name = '', value = ''] = member.toLowerCase().split('=');
    return [name.trim(), value.trim()] as const;
  });
}

/**
 * In practice, answers to other methods are not stored. Answers to a request with Authorization need explicit
 * permission (RFC 9111, 3.5).
 */
function keeperOf({ request }: Answers, directives: ReadonlyMap<string, string>): Keeper {
  if (directives.has('no-store') || (request.method !== 'GET' && request.method !== 'HEAD')) return 'nobody';
  const authorised = firstValue(request.headers ?? [], 'authorization') !== null;
  const shared = directives.has('public') || directives.has('s-maxage') || directives.has('must-revalidate');
  return directives.has('private') || (authorised && !shared) ? 'client' : 'anybody';
}

function freshOf({ headers }: ResponseLeg, directives: ReadonlyMap<string, string>, at: string): Leave['fresh'] {
  if (directives.has('no-cache')) return 0;
  const said = directives.get('max-age') ?? directives.get('s-maxage');
  if (said !== undefined) return secondsOf(said);
  if (directives.size === 0 && /\bno-cache\b/i.test(firstValue(headers, 'pragma') ?? '')) return 0;
  const expires = firstValue(headers, 'expires');
  if (expires === null) return firstValue(headers, 'last-modified') === null ? 'unsaid' : 'guessed';
  const life = ((httpDate(expires) ?? Number.NaN) - Date.parse(firstValue(headers, 'date') ?? at)) / 1000;
  return Number.isNaN(life) ? 0 : Math.max(0, Math.round(life));
}

const secondsOf = (value: string) => Number(value.replaceAll('"', '')) || 0;
