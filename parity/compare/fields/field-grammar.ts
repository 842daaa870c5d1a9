/** Compares field values by their grammar: spacing, quotes and case that have no meaning are ignored. */
import { membersOf, splitOutsideQuotes, unquote } from '../../../http/index.ts';
import { tokensOf } from './token-set.ts';

/**
 * Lists of members, each with parameters in any order: Content-Disposition (RFC 6266), HSTS (RFC 6797), structured
 * fields (RFC 9651), Link (RFC 8288).
 */
const PARAMETERS = new Set([
  'accept-ch',
  'cache-status',
  'content-digest',
  'content-disposition',
  'cross-origin-embedder-policy',
  'cross-origin-opener-policy',
  'deprecation',
  'digest',
  'expect-ct',
  'keep-alive',
  'link',
  'nel',
  'origin-agent-cluster',
  'permissions-policy',
  'prefer',
  'preference-applied',
  'priority',
  'proxy-status',
  'ratelimit',
  'ratelimit-policy',
  'referrer-policy',
  'refresh',
  'report-to',
  'reporting-endpoints',
  'repr-digest',
  'strict-transport-security',
  'x-frame-options',
  'x-xss-protection',
]);

/** Dictionaries (RFC 9651, 3.2): members have a name and no order, and `i` means `i=?1`. */
const DICTIONARIES = new Set([
  'content-digest',
  'digest',
  'permissions-policy',
  'priority',
  'reporting-endpoints',
  'accept-signature',
  'ratelimit',
  'repr-digest',
]);

/** Fields whose parts between semicolons are all of the same rank, so that none is the main value. */
const UNORDERED = new Set(['strict-transport-security']);

/** Fields with one word or a list of words, in which case has no meaning. */
const CASELESS = new Set([
  'content-range',
  'cross-origin-resource-policy',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
]);

/** Fields with directives between semicolons, each with a name and sources (CSP 3). */
const DIRECTIVES = new Set(['content-security-policy', 'content-security-policy-report-only', 'feature-policy']);

/** @param name in lower case */
export function writtenAlike(name: string, a: string, b: string): boolean {
  if (name === 'www-authenticate' || name === 'proxy-authenticate') return challenges(a) === challenges(b);
  if (DIRECTIVES.has(name)) return directives(a) === directives(b);
  // Content-Language names the intended audience; its order has no meaning (RFC 9110, 8.5).
  if (name === 'content-language') return tokensOf([a]).join() === tokensOf([b]).join();
  if (CASELESS.has(name)) return membersOf([a]).join().toLowerCase() === membersOf([b]).join().toLowerCase();
  if (PARAMETERS.has(name)) return parameterised(a, name) === parameterised(b, name);
  return name.startsWith('x-ratelimit-') ? Number(a) === Number(b) : false;
}

/**
 * Challenges: a scheme with parameters, which have no order (RFC 9110, 11.2 and 11.6.1). Commas separate both
 * challenges and parameters.
 */
function challenges(text: string): string {
  return JSON.stringify(challengesOf(text).map(({ scheme, parameters }) => [scheme, [...parameters].sort()]));
}

interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  readonly parameters: readonly string[];
}

export function challengesOf(text: string): readonly Challenge[] {
  const known: { readonly scheme: string; readonly parameters: string[] }[] = [];
  for (const member of membersOf([text])) {
    const [, scheme, rest = member] = /^([\w!#$%&'*+.^`|~-]+)(?:\s+(.*)|)$/s.exec(member) ?? [];
    if (scheme !== undefined && !/^\s*=/.test(rest)) known.push({ scheme: scheme.toLowerCase(), parameters: [] });
    if (rest !== '' && rest !== scheme) known.at(-1)?.parameters.push(parameter(rest, false));
  }
  return known;
}

/** The first directive of a name counts (CSP 3, 2.2.1), and its sources are a set. */
function directives(text: string): string {
  const known = new Map<string, string>();
  for (const directive of text.split(';')) {
    const [name = '', ...sources] = directive.trim().split(/\s+/);
    const key = name.toLowerCase();
    if (key !== '' && !known.has(key)) known.set(key, [...new Set(sources.map(withoutNonce))].sort().join(' '));
  }
  return JSON.stringify([...known].sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** Each answer has a nonce of its own (CSP 3, 7.1). */
const withoutNonce = (source: string) => source.replace(/^'nonce-[^']+'$/i, "'nonce-'");

/** Names are case-insensitive. Values are case-sensitive, except for words whose grammar ignores case. */
function parameterised(text: string, name: string): string {
  const fold = FOLDED.has(name);
  const members = membersOf([text]).map((member) => {
    const [head = '', ...rest] = splitOutsideQuotes(member, ';').map((part) => part.trim());
    const parameters = rest.filter((part) => part !== '').map((part) => parameter(part, fold));
    return JSON.stringify(
      UNORDERED.has(name)
        ? [parameter(head, fold), ...parameters].sort()
        : [parameter(head, fold), ...parameters.sort()],
    );
  });
  return JSON.stringify(DICTIONARIES.has(name) ? members.sort() : members);
}

/** Parameters whose value is a keyword or a number, never free text. */
const FOLDED = new Set([
  'strict-transport-security',
  'x-frame-options',
  'referrer-policy',
  'x-xss-protection',
  'expect-ct',
]);

function parameter(text: string, fold: boolean): string {
  const at = text.indexOf('=');
  if (at < 0) return text.toLowerCase();
  const name = text.slice(0, at).trim().toLowerCase();
  const value = unquote(text.slice(at + 1).trim());
  if (value === '?1') return name;
  return `${name}=${fold ? value.toLowerCase() : normalValue(name, value)}`;
}

/**
 * The charset of an extended value and its escapes are case-insensitive (RFC 8187). White space within an inner list
 * only separates its items.
 */
function normalValue(name: string, value: string): string {
  if (name.endsWith('*'))
    return value
      .replace(/^[^']*/, (charset) => charset.toLowerCase())
      .replaceAll(/%[0-9a-f]{2}/gi, (escaped) => escaped.toUpperCase());
  return value.startsWith('(') ? value.replaceAll(/\s+/g, ' ').replaceAll(/\( | \)/g, (edge) => edge.trim()) : value;
}
