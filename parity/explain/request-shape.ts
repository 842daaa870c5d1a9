/**
 * Properties of a request that Express and Go are known to interpret differently, and which explain why the answers
 * differ.
 */

import type { CapturedBody, CaptureRecord } from '../../capture/format/index.ts';
import { firstValue, parseMediaType } from '../../http/index.ts';
import type { Cause } from '../causes/index.ts';
import { isJsonType } from '../model/index.ts';

export interface RequestShape {
  readonly path: string;
  /** The path contains `//`, `/./` or `/../`, which ServeMux would clean. */
  readonly unclean: boolean;
  /** The first segment with letters contains a capital. */
  readonly upperCase: boolean;
  /** The query contains `;` or an invalid escape, so net/url would drop a pair. */
  readonly droppedPair: boolean;
  /** A key of the query has brackets, as in `a[b]=c`, which qs would nest. */
  readonly nestedKey: boolean;
  /** A key of the query occurs more than once. */
  readonly repeatedKey: boolean;
  /** Pairs of the query that are interpreted differently, as key and value. */
  readonly oddPairs: readonly (readonly [string, string])[];
  /**
   * Whether the request's body is JSON by its Content-Type, JSON with another Content-Type, or neither (or not
   * captured).
   */
  readonly bodyIs: 'json-typed' | 'json-untyped' | 'other';
  /** Keys of a JSON request body, limited in number. */
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

/** The property of the query that explains a different answer. */
export function causeInQuery(shape: RequestShape): Cause | null {
  if (shape.droppedPair) return 'query-pair-dropped';
  if (shape.nestedKey) return 'query-nesting';
  return shape.repeatedKey ? 'query-repeated' : null;
}

/** Later segments may be ids, in which case has a meaning. */
const firstWord = (path: string) => path.split('/').find((segment) => /[a-z]/i.test(segment)) ?? '';

const keyOf = (pair: string) => pair.split('=', 1)[0] ?? '';

/** The part of `a[b]` before the bracket. */
const nameIn = (key: string) => key.split(/\[|%5B/i, 1)[0] ?? '';

const isBroken = (pair: string) => pair.includes(';') || /%(?![0-9a-f]{2})/i.test(pair);

function isOdd(pair: string, pairs: readonly string[]): boolean {
  return isBroken(pair) || hasNestedKey(pair) || pairs.filter((other) => keyOf(other) === keyOf(pair)).length > 1;
}

function hasNestedKey(pair: string): boolean {
  const key = keyOf(pair);
  return /\[|%5B/i.test(key) && /(?:\]|%5D)$/i.test(key);
}

/**
 * Whether a key differs from the expected one only in case: Go accepts it for the field of a struct, JavaScript does
 * not.
 */
export function hasKeyOfAnotherCase(keys: readonly string[], key: string): boolean {
  const folded = key.toLowerCase();
  return !keys.includes(key) && keys.some((other) => other.toLowerCase() === folded);
}

/** Returns null if the text is not complete JSON. */
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
