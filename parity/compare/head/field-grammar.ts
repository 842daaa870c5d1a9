/** Values of fields that have a grammar, written otherwise: spacing, quotes and case that mean nothing. */
import { membersOf, splitOutsideQuotes, unquote } from '../../../http/index.ts';

/** Members, each with parameters in any order: Content-Disposition (RFC 6266), HSTS (RFC 6797), structured fields (RFC 9651), Link (RFC 8288). */
const PARAMETERS = new Set([
  'accept-ch',
  'cache-status',
  'content-disposition',
  'cross-origin-embedder-policy',
  'cross-origin-opener-policy',
  'deprecation',
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
  'report-to',
  'reporting-endpoints',
  'strict-transport-security',
  'www-authenticate',
  'x-frame-options',
  'x-xss-protection',
]);

/** Directives between semicolons, each a name and its sources (CSP 3). */
const DIRECTIVES = new Set(['content-security-policy', 'content-security-policy-report-only', 'feature-policy']);

/** `name` in lower case. */
export function writtenAlike(name: string, a: string, b: string): boolean {
  if (DIRECTIVES.has(name)) return directives(a) === directives(b);
  if (PARAMETERS.has(name)) return parameterised(a, name) === parameterised(b, name);
  return name.startsWith('x-ratelimit-') ? Number(a) === Number(b) : false;
}

/** The first of a name counts (CSP 3, 2.2.1); sources are a set. */
function directives(text: string): string {
  const known = new Map<string, string>();
  for (const directive of text.split(';')) {
    const [name = '', ...sources] = directive.trim().split(/\s+/);
    const key = name.toLowerCase();
    if (key !== '' && !known.has(key)) known.set(key, [...new Set(sources)].sort().join(' '));
  }
  return JSON.stringify([...known].sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** Names have no case; values have, but for those of one word that their grammar folds. */
function parameterised(text: string, name: string): string {
  const fold = FOLDED.has(name);
  return JSON.stringify(
    membersOf([text]).map((member) => {
      const [head = '', ...rest] = splitOutsideQuotes(member, ';').map((part) => part.trim());
      const parameters = rest.filter((part) => part !== '').map((part) => parameter(part, fold));
      return [parameter(head, fold), ...parameters.sort()];
    }),
  );
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
  const value = unquote(text.slice(at + 1).trim());
  return `${text.slice(0, at).trim().toLowerCase()}=${fold ? value.toLowerCase() : value}`;
}
