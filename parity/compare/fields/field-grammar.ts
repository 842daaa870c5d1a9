/** Values of fields that have a grammar, written otherwise: spacing, quotes and case that mean nothing. */
import { membersOf, splitOutsideQuotes, unquote } from '../../../http/index.ts';
import { tokensOf } from './token-set.ts';

/** Members, each with parameters in any order: Content-Disposition (RFC 6266), HSTS (RFC 6797), structured fields (RFC 9651), Link (RFC 8288). */
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

/** Members are a dictionary (RFC 9651, 3.2): they have a name and no order, and `i` says `i=?1`. */
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

/** Semicolons stand between equals, so that none of them is the first. */
const UNORDERED = new Set(['strict-transport-security']);

/** One word, or a list of words, whose case says nothing. */
const CASELESS = new Set([
  'content-range',
  'cross-origin-resource-policy',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
]);

/** Directives between semicolons, each a name and its sources (CSP 3). */
const DIRECTIVES = new Set(['content-security-policy', 'content-security-policy-report-only', 'feature-policy']);

/** `name` in lower case. */
export function writtenAlike(name: string, a: string, b: string): boolean {
  if (name === 'www-authenticate' || name === 'proxy-authenticate') return challenges(a) === challenges(b);
  if (DIRECTIVES.has(name)) return directives(a) === directives(b);
  // For whom it is meant, not in what order (RFC 9110, 8.5).
  if (name === 'content-language') return tokensOf([a]).join() === tokensOf([b]).join();
  if (CASELESS.has(name)) return membersOf([a]).join().toLowerCase() === membersOf([b]).join().toLowerCase();
  if (PARAMETERS.has(name)) return parameterised(a, name) === parameterised(b, name);
  return name.startsWith('x-ratelimit-') ? Number(a) === Number(b) : false;
}

/** Each a scheme and its parameters, which have no order (RFC 9110, 11.2 and 11.6.1); a comma stands between both. */
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

/** The first of a name counts (CSP 3, 2.2.1); sources are a set. */
function directives(text: string): string {
  const known = new Map<string, string>();
  for (const directive of text.split(';')) {
    const [name = '', ...sources] = directive.trim().split(/\s+/);
    const key = name.toLowerCase();
    if (key !== '' && !known.has(key)) known.set(key, [...new Set(sources.map(withoutNonce))].sort().join(' '));
  }
  return JSON.stringify([...known].sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** Each answer has one of its own (CSP 3, 7.1). */
const withoutNonce = (source: string) => source.replace(/^'nonce-[^']+'$/i, "'nonce-'");

/** Names are case-insensitive; values are case-sensitive, except single words whose grammar folds case. */
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

/** Of these a value is a keyword or a number, never a text. */
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

/** The charset before an extended value has no case, nor have its escapes (RFC 8187); space within an inner list only stands between its items. */
function normalValue(name: string, value: string): string {
  if (name.endsWith('*'))
    return value
      .replace(/^[^']*/, (charset) => charset.toLowerCase())
      .replaceAll(/%[0-9a-f]{2}/gi, (escaped) => escaped.toUpperCase());
  return value.startsWith('(') ? value.replaceAll(/\s+/g, ' ').replaceAll(/\( | \)/g, (edge) => edge.trim()) : value;
}
