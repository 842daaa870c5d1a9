/**
 * Reads Set-Cookie fields as a browser does (RFC 6265, 5.2): name, value, attributes, and how long the cookie lives.
 */

import type { ResponseLeg } from '../../../capture/format/index.ts';
import { firstValue, unquote } from '../../../http/index.ts';
import { isMadeAnew } from '../../explain/index.ts';
import { type Answers, ATTRIBUTES, type HeaderDifference } from '../../model/index.ts';
import { cookieDate } from './cookie-date.ts';
import { headerDifference } from './header-difference.ts';

/**
 * An expiry computed from the current time may differ by this many seconds, because there are two clocks and two
 * answers.
 */
const TOLERANCE_S = 5;

interface Cookie {
  readonly written: string;
  readonly name: string;
  readonly value: string;
  /** Names in lower case; the last of a repeated name counts. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** @param stable Set-Cookie values in order @param candidate likewise */
export function compareCookies(
  stable: readonly string[],
  candidate: readonly string[],
  answers: Answers,
): HeaderDifference[] {
  const [ours, theirs] = [byName(stable), byName(candidate)];
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const found = names.flatMap((name) => {
    return paired(ours.get(name) ?? [], theirs.get(name) ?? []).flatMap(([a, b]) => compareCookie(a, b, answers));
  });
  if (found.length > 0 || stable.length === candidate.length) return found;
  return [headerDifference('cookie-format', 'set-cookie', stable.join(', '), candidate.join(', '))];
}

/** Pairs cookies of one name: those with the same domain and path, whose order means nothing, and the rest in order. */
function paired(a: readonly Cookie[], b: readonly Cookie[]): [Cookie | undefined, Cookie | undefined][] {
  const partners = new Map(b.map((cookie) => [placeOf(cookie), cookie]));
  const pairs = a.map((cookie): [Cookie, Cookie | undefined] => [cookie, partners.get(placeOf(cookie))]);
  const taken = new Set(pairs.map(([, partner]) => partner));
  const rest = b.filter((cookie) => !taken.has(cookie));
  const filled = pairs.map(([x, y]): [Cookie, Cookie | undefined] => [x, y ?? rest.shift()]);
  return [...filled, ...rest.map((cookie): [undefined, Cookie] => [undefined, cookie])];
}

function compareCookie(a: Cookie | undefined, b: Cookie | undefined, answers: Answers): HeaderDifference[] {
  const name = a?.name ?? b?.name ?? '';
  const one = (cause: 'cookie-value' | 'cookie-encoding' | 'cookie-format' | 'own-value', within = name) => [
    { ...headerDifference(cause, 'set-cookie', a?.written ?? null, b?.written ?? null), within },
  ];
  if (a === undefined || b === undefined) return one('cookie-value', `${name}${ATTRIBUTES}`);
  if (a.written === b.written) return [];
  const at = Date.parse(answers.at);
  const [lives, others] = [lifeOf(a, answers.stable, at), lifeOf(b, answers.candidate, at)];
  const sameLife = closeTo(lives, others);
  // Nobody reads the value of a deleted cookie.
  const value = unquote(a.value) === unquote(b.value) || (lives === 0 && others === 0);
  const found: HeaderDifference[] = [];
  const attributes = causeOfAttributes(a, b, answers, sameLife && !otherMaxAge(a, b));
  if (attributes !== null) {
    const difference = headerDifference(attributes, 'set-cookie', attributesOf(a), attributesOf(b));
    found.push({ ...difference, within: `${name}${ATTRIBUTES}` });
  }
  if (!value) found.push(...one(causeOfValues(name, a.value, b.value)));
  if (found.length > 0) return found;
  return withoutExpires(a) === withoutExpires(b) ? [] : one('cookie-format');
}

function causeOfAttributes(a: Cookie, b: Cookie, answers: Answers, sameLife: boolean) {
  if (!sameLife) return 'cookie-value';
  if (sameAttributes(a, b)) return null;
  const [x, y] = [a, b].map((cookie) => placed(cookie, answers.request.target));
  return x !== undefined && y !== undefined && sameAttributes(x, y) ? 'cookie-path' : 'cookie-value';
}

/** A cookie without Path gets the folder of the URL that was asked (RFC 6265, 5.1.4). */
function placed(cookie: Cookie, target: string): Cookie {
  if (cookie.attributes.get('path')?.startsWith('/') === true) return cookie;
  const path = target.replace(/[?#].*$/s, '');
  return { ...cookie, attributes: new Map([...cookie.attributes, ['path', path.replace(/\/[^/]*$/, '') || '/']]) };
}

function causeOfValues(name: string, a: string, b: string): 'cookie-value' | 'cookie-encoding' | 'own-value' {
  if (sameUnescaped(a, b)) return 'cookie-encoding';
  return isMadeAnew(name, unquote(a), unquote(b)) ? 'own-value' : 'cookie-value';
}

/** Only the attributes, without the value, which may vary. */
function attributesOf({ name, written }: Cookie): string {
  const semicolon = written.indexOf(';');
  return `${name}${semicolon < 0 ? ' (no attributes)' : written.slice(semicolon)}`;
}

function parseCookie(written: string): Cookie {
  const [pair = '', ...rest] = written.split(';');
  // Text without `=` is a value without a name (RFC 6265bis, 5.6).
  const [name, value] = pair.includes('=') ? halves(pair) : ['', pair.trim()];
  return { written, name, value, attributes: new Map(rest.map(halves).map(([key, v]) => [key.toLowerCase(), v])) };
}

/** A later cookie replaces an earlier one with the same name, domain and path (RFC 6265, 5.3). */
function byName(values: readonly string[]): Map<string, Cookie[]> {
  const kept = new Map<string, Cookie>();
  for (const cookie of values.map(parseCookie)) {
    const key = JSON.stringify([cookie.name, placeOf(cookie)]);
    // A replaced cookie takes its later position.
    kept.delete(key);
    kept.set(key, cookie);
  }
  return Map.groupBy(kept.values(), ({ name }) => name);
}

/** Domain and path, which tell cookies of one name apart. */
const placeOf = ({ attributes }: Cookie) =>
  JSON.stringify(['domain', 'path'].map((key) => normalAttribute(key, attributes.get(key) ?? '')));

function halves(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Compares all attributes except those that determine the lifetime. */
function sameAttributes(a: Cookie, b: Cookie): boolean {
  const normal = ({ attributes }: Cookie) =>
    JSON.stringify(
      [...attributes]
        .filter(([name, value]) => KNOWN.has(name) && !isIgnored(name, value))
        .map(([name, value]) => [name, normalAttribute(name, value)])
        .sort(([x = ''], [y = '']) => (x < y ? -1 : 1)),
    );
  return normal(a) === normal(b);
}

/**
 * Attributes that browsers obey, except those that determine the lifetime. Browsers ignore all others (RFC 6265, 5.2).
 */
const KNOWN = new Set(['domain', 'path', 'secure', 'httponly', 'samesite', 'partitioned']);

/**
 * Whether browsers treat the attribute as absent (RFC 6265, 5.2.3 and 5.2.4).
 */
function isIgnored(name: string, value: string): boolean {
  return (name === 'domain' && value === '') || (name === 'path' && !value.startsWith('/'));
}

function normalAttribute(name: string, value: string): string {
  if (name === 'domain') return value.replace(/^\./, '').toLowerCase();
  if (name === 'samesite') return value.toLowerCase();
  return name === 'secure' || name === 'httponly' || name === 'partitioned' ? '' : value;
}

/** Seconds from the answer on; 0: deleted; null: until the browser closes. Max-Age takes precedence over Expires. */
function lifeOf({ attributes }: Cookie, { headers }: ResponseLeg, at: number): number | null {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Math.max(0, Number(maxAge));
  const expires = cookieDate(attributes.get('expires') ?? '');
  if (expires === null) return null;
  const date = Date.parse(firstValue(headers, 'date') ?? '');
  return Math.max(0, (expires - (Number.isNaN(date) ? at : date)) / 1000);
}

function closeTo(a: number | null, b: number | null): boolean {
  if (a === null || b === null || a === 0 || b === 0) return a === b;
  return Math.abs(a - b) <= TOLERANCE_S || a === b;
}

/** If both sides send Max-Age, the clocks do not matter. */
function otherMaxAge(a: Cookie, b: Cookie): boolean {
  const [x, y] = [a.attributes.get('max-age'), b.attributes.get('max-age')];
  return x !== undefined && y !== undefined && Math.max(0, Number(x)) !== Math.max(0, Number(y)) && x !== y;
}

function sameUnescaped(a: string, b: string): boolean {
  try {
    return decodeURIComponent(unquote(a)) === decodeURIComponent(unquote(b));
  } catch {
    return false;
  }
}

/** The field as written, except for a date that moves with the clock. */
function withoutExpires({ written }: Cookie): string {
  return written.replaceAll(/(;\s*expires=)[^;]*/gi, '$1');
}
