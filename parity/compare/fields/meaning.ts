/**
 * The consequences for readers if a field is missing or changed, according to the standard that defines the field, in
 * one table (docs/adr/0066). For other fields, the owner decides.
 */
import { firstValue, httpDate, isRedirect, parseMediaType } from '../../../http/index.ts';
import type { Cause } from '../../causes/index.ts';
import type { Answers } from '../../model/index.ts';
import { changeOfCaching, changeOfVary } from './caching.ts';
import { isWider } from './cors.ts';
import { challengesOf } from './field-grammar.ts';
import { changeOfLinks } from './links.ts';
import { tokensOf } from './token-set.ts';

/** A field that differs: its values on each side, empty if the side does not send it. */
export interface FieldChange {
  readonly name: string;
  readonly stable: readonly string[];
  readonly candidate: readonly string[];
  readonly answers: Answers;
}

/** Returns null if the standard does not say. */
type Meaning = (change: FieldChange) => Cause | null;

const lost =
  (cause: Cause): Meaning =>
  ({ candidate }) =>
    candidate.length === 0 ? cause : null;

const added =
  (cause: Cause): Meaning =>
  ({ stable }) =>
    stable.length === 0 ? cause : null;

/** Codings of gRPC messages; `identity` means none. */
const codings = (values: readonly string[]) => tokensOf(values).filter((coding) => coding !== 'identity');

const protection = lost('protection-missing');

/** Protects the content of an answer; a redirect has no content to protect. */
const pageProtection: Meaning = ({ candidate, answers }) => {
  if (candidate.length > 0) return null;
  return isRedirect(answers.stable) && isRedirect(answers.candidate) ? 'header-unread' : 'protection-missing';
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  // RFC 9110, 14.3: announces that ranges may be requested. `none` means the same as a missing field.
  'accept-ranges': ({ stable }) => (stable.length === 0 || stable.join() === 'none' ? 'header-unread' : null),
  // RFC 9110, 10.2.1: OPTIONS asks for it; elsewhere it is for information.
  allow: ({ stable, candidate, answers }) => {
    const [a, b] = [tokensOf(stable), tokensOf(candidate)];
    const gone = a.filter((method) => !b.includes(method));
    if (a.length > 0 && gone.length === 0) return 'header-wider';
    // HEAD is implied by GET, and OPTIONS has just been answered.
    const missed = gone.some((method) => method !== 'options' && (method !== 'head' || !b.includes('get')));
    return answers.request.method === 'OPTIONS' && candidate.length > 0 && missed ? 'method-lost' : null;
  },
  // RFC 9111, 5.2 to 5.4
  'cache-control': ({ name, answers }) => changeOfCaching(name, answers),
  expires: ({ name, answers }) => changeOfCaching(name, answers),
  pragma: ({ name, answers }) => changeOfCaching(name, answers),
  // W3C Clear Site Data
  'clear-site-data': ({ stable, candidate }) =>
    tokensOf(stable).every((kind) => tokensOf(candidate).includes(kind)) ? null : 'site-data-kept',
  // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: the status of a call without messages, which has no
  // separate trailers.
  'grpc-status': ({ stable, candidate }) =>
    candidate.length > 0 && (stable.length > 0 || candidate.join() !== '0') ? 'call-status' : null,
  'grpc-accept-encoding': ({ stable, candidate }) =>
    codings(stable).every((coding) => codings(candidate).includes(coding)) ? 'header-wider' : null,
  'grpc-encoding': ({ stable, candidate }) =>
    codings(stable).join() === codings(candidate).join() ? 'header-unread' : null,
  // RFC 6455, 4.1: a client closes the connection if it is given a protocol that it did not ask for.
  'sec-websocket-protocol': ({ answers }) => (answers.stable.status === 101 ? 'subprotocol' : null),
  // Reports are sent to the owner (Reporting API, Network Error Logging).
  nel: added('header-unread'),
  'report-to': added('header-unread'),
  'reporting-endpoints': added('header-unread'),
  // RFC 6266, 4.2: `inline` means the same as a missing field; any unknown type is read as `attachment`.
  'content-disposition': ({ stable, candidate }) => {
    const isShown = ([value = 'inline']: readonly string[]) => /^\s*inline\s*(?:;|$)/i.test(value);
    if (isShown(stable) !== isShown(candidate)) return 'disposition';
    return stable.length === 0 || candidate.length === 0 || fileNameOf(stable) === fileNameOf(candidate)
      ? 'header-unread'
      : null;
  },
  // RFC 9110, 15.3.7
  'content-range': ({ stable, answers }) =>
    stable.length > 0 && answers.stable.status === 206 && answers.candidate.status === 206 ? 'content-range' : null,
  // RFC 8288
  link: ({ stable, candidate, answers }) => changeOfLinks(stable, candidate, answers),
  // RFC 9110, 11.6.1 and 11.7.1
  'proxy-authenticate': (change) => changeOfChallenges(change, 407),
  'www-authenticate': (change) => changeOfChallenges(change, 401),
  // RFC 9110, 10.2.3
  'retry-after': ({ stable, candidate }) =>
    candidate.length > 0 && tellsWhen(stable) && !tellsWhen(candidate) ? 'header-malformed' : null,
  // RFC 9110, 12.5.5
  vary: ({ stable, candidate, answers }) => changeOfVary(stable, candidate, answers),
  // Browsers work without these fields, but protect less.
  'content-security-policy': pageProtection,
  'cross-origin-embedder-policy': protection,
  'cross-origin-opener-policy': protection,
  'cross-origin-resource-policy': protection,
  'permissions-policy': pageProtection,
  'referrer-policy': protection,
  'strict-transport-security': protection,
  'x-content-type-options': pageProtection,
  'x-frame-options': pageProtection,
};

/** Seconds, or a date. */
const tellsWhen = (values: readonly string[]) => /^\d+$/.test(values.join()) || httpDate(values.join()) !== null;

/**
 * The name under which a download is saved: `filename*` takes precedence over `filename` (RFC 6266, 4.3). null if it
 * cannot be parsed.
 */
function fileNameOf([value = '']: readonly string[]): string | null {
  const { parameters } = parseMediaType(value);
  const [, escaped] = /^utf-8'[^']*'((?:[^%]|%[0-9a-f]{2})*)$/i.exec(parameters.get('filename*') ?? '') ?? [];
  if (escaped === undefined) return parameters.get('filename') ?? null;
  try {
    return decodeURIComponent(escaped);
  } catch (error) {
    if (error instanceof URIError) return parameters.get('filename') ?? null;
    throw error;
  }
}

export function meaningOf(change: FieldChange): Cause | null {
  const meaning = Object.hasOwn(MEANINGS, change.name) ? MEANINGS[change.name] : undefined;
  return change.name.startsWith('access-control-') ? changeOfCors(change) : (meaning?.(change) ?? null);
}

/** Browsers ignore these fields if no origin is allowed, so a missing one may have no effect (Fetch standard). */
function changeOfCors({ name, stable, candidate, answers }: FieldChange): Cause | null {
  if (isWider(name, stable, candidate, answers)) return 'cors-wider';
  // For how long a browser need not ask again.
  if (name === 'access-control-max-age') return 'header-unread';
  if (isUnasked(answers)) return 'cors-unasked';
  const unread = firstValue(answers.stable.headers, 'access-control-allow-origin') === null && candidate.length === 0;
  return unread || isEchoed(name, stable, candidate, answers) ? null : 'cors';
}

/**
 * Whether no browser asked, and the candidate says nothing, as many servers do then (Fetch standard, "CORS request").
 */
function isUnasked({ request, candidate }: Answers): boolean {
  const named = request.headers === undefined || firstValue(request.headers, 'origin') !== null;
  return !named && !candidate.headers.some(([name]) => name.toLowerCase().startsWith('access-control-'));
}

/**
 * Stable allowed any origin. The candidate allows the origin that asked, and Vary says that others get another answer,
 * which is unknown.
 */
function isEchoed(name: string, stable: readonly string[], allowed: readonly string[], answers: Answers): boolean {
  if (name !== 'access-control-allow-origin' || stable.join() !== '*') return false;
  const vary = answers.candidate.headers.flatMap(([field, value]) => (field.toLowerCase() === 'vary' ? [value] : []));
  return allowed.join() === firstValue(answers.request.headers ?? [], 'origin') && tokensOf(vary).includes('origin');
}

/** Clients respond to a scheme that they know. Another realm only makes them ask for credentials again. */
function changeOfChallenges({ stable, candidate, answers }: FieldChange, status: number): Cause | null {
  if (stable.length === 0 || answers.stable.status !== status || answers.candidate.status !== status) return null;
  const [a, b] = [stable, candidate].map((values) => challengesOf(values.join(', ')));
  if (!a?.every(({ scheme }) => b?.some((other) => other.scheme === scheme))) return 'challenge';
  const kept = (one: (typeof a)[number]) => b?.some((other) => JSON.stringify(other) === JSON.stringify(one)) === true;
  return a.every(kept) ? 'header-wider' : null;
}
