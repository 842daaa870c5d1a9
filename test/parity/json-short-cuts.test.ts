/** The comparer's short cuts give the same results as the long way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  pointerOf,
  ROOT,
  rawOf,
  retelling,
  SameMeaning,
  sharedEnds,
  spaceWriting,
  tokenize,
} from '../../json/index.ts';
import { compareJson } from '../../parity/compare/body/json.ts';
import { anyCharacter } from '../support/any-character.ts';
import { choosers, values, write } from './json-documents.ts';

const written = fc.tuple(values, choosers).map(([value, choose]) => write(value, choose));
/** Few names and few values, so that names occur twice, are escaped, and come in any order. */
const crowded = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      '0',
      '-0',
      '1',
      '1.0',
      '1e0',
      '10',
      '"a"',
      '"\\u0061"',
      '"<"',
      '"\\u003c"',
      '""',
      'true',
      'null',
      '[]',
      '{}',
    ),
    fc.array(tie('text'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('"a"', '"b"', '"c"', '"\\u0061"', '"~/"'), tie('text')), { maxLength: 5 })
      .map((members) => `{${members.map(([name, value]) => `${name}:${value}`).join(',')}}`),
  ),
})).text;
const texts = fc.oneof(crowded, written, fc.json(), fc.string({ unit: anyCharacter }));

/** A text, and the same text with a part replaced by a few characters. */
const edited = fc
  .tuple(
    texts,
    fc.nat(),
    fc.nat({ max: 6 }),
    fc.constantFrom('', ' ', '1', '0,', '"', ']', '[]', '}', '\\', ',"b":2', '\ufeff'),
  )
  .map(([text, at, length, put]): [string, string] => {
    const start = at % (text.length + 1);
    return [text, text.slice(0, start) + put + text.slice(start + length)];
  });
/**
 * A text, and the same text with the members of its innermost objects in reverse order. The elements of arrays keep
 * theirs.
 */
const reversed = crowded.map((text): [string, string] => [
  text,
  text.replaceAll(/\{([^{}[\]]*)\}/g, (_, members: string) => `{${members.split(',').reverse().join(',')}}`),
]);
const twice = fc.tuple(values, choosers, choosers).map(([v, p, q]): [string, string] => [write(v, p), write(v, q)]);
const pairs = fc.oneof(edited, reversed, twice, fc.tuple(crowded, crowded));

describe('a text that begins as another one', () => {
  it('has the tokens that it has without knowing that', () => {
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const doc = tokenize(one);
        fc.pre(doc !== undefined);
        const { prefix } = sharedEnds(one, other);
        for (const shared of [prefix, prefix >> 1]) expect(tokenize(other, { doc, shared })).toEqual(tokenize(other));
      }),
      { numRuns: 3000 },
    );
  });

  it('may end where the other has an element', () => {
    const doc = tokenize('{"a":[1]}');
    for (const other of ['{"a":[]}', '{"a":1}', '{"a":[12]}', '{"a":[1,2]}', '{}', '{"a":[1']) {
      const { prefix: shared } = sharedEnds('{"a":[1]}', other);
      expect(tokenize(other, doc && { doc, shared })).toEqual(tokenize(other));
    }
  });
});

describe('a retelling', () => {
  it('is one only of what means the same, and has the same notes', () => {
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const a = tokenize(one);
        const told = a === undefined ? null : retelling(a, other);
        if (a === undefined || told === null) return;
        const b = tokenize(other);
        if (b === undefined) throw new Error('not JSON');
        const meaning = new SameMeaning(a, b);
        expect(meaning.same(ROOT, ROOT, 0)).toBe(true);
        expect(told.notes.map(({ cause, node, raw }) => [cause, pointerOf(a, node), raw])).toEqual(
          meaning.writing.list.map((note) => [note.cause, pointerOf(b, note.b), rawOf(b, note.b)]),
        );
        expect(spaceWriting(a, told.spacing)).toEqual(spaceWriting(a, b));
      }),
      { numRuns: 5000 },
    );
  });

  it('is found where an encoder orders, escapes and writes numbers in its way', () => {
    const doc = tokenize('[{"b":1.50,"a":"<","c":[{"y":100,"x":"é"}]}]');
    const told = doc && retelling(doc, '[ {"a":"\\u003c","b":1.5, "c":[{"x":"\\u00e9","y":1e2}]}]\n');
    expect(told?.notes.map(({ cause }) => cause)).toEqual([
      'number-format',
      'html-escape',
      'number-exponent',
      'string-escape',
      'key-order',
    ]);
  });

  it.each([
    ['a name that stands twice', '{"x":0,"a":1,"a":2}', '{"a":2,"a":1,"x":0}'],
    ['a name that stands twice, once escaped', '{"a":1,"\\u0061":2}', '{"\\u0061":2,"a":1}'],
    ['integers that are one double', '{"b":0,"a":9007199254740992}', '{"a":9007199254740993,"b":0}'],
    ['a number that goes on', '{"b":0,"a":1}', '{"a":10,"b":0}'],
    ['an escape that JSON does not have', '{"b":0,"a":"cx"}', '{"a":"c\\x","b":0}'],
    ['an escape of three digits', '{"b":0,"a":"c"}', '{"a":"\\u063","b":0}'],
    ['a lone surrogate', '{"b":0,"a":"\\ud800"}', '{"a":"\\ufffd","b":0}'],
    ['a member that is missing', '{"b":0,"a":1}', '{"a":1}'],
    ['a member more', '{"a":1,"b":0}', '{"b":0,"a":1,"c":2}'],
    ['an element more', '[[1,2],{"b":1,"a":2}]', '[[1,2],{"a":2,"b":1},3]'],
    ['what follows the value', '{"b":0,"a":1}', '{"a":1,"b":0}]'],
  ])('is none with %s', (_, stable, candidate) => {
    const doc = tokenize(stable);
    expect(doc && retelling(doc, candidate)).toBeNull();
    expect(compareJson(stable, candidate)).not.toEqual([]);
  });
});
