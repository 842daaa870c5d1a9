import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeContent } from '../../capture/bytes/zlib-decoder.ts';
import type { CapturedBody, CaptureRecord, HeaderList, Leg, ResponseLeg } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { placeOf } from '../../parity/model/difference.ts';
import { binaryBody, pairOf, textBody } from '../support/answer.ts';
import { anyCharacter } from '../support/any-character.ts';

const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'text/html; charset=latin1',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/x-ndjson',
  'image/png',
  'text/plain; charset=nonsense',
];
const FIELDS = ['Set-Cookie', 'Location', 'ETag', 'Vary', 'Link', 'Date', 'Expires', 'Cache-Control', 'X-A', 'x-a'];

const text = fc.oneof(
  fc.json(),
  fc.string({ unit: anyCharacter }),
  fc.constantFrom(
    '<p class="a">b</p>',
    '<a/><!--',
    'a=1&b=%zz',
    '--x\r\n\r\na\r\n--x--',
    '{"a":1}\n{"a":2}\n',
    'a\r\nb\n',
  ),
);
const body: fc.Arbitrary<CapturedBody> = fc.oneof(
  text.filter((data) => data.isWellFormed()).map(textBody),
  fc.uint8Array({ maxLength: 200 }).map(binaryBody),
  text.map((data) => binaryBody(gzipSync(data))),
);
const value = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('a=1; Path=/', 'W/"a"', '/a', 'a, b', '"', 'gzip'),
);
const headers: fc.Arbitrary<HeaderList> = fc
  .tuple(
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...FIELDS), fc.string()), value), { maxLength: 6 }),
    fc.constantFrom(...TYPES, null),
    fc.constantFrom('gzip', 'gzip, br', 'odd', null),
  )
  .map(([list, type, coding]) => [
    ...list,
    ...(type === null ? [] : ([['Content-Type', type]] satisfies HeaderList)),
    ...(coding === null ? [] : ([['Content-Encoding', coding]] satisfies HeaderList)),
  ]);
const leg: fc.Arbitrary<ResponseLeg> = fc.record({
  outcome: fc.constant('response' as const),
  status: fc.constantFrom(200, 200, 200, 204, 301, 304, 400, 404, 405, 500),
  headers,
  body,
  timing: fc.constant({ firstByteMs: 1, totalMs: 1 }),
});
/** Two answers, in half the cases with the same status and fields, so that their bodies are compared as one format. */
const pair = fc
  .tuple(leg, leg, fc.boolean())
  .map(([a, b, alike]): [ResponseLeg, ResponseLeg] => [a, alike ? { ...a, body: b.body } : b]);
const failed: fc.Arbitrary<Leg> = fc.constant({ outcome: 'failed', reason: 'reset', detail: '', totalMs: 1 });
const request: fc.Arbitrary<Partial<CaptureRecord['request']>> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS'),
  target: fc.oneof(fc.constantFrom('/', '/A/?a=1;b=2', '//a?b[c]=1', '/a/../b?a=1&a=2'), fc.string({ minLength: 1 })),
  body,
  headers,
});

const compare = (a: Leg, b: Leg, of: Partial<CaptureRecord['request']> = {}) =>
  compareRecord(pairOf(a, b, of), { decode: decodeContent });

/**
 * Returns where two answers differ, with the place in the other body. A benign difference is listed by its cause alone:
 * it is reported once, wherever it comes first.
 */
const placesOf = (a: Leg, b: Leg, of: Partial<CaptureRecord['request']>) =>
  compare(a, b, of)
    .differences.map((difference) => {
      if (difference.in !== 'body') return placeOf(difference);
      if (difference.severity === 'benign') return difference.cause;
      const { pointer, candidatePointer = pointer } = difference;
      return [pointer, candidatePointer].sort().join(' ');
    })
    .sort();

describe('the comparer, whatever the two sides send', () => {
  it('finds nothing between an answer and itself', () => {
    fc.assert(
      fc.property(leg, request, (a, of) => {
        expect(compare(a, a, of)).toMatchObject({ verdict: 'same', differences: [] });
      }),
    );
  });

  it('never throws, and gives every difference a class, a cause and advice', () => {
    fc.assert(
      fc.property(fc.oneof(pair, fc.tuple(leg, failed), fc.tuple(failed, leg)), request, ([a, b], of) => {
        for (const difference of compare(a, b, of).differences) {
          expect(difference.advice).not.toBe('');
          expect(['breaking', 'benign', 'noise', 'undecided']).toContain(difference.severity);
        }
      }),
    );
  });

  it('finds differences at the same places from either side', () => {
    fc.assert(
      fc.property(pair, request, ([a, b], of) => {
        expect(placesOf(a, b, of)).toEqual(placesOf(b, a, of));
      }),
    );
  });

  it('says same only of the same bytes, or of bodies that mean the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.nat(), (bytes, at) => {
        const other = Uint8Array.from(bytes);
        const i = at % bytes.length;
        other[i] = (bytes[i] ?? 0) ^ 1;
        const png = (data: Uint8Array): ResponseLeg => ({
          outcome: 'response',
          status: 200,
          headers: [['Content-Type', 'image/png']],
          body: binaryBody(data),
          timing: { firstByteMs: 1, totalMs: 1 },
        });
        expect(compare(png(bytes), png(other)).verdict).toBe('breaking');
      }),
    );
  });
});

describe('the comparer, on what is made to cost much', () => {
  const html = (data: string): ResponseLeg => ({
    outcome: 'response',
    status: 200,
    headers: [['Content-Type', 'text/html']],
    body: textBody(data),
    timing: { firstByteMs: 1, totalMs: 1 },
  });

  it.each([
    ['elements nested deeply', '<p><b>'.repeat(20_000), `${'<p><b>'.repeat(20_000)}x`],
    ['a tag that never ends', `<a ${'b '.repeat(50_000)}`, `<a ${'b '.repeat(50_000)}c`],
    ['lines', 'a\n'.repeat(100_000), `${'a\n'.repeat(100_000)}b`],
    ['brackets', '['.repeat(100_000), '['.repeat(100_001)],
  ])('ends: %s', (_name, a, b) => {
    expect(compare(html(a), html(b)).verdict).not.toBe('unmatched');
  });

  it('ends: a query and fields of nothing but delimiters', () => {
    const target = `/x?${'[;%'.repeat(20_000)}`;
    const fields: HeaderList = [
      ['Set-Cookie', ';'.repeat(50_000)],
      ['Vary', `a${' '.repeat(50_000)}b`],
      ['Content-Type', `a/b${';"'.repeat(25_000)}`],
    ];
    for (let i = 0; i < 20_000; i++) fields.push([`X-${i}`, 'a']);
    expect(compare({ ...html('a'), headers: fields }, html('b'), { target }).verdict).toBe('breaking');
  });
});
