/** What in a request is known to be read differently by Express and Go: it explains why the answers differ. */

import type { CapturedBody, CaptureRecord } from '../../capture/format/index.ts';
import { firstValue, parseMediaType } from '../../http/index.ts';
import type { Cause } from '../causes/index.ts';
import { isJsonType } from '../model/index.ts';

export interface RequestShape {
  readonly path: string;
  /** ServeMux would clean the path: `//`, `/./` or `/../`. */
  readonly unclean: boolean;
  /** Of the first segment that has letters. */
  readonly upperCase: boolean;
  /** net/url would drop a pair of the query: it holds `;` or a bad escape. */
  readonly droppedPair: boolean;
  /** qs would nest a key of the query: `a[b]=c`. */
  readonly nestedKey: boolean;
  /** A key of the query stands more than once. */
  readonly repeatedKey: boolean;
  /** Pairs of the query that are read differently, as key and value. */
  readonly oddPairs: readonly (readonly [string, string])[];
  /** What the request's body is: JSON by its Content-Type, JSON that is called something else, or neither (or not captured). */
  readonly bodyIs: 'json-typed' | 'json-untyped' | 'other';
  /** Keys of a JSON request body, bounded. */
  readonly bodyKeys: readonly string[];
}

const MAX_KEYS = 1_000;

export function shapeOf({ target, headers, body }: CaptureRecord['request']): RequestShape {
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? '' : target.slice(at + 1);
  const keys = body === undefined ? null : keysOf(body);
  const isTyped = isJsonType(parseMediaType(firstValue(headers ?? [], 'content-type')).type);
  const pairs = query.split('&').filter((pair) => pair !== '');
  return {
    path,
    unclean: /\/\/|\/\.{1,2}(?:\/|$)/.test(path),
    upperCase: /[A-Z]/.test(firstWord(path.replaceAll(/%[0-9A-F]{2}/gi, ''))),
    droppedPair: isBroken(query),
    nestedKey: pairs.some(hasNestedKey),
    repeatedKey: new Set(pairs.map(keyOf)).size < pairs.length,
    oddPairs: pairs
      .filter((pair) => isOdd(pair, pairs))
      .map((pair) => [nameIn(keyOf(pair)), pair.slice(keyOf(pair).length + 1)]),
    bodyIs: body !== undefined && isTyped ? 'json-typed' : keys !== null && keys.length > 0 ? 'json-untyped' : 'other',
    bodyKeys: keys ?? [],
  };
}

/** What in the query explains another answer. */
export function causeInQuery(shape: RequestShape): Cause | null {
  if (shape.droppedPair) return 'query-pair-dropped';
  if (shape.nestedKey) return 'query-nesting';
  return shape.repeatedKey ? 'query-repeated' : null;
}

/** Later segments may be ids, whose case is theirs. */
const firstWord = (path: string) => path.split('/').find((segment) => /[a-z]/i.test(segment)) ?? '';

const keyOf = (pair: string) => pair.split('=', 1)[0] ?? '';

/** Of `a[b]`, what stands before the bracket. */
const nameIn = (key: string) => key.split(/\[|%5B/i, 1)[0] ?? '';

const isBroken = (pair: string) => pair.includes(';') || /%(?![0-9a-f]{2})/i.test(pair);

function isOdd(pair: string, pairs: readonly string[]): boolean {
  return isBroken(pair) || hasNestedKey(pair) || pairs.filter((other) => keyOf(other) === keyOf(pair)).length > 1;
}

function hasNestedKey(pair: string): boolean {
  const key = keyOf(pair);
  return /\[|%5B/i.test(key) && /(?:\]|%5D)$/i.test(key);
}

/** A key that Go takes for the struct's field and that JavaScript does not: the same except for its case. */
export function hasKeyOfAnotherCase(keys: readonly string[], key: string): boolean {
  const folded = key.toLowerCase();
  return !keys.includes(key) && keys.some((other) => other.toLowerCase() === folded);
}

/** null if the text is not JSON, or not complete. */
function keysOf(body: CapturedBody): string[] | null {
  if (body.encoding !== 'utf8' || body.truncated) return null;
  try {
    const keys: string[] = [];
    const open: unknown[] = [JSON.parse(body.data)];
    while (open.length > 0 && keys.length < MAX_KEYS) {
      const value = open.pop();
      if (typeof value !== 'object' || value === null) continue;
      if (!Array.isArray(value)) keys.push(...Object.keys(value).slice(0, MAX_KEYS));
      open.push(...Object.values(value).slice(0, MAX_KEYS));
    }
    return keys;
  } catch {
    return null;
  }
}
