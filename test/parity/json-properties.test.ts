import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, sameNumber } from '../../json/decimal.ts';
import { tokenize } from '../../json/tokenizer.ts';
import type { Cause } from '../../parity/causes/catalogue.ts';
import { compareJson } from '../../parity/compare/body/json.ts';
import type { BodyDifference } from '../../parity/model/difference.ts';
import { generalPointer } from '../../parity/model/general-place.ts';
import type { Side } from '../../sides/index.ts';
import { anyCharacter } from '../support/any-character.ts';
import { choosers, meansSame, type Value, values, write } from './json-documents.ts';

const WRITING: ReadonlySet<Cause> = new Set<Cause>([
  'number-format',
  'number-exponent',
  'negative-zero',
  'html-escape',
  'string-escape',
  'key-order',
  'trailing-newline',
  'white-space',
]);
const inMeaning = (found: readonly BodyDifference[] | null) => found?.filter(({ cause }) => !WRITING.has(cause));

/** Text that is nearly JSON. */
const soup = fc
  .array(
    fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', '"a"', '"b"', '"', '\\', '\\u00', '1', '-', '0', '.', '.5', 'e', 'E+1', 'true'],
      ...[
        'fals',
        'null',
        ' ',
        '\n',
        '\t',
        '\u00a0',
        '\ufeff',
        '\u0001',
        '"\u0001"',
        '"\\n"',
        '"\\u12aF"',
        '"\\x"',
        '01',
      ],
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));
const anyText = fc.oneof(fc.json(), soup, fc.string({ unit: anyCharacter }));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Counts the differences by their place on the given side, regardless of array indices. */
function placesOf(found: readonly BodyDifference[] | null, side: Side): Record<string, number> {
  const places: Record<string, number> = {};
  for (const { pointer, candidatePointer, more = 0 } of inMeaning(found) ?? []) {
    const place = generalPointer(side === 'stable' ? pointer : (candidatePointer ?? pointer));
    places[place] = (places[place] ?? 0) + 1 + more;
  }
  return places;
}

describe('comparing JSON', () => {
  it('accepts what JSON.parse accepts, and refuses what it refuses', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenize(text) !== undefined).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds nothing between a text and itself, and never throws', () => {
    fc.assert(fc.property(anyText, (text) => compareJson(text, text)?.length === 0));
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const comparable = a === b || (isJson(a) && isJson(b));
        expect(compareJson(a, b) !== null).toBe(comparable);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds only ways of writing between two writings of one value', () => {
    fc.assert(
      fc.property(values, choosers, choosers, (value, one, other) => {
        const found = compareJson(write(value, one), write(value, other));
        expect(inMeaning(found)).toEqual([]);
        expect(found?.every((d) => d.severity === (d.cause === 'number-exponent' ? 'undecided' : 'benign'))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with an exact model on whether two values mean the same', () => {
    fc.assert(
      fc.property(values, values, choosers, choosers, (a, b, one, other) => {
        const found = inMeaning(compareJson(write(a, one), write(b, other)));
        expect(found?.length === 0).toBe(meansSame(a, b));
        expect(found?.every((d) => d.severity !== 'benign' && d.severity !== 'noise')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('notices any one token that changes, and names its place', () => {
    fc.assert(
      fc.property(values, values, choosers, choosers, (value, put, choose, style) => {
        const { changed, pointer } = replaced(value, put, choose);
        const found = inMeaning(compareJson(write(value), write(changed, style))) ?? [];
        expect(found.length > 0).toBe(!meansSame(value, changed));
        for (const difference of found) expect(isNear(difference, pointer)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the same places from either side', () => {
    fc.assert(
      fc.property(values, values, choosers, choosers, (a, b, choose, style) => {
        const { changed } = replaced(a, b, choose);
        for (const other of [b, changed]) {
          const [x, y] = [write(a), write(other, style)];
          const [there, back] = [compareJson(x, y), compareJson(y, x)];
          expect(placesOf(there, 'stable')).toEqual(placesOf(back, 'candidate'));
          expect(placesOf(there, 'candidate')).toEqual(placesOf(back, 'stable'));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('finds one element that was put into an array, and that one only, however the rest is written', () => {
    const lists = fc.array(values, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lists, values, fc.nat(), choosers, (items, put, at, style) => {
        const shorter = write({ kind: 'array', items });
        const longer = write({ kind: 'array', items: items.toSpliced(at % (items.length + 1), 0, put) }, style);
        expect(inMeaning(compareJson(shorter, longer))).toMatchObject([{ cause: 'array-length', stable: null }]);
        expect(inMeaning(compareJson(longer, shorter))).toMatchObject([{ cause: 'array-length', candidate: null }]);
      }),
      { numRuns: 300 },
    );
  });

  it('finds two elements that were put into an array, and these only, however the rest is written', () => {
    const lists = fc.uniqueArray(fc.nat(), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(lists, choosers, (numbers, style) => {
        const items = numbers.map((n): Value => {
          const members = ['x', 'y', 'z'].map((name) => [name, { kind: 'number', token: `${n}` }] as const);
          return { kind: 'object', members };
        });
        const put: Value = { kind: 'word', word: 'true' };
        const longer = write({ kind: 'array', items: [put, ...items.slice(0, 2), put, ...items.slice(2)] }, style);
        const found = inMeaning(compareJson(write({ kind: 'array', items }), longer));
        expect(found).toMatchObject([
          { pointer: '/0', cause: 'array-length' },
          { pointer: '/3', cause: 'array-length' },
        ]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('numbers', () => {
  const decimals = fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: -30, max: 30 }));
  const token = ([digits, exponent]: readonly [bigint, number]) => `${digits}e${exponent}`;
  const exact = ([digits, exponent]: readonly [bigint, number]) => digits * 10n ** BigInt(exponent + 40);

  it('are equal exactly where the decimals are', () => {
    fc.assert(
      fc.property(decimals, decimals, fc.nat({ max: 5 }), (a, b, zeros) => {
        const shifted = [a[0] * 10n ** BigInt(zeros), a[1] - zeros] as const;
        expect(sameNumber(token(a), token(shifted))).toBe(true);
        expect(sameNumber(token(a), token(b))).toBe(exact(a) === exact(b));
      }),
    );
  });

  it('are within a distance exactly where the decimals are', () => {
    expect(isWithin('1.1', '1.0', { absolute: 0.1 })).toBe(true);
    expect(isWithin('9007199254740993', '9007199254740992', { absolute: 0.5 })).toBe(false);
    expect(isWithin('99', '100', { relative: 0.01 })).toBe(true);
    expect(isWithin('98.9', '100', { relative: 0.01 })).toBe(false);
    expect(isWithin('1e999999999', '0', { absolute: 1 })).toBe(false);
    fc.assert(
      fc.property(decimals, decimals, fc.integer({ min: 0, max: 1000 }), (a, b, absolute) => {
        const [x, y] = [exact(a), exact(b)];
        const distance = x > y ? x - y : y - x;
        expect(isWithin(token(a), token(b), { absolute })).toBe(distance <= BigInt(absolute) * 10n ** 40n);
      }),
    );
  });
});

/** Returns the value with one random node replaced, and the pointer to that node. */
function replaced(value: Value, put: Value, choose: (among: number) => number): { changed: Value; pointer: string } {
  const children = value.kind === 'array' ? value.items.length : value.kind === 'object' ? value.members.length : 0;
  if (children === 0 || choose(4) === 0) return { changed: put, pointer: '' };
  const at = choose(children);
  if (value.kind === 'array') {
    const { changed, pointer } = replaced(value.items[at] ?? put, put, choose);
    return { changed: { ...value, items: value.items.with(at, changed) }, pointer: `/${at}${pointer}` };
  }
  if (value.kind !== 'object') return { changed: put, pointer: '' };
  const [name, member] = value.members[at] ?? ['', put];
  const { changed, pointer } = replaced(member, put, choose);
  const step = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return { changed: { ...value, members: value.members.with(at, [name, changed]) }, pointer: `/${step}${pointer}` };
}

/**
 * Whether the difference lies within the place or, if elements were taken for added, missing or moved, in the array
 * around it.
 */
function isNear({ pointer, candidatePointer = pointer }: BodyDifference, place: string): boolean {
  const general = generalPointer(place);
  return [pointer, candidatePointer].some((p) => {
    const found = generalPointer(p);
    return found.startsWith(general) || general.startsWith(found);
  });
}
