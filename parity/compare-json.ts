/** Two JSON values: every place where they differ, arrays in order, keys in any order. Bounded in count. */
import type { Cause, Difference, DifferenceClass } from './difference.ts';
import { type Json, NumberToken, sameNumber } from './json.ts';

/** More than this many differences in one body say no more than this many. */
export const MAX_DIFFERENCES = 50;

type Found = Difference[];

export function compareJson(stable: Json, candidate: Json): Difference[] {
  const found: Found = [];
  walk(stable, candidate, 'body', found);
  if (found.length < MAX_DIFFERENCES) return found;
  return [
    ...found.slice(0, MAX_DIFFERENCES),
    difference(
      'body',
      'too-many-differences',
      'breaking',
      'Compare one sample by hand; the bodies have little in common.',
    ),
  ];
}

function walk(a: Json, b: Json, place: string, found: Found): void {
  if (found.length >= MAX_DIFFERENCES || a === b) return;
  if (a instanceof NumberToken && b instanceof NumberToken) numbers(a, b, place, found);
  else if (isArray(a) && isArray(b)) arrays(a, b, place, found);
  else if (isObject(a) && isObject(b)) objects(a, b, place, found);
  else if (isArray(a) && a.length === 0 && b === null) {
    found.push(
      difference(
        place,
        'null-for-empty-array',
        'breaking',
        'Initialise the slice (`make([]T, 0)`): a nil slice marshals as null.',
      ),
    );
  } else if (isObject(a) && Object.keys(a).length === 0 && b === null) {
    found.push(
      difference(place, 'null-for-empty-object', 'breaking', 'Initialise the map: a nil map marshals as null.'),
    );
  } else if (kindOf(a) !== kindOf(b)) {
    found.push(
      difference(place, 'type', 'breaking', `The stable side sends ${kindOf(a)}, the candidate ${kindOf(b)}.`),
    );
  } else {
    found.push(difference(place, 'value', 'breaking', 'Same type, other value.'));
  }
}

function numbers(a: NumberToken, b: NumberToken, place: string, found: Found): void {
  if (a.source === b.source) return;
  if (sameNumber(a, b))
    found.push(difference(place, 'number-format', 'benign', `Same number, written ${a.source} and ${b.source}.`));
  else
    found.push(
      difference(
        place,
        'number-value',
        'breaking',
        `${a.source} against ${b.source}; beyond 2^53 Node rounds and int64 does not.`,
      ),
    );
}

function arrays(a: readonly Json[], b: readonly Json[], place: string, found: Found): void {
  if (a.length !== b.length)
    found.push(difference(place, 'array-length', 'breaking', `${a.length} elements against ${b.length}.`));
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
    else
      found.push(difference(at, 'key-missing', 'breaking', 'The candidate leaves the key out; look for `omitempty`.'));
  }
  for (const key of Object.keys(b)) {
    if (Object.hasOwn(a, key)) continue;
    found.push(
      difference(
        `${place}/${escapePointer(key)}`,
        'key-added',
        'breaking',
        'The candidate adds the key; Node drops `undefined`, Go writes zero values.',
      ),
    );
  }
}

export function difference(place: string, cause: Cause, kind: DifferenceClass, advice: string): Difference {
  return { place, cause, class: kind, advice };
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
