/** Two JSON values: every place where they differ, arrays in order, keys in any order. Bounded in count. */
import type { Cause } from './catalogue.ts';
import { type BodyDifference, excerpt, why } from './difference.ts';
import { type Json, NumberToken, sameNumber } from './json.ts';

/** More than this many differences in one body say no more than this many. */
export const MAX_DIFFERENCES = 50;

type Found = BodyDifference[];

export function compareJson(stable: Json, candidate: Json): BodyDifference[] {
  const found: Found = [];
  walk(stable, candidate, '', found);
  if (found.length < MAX_DIFFERENCES) return found;
  return [...found.slice(0, MAX_DIFFERENCES), bodyDifference('too-many-differences', '', null, null)];
}

/** `stable` and `candidate` are source texts, null where a side has nothing there. */
export function bodyDifference(
  cause: Cause,
  pointer: string,
  stable: string | null,
  candidate: string | null,
  advice?: string,
): BodyDifference {
  const short = (text: string | null) => (text === null ? null : excerpt(text));
  return { in: 'body', pointer, stable: short(stable), candidate: short(candidate), ...why(cause, advice) };
}

function walk(a: Json, b: Json, place: string, found: Found): void {
  if (found.length >= MAX_DIFFERENCES || a === b) return;
  const differ = (cause: Cause) => found.push(bodyDifference(cause, place, textOf(a), textOf(b)));
  if (a instanceof NumberToken && b instanceof NumberToken) {
    if (a.source !== b.source) differ(sameNumber(a, b) ? 'number-format' : 'number-value');
  } else if (isArray(a) && isArray(b)) arrays(a, b, place, found);
  else if (isObject(a) && isObject(b)) objects(a, b, place, found);
  else if (isArray(a) && a.length === 0 && b === null) differ('null-for-empty-array');
  else if (isObject(a) && Object.keys(a).length === 0 && b === null) differ('null-for-empty-object');
  else differ(kindOf(a) === kindOf(b) ? 'value' : 'type');
}

function arrays(a: readonly Json[], b: readonly Json[], place: string, found: Found): void {
  if (a.length !== b.length) found.push(bodyDifference('array-length', place, String(a.length), String(b.length)));
  for (let i = 0; i < Math.min(a.length, b.length); i++) walk(a[i] ?? null, b[i] ?? null, `${place}/${i}`, found);
}

function objects(
  a: Readonly<Record<string, Json>>,
  b: Readonly<Record<string, Json>>,
  place: string,
  found: Found,
): void {
  for (const [key, value] of Object.entries(a)) {
    const at = `${place}/${escapePointer(key)}`;
    if (Object.hasOwn(b, key)) walk(value, b[key] ?? null, at, found);
    else found.push(bodyDifference('key-missing', at, textOf(value), null));
  }
  for (const [key, value] of Object.entries(b)) {
    if (!Object.hasOwn(a, key))
      found.push(bodyDifference('key-added', `${place}/${escapePointer(key)}`, null, textOf(value)));
  }
}

function textOf(value: Json): string {
  return value instanceof NumberToken ? value.source : JSON.stringify(value);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberToken);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (value instanceof NumberToken) return 'a number';
  if (isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** RFC 6901. */
function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
