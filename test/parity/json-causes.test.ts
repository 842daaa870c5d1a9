import { describe, expect, it } from 'vitest';
import { compareJson } from '../../parity/compare/body/json.ts';
import type { BodyDifference } from '../../parity/model/difference.ts';

const shown = ({ pointer, cause, severity: kind }: BodyDifference) => `${pointer} ${cause} ${kind}`;
const compare = (stable: string, candidate: string) => compareJson(stable, candidate)?.map(shown);
const reversed = (stable: string, candidate: string) => compareJson(candidate, stable)?.map(shown);

const ZERO_TIME = '0001-01-01T00:00:00Z';
const items = (count: number) => Array.from({ length: count }, (_, i) => ({ id: i, at: `n${i}` }));
const text = JSON.stringify;

describe('a JSON difference has a cause', () => {
  it.each([
    ['an empty array became null', '{"a":[]}', '{"a":null}', ['/a null-for-empty-array breaking']],
    ['an empty object became null', '{"a":{}}', '{"a":null}', ['/a null-for-empty-object breaking']],
    ['the whole became null', '[]', 'null', [' null-for-empty-array breaking']],
    ['a zero value left out', '{"a":0,"b":1}', '{"b":1}', ['/a zero-value-omitted breaking']],
    ['an empty string left out', '{"a":""}', '{}', ['/a zero-value-omitted breaking']],
    ['false left out', '{"a":false}', '{}', ['/a zero-value-omitted breaking']],
    ['an empty array left out', '{"a":[]}', '{}', ['/a zero-value-omitted breaking']],
    ['null left out', '{"a":null}', '{}', ['/a null-omitted breaking']],
    ['a key that is missing', '{"a":1,"b":2}', '{"b":2}', ['/a key-missing breaking']],
    ['a zero value added', '{}', '{"a":0.0}', ['/a zero-value-added breaking']],
    ['a struct of zero values added', '{}', '{"a":{"b":"","c":null,"d":[]}}', ['/a zero-value-added breaking']],
    ['null added', '{}', '{"a":null}', ['/a null-added breaking']],
    ['a key that is added', '{}', '{"a":[0]}', ['/a key-added breaking']],
    [
      'a key in another case',
      '{"userId":7}',
      '{"UserID":7}',
      ['/userId key-renamed breaking', '/UserID key-renamed breaking'],
    ],
    [
      'members out of their envelope, one of them with another value',
      '{"user":{"id":7,"name":"x","bio":null}}',
      '{"id":8,"name":"x","bio":null}',
      ['/user envelope breaking', '/user/id number-value breaking'],
    ],
    [
      'members put into an envelope, beside others',
      '{"id":7,"name":"x","links":1}',
      '{"links":2,"attributes":{"id":7,"name":"x","age":3}}',
      ['/links number-value breaking', '/attributes envelope breaking', '/attributes/age key-added breaking'],
    ],
    ['the only member out of its envelope', '{"data":{"id":1}}', '{"id":1}', ['/data envelope breaking']],
    [
      'a list out of its envelope',
      '{"items":[1,2],"total":2}',
      '[1,3]',
      ['/items envelope breaking', '/items/1 number-value breaking', '/total key-missing breaking'],
    ],
    [
      'a list in an envelope, where it stands',
      '{"tags":["a"]}',
      '{"tags":{"data":["a"]}}',
      ['/tags/data envelope breaking'],
    ],
    ['an object with two lists for a list', '{"a":[1],"b":[1]}', '[1]', [' type breaking']],
    [
      'one key of several that stands elsewhere',
      '{"a":{"id":1,"x":2},"b":1}',
      '{"id":1,"b":1}',
      ['/a key-missing breaking', '/id key-added breaking'],
    ],
    [
      'two envelopes, one of each side',
      '{"u":{"x":1,"y":1},"p":1,"q":1}',
      '{"v":{"p":1,"q":1},"x":1,"y":1}',
      [
        '/u key-missing breaking',
        '/p key-missing breaking',
        '/q key-missing breaking',
        '/v key-added breaking',
        '/x key-added breaking',
        '/y key-added breaking',
      ],
    ],
    ['a zero value for null', '{"a":null}', '{"a":""}', ['/a zero-for-null breaking']],
    ['an empty slice for null', '{"a":null}', '{"a":[]}', ['/a zero-for-null breaking']],
    ['null for a zero value', '{"a":false}', '{"a":null}', ['/a null-for-zero breaking']],
    ['null for a number', '{"a":1.5}', '{"a":null}', ['/a type breaking']],
    ['a number for null', '{"a":null}', '{"a":7}', ['/a type breaking']],
    ['null for a text', '{"a":"x"}', '{"a":null}', ['/a type breaking']],
    ['null for an array that is not empty', '{"a":[1]}', '{"a":null}', ['/a type breaking']],
    [
      'tokens of two lengths',
      '{"token":"a1B2c3D4e5F6g7H8"}',
      '{"token":"a1B2c3D4e5F6g7H8i9J0"}',
      ['/token value breaking'],
    ],
    ['a word for a token', '{"token":"a1B2c3D4e5F6g7H8"}', '{"token":"undefinedundefin"}', ['/token value breaking']],
    ['a URL with another query', '{"a":"/x?page=2&size=5"}', '{"a":"/x?size=6&page=2"}', ['/a value breaking']],
    [
      'a time some seconds later, with more digits',
      '{"a":"2026-11-24T08:00:00Z"}',
      '{"a":"2026-11-24T08:00:05.5Z"}',
      ['/a value breaking'],
    ],
    [
      'an offset of half an hour',
      '{"a":"2026-11-24T13:30:00+05:30"}',
      '{"a":"2026-11-24T08:00:00Z"}',
      ['/a timestamp-format undecided'],
    ],
    ['the zero time for null', '{"a":null}', text({ a: ZERO_TIME }), ['/a zero-time breaking']],
    ['the zero time for an empty text', '{"a":""}', text({ a: ZERO_TIME }), ['/a zero-time breaking']],
    ['the zero time where nothing was', '{}', text({ a: ZERO_TIME }), ['/a zero-time breaking']],
    ['an integer beyond 2^53', '[9007199254740992]', '[9007199254740993]', ['/0 integer-precision breaking']],
    [
      'an int64 in the format of a float',
      '[9223372036854775807]',
      '[9.223372036854776e18]',
      ['/0 integer-precision breaking'],
    ],
    ['another integer', '[9007199254740993]', '[9007199254740995]', ['/0 number-value breaking']],
    ['another number', '[0.1]', '[0.2]', ['/0 number-value breaking']],
    ['a huge number', '[1e400]', '[1e401]', ['/0 number-value breaking']],
    ['the last digits of a float', '[0.30000000000000004]', '[0.3]', ['/0 float-rounding undecided']],
    ['a float32', '[0.1234567891]', '[0.12345679]', ['/0 float32-precision breaking']],
    ['a float32 in full', '[0.1]', '[0.10000000149011612]', ['/0 float32-precision breaking']],
    ['milliseconds that became nanoseconds', '{"wait":1500}', '{"wait":1500000000}', ['/wait duration-unit breaking']],
    ['seconds that became nanoseconds', '{"ttl":1.5}', '{"ttl":1500000000}', ['/ttl duration-unit breaking']],
    ['seconds that became milliseconds', '{"ttl":60}', '{"ttl":60000}', ['/ttl duration-unit breaking']],
    ['a factor of 1000 that is no duration', '{"price":5}', '{"price":5000}', ['/price number-value breaking']],
    ['seconds since 1970', '{"a":1700000000123}', '{"a":1700000000}', ['/a timestamp-unit breaking']],
    ['a number in text', '{"a":"12"}', '{"a":12}', ['/a number-type breaking']],
    ['a text for a number', '{"a":12}', '{"a":"12.0"}', ['/a number-type breaking']],
    ['a number for a text', '{"a":"x"}', '{"a":12}', ['/a type breaking']],
    ['a number for a timestamp', '["2023-11-14T22:13:20.000Z"]', '[1700000000]', ['/0 timestamp-as-number breaking']],
    [
      'trimmed fractions',
      '["2026-01-01T00:00:00.120Z"]',
      '["2026-01-01T00:00:00.12Z"]',
      ['/0 timestamp-format undecided'],
    ],
    ['no fraction', '["2026-01-01T00:00:00.000Z"]', '["2026-01-01T00:00:00Z"]', ['/0 timestamp-format undecided']],
    ['an offset', '["2026-01-01T00:00:00Z"]', '["2026-01-01T01:00:00+01:00"]', ['/0 timestamp-format undecided']],
    [
      'nanoseconds',
      '["2026-01-01T00:00:00.123Z"]',
      '["2026-01-01T00:00:00.123456789Z"]',
      ['/0 timestamp-precision undecided'],
    ],
    ['a cut fraction', '["2026-01-01T00:00:00.9Z"]', '["2026-01-01T00:00:00Z"]', ['/0 timestamp-precision undecided']],
    ['another instant', '["2026-01-01T00:00:00Z"]', '["2026-01-01T01:00:00Z"]', ['/0 value breaking']],
    ['no such day', '["2026-02-30T00:00:00.0Z"]', '["2026-02-30T00:00:00.00Z"]', ['/0 value breaking']],
    ['a Buffer', '[{"type":"Buffer","data":[1,2,254]}]', '["AQL+"]', ['/0 buffer-as-base64 breaking']],
    ['a Buffer of other bytes', '[{"type":"Buffer","data":[1,2,254]}]', '["AQID"]', ['/0 buffer-as-base64 breaking']],
    ['a byte array', '["AQID"]', '[[1,2,3]]', ['/0 bytes-as-array breaking']],
    ['another base64', '["-_8"]', '["+/8="]', ['/0 value breaking']],
    ['base64url', '["abc-_w"]', '["abc+/w=="]', ['/0 base64-alphabet breaking']],
    ['a sql.NullString', '{"a":"x"}', '{"a":{"String":"x","Valid":true}}', ['/a null-struct breaking']],
    ['a lone surrogate', '["\\ud800"]', '["\\ufffd"]', ['/0 lone-surrogate breaking']],
    ['another type', '{"a":[1]}', '{"a":{"0":1}}', ['/a type breaking']],
    ['another text', '{"a":"x"}', '{"a":"y"}', ['/a value breaking']],
    ['another boolean', '[true]', '[false]', ['/0 value breaking']],
    ['a key that stands twice', '{"a":1,"a":2}', '{"a":2}', ['/a duplicate-key breaking']],
    [
      'a key that stands twice, in another order',
      '{"a":1,"a":2}',
      '{"a":2,"a":1}',
      ['/a number-value breaking', '/a number-value breaking'],
    ],
    ['elements in another order', '[1,2,3]', '[3,1,2]', [' array-order breaking']],
    ['an element missing', '[1,2,3]', '[1,3]', ['/1 array-length breaking']],
    ['an element added', '[1,3]', '[1,2,3]', ['/1 array-length breaking']],
    ['a number written otherwise', '[1e21,1e-7,100]', '[1e+21,1e-07,100.0]', ['/0 number-format benign']],
    ['minus zero', '[0]', '[-0]', ['/0 negative-zero benign']],
    ['escaped HTML', '["<a&b>","\u2028"]', '["\\u003ca\\u0026b\\u003E","\\u2028"]', ['/0 html-escape benign']],
    ['another escape', '["\\b\\f"]', '["\\u0008\\u000c"]', ['/0 string-escape benign']],
    ['an escaped key', '{"<":1}', '{"\\u003c":1}', ['/< html-escape benign']],
    ['keys in another order', '{"a":{"b":1,"c":2}}', '{"a":{"c":2,"b":1}}', ['/a key-order benign']],
    ['a trailing newline', '[1]', '[1]\n', [' trailing-newline benign']],
    ['white space', '[1,2]', '[1, 2]', [' white-space benign']],
  ])('%s', (_name, stable, candidate, expected) => {
    expect(compare(stable, candidate)).toEqual(expected);
    expect(reversed(stable, candidate)?.length).toBe(expected.length);
  });

  it('and advice that names the member', () => {
    expect(compareJson('{"tags":[]}', '{"tags":null}')?.[0]?.advice).toContain('`tags`');
    expect(compareJson('{"name":1}', '{"Name":1}')?.[0]?.advice).toBe('Stable sends `name`, the candidate `Name`.');
    expect(compareJson('["2026-01-01T00:00:00Z"]', '["2026-01-01T01:00:00Z"]')?.[0]?.advice).toContain('time zones');
  });
});

describe('places', () => {
  it('are JSON pointers, whatever the keys', () => {
    expect(compare('{"a/b":{"~":{"":{"__proto__":1}}}}', '{"a/b":{"~":{"":{"__proto__":2}}}}')).toEqual([
      '/a~1b/~0//__proto__ number-value breaking',
    ]);
    expect(compare('{"constructor":1,"toString":2}', '{}')).toEqual([
      '/constructor key-missing breaking',
      '/toString key-missing breaking',
    ]);
  });

  it('of an array are those of what was put in or left out, wherever that is', () => {
    const long = items(500);
    const added = { id: -1, at: 'new' };
    const changed = long.with(250, { id: 250, at: 'changed' });
    expect(compare(text(long), text([added, ...long]))).toEqual(['/0 array-length breaking']);
    expect(compare(text([added, ...long]), text(long))).toEqual(['/0 array-length breaking']);
    expect(compare(text(long), text([added, ...long.slice(0, -1)]))).toEqual([
      '/499 array-length breaking',
      '/0 array-length breaking',
    ]);
    expect(compareJson(text(long), text([added, ...changed]))).toMatchObject([
      { pointer: '/250/at', candidatePointer: '/251/at', cause: 'value' },
      { pointer: '/0', cause: 'array-length' },
    ]);
    expect(compare(text([0, 1, 0, 0, 1]), text([1, 0, 0, 1]))).toEqual(['/0 array-length breaking']);
  });

  it('of two arrays in order and changed are told apart', () => {
    const [a, b, c] = items(3);
    expect(compare(text([a, b, c]), text([c, a, { ...b, at: 'x' }]))).toEqual([
      ' array-order breaking',
      '/1/at value breaking',
    ]);
  });
});

describe('keys that stand twice', () => {
  it('are compared in their order, whatever the order of other keys and of other objects', () => {
    const found = compare('[{"a":1,"b":2,"c":3},{"k":1,"k":2,"m":0}]', '[{"c":3,"b":2,"a":1},{"m":0,"k":2,"k":1}]');
    expect(found).toEqual(['/1/k number-value breaking', '/1/k number-value breaking', '/0 key-order benign']);
    expect(compare('[{"a":1,"b":2},{"k":1}]', '[{"b":2,"a":1},{"k":3}]')).toEqual([
      '/1/k number-value breaking',
      '/0 key-order benign',
    ]);
    expect(compare('{"k":1,"k":2,"m":0}', '{"m":0,"k":1,"k":2}')).toEqual([' key-order benign']);
  });
});

describe('bounds', () => {
  it('list five alike and count the rest', () => {
    const [stable, candidate] = [0, 1].map((n) => text(items(100).map((item) => ({ ...item, n }))));
    const found = compareJson(stable ?? '', candidate ?? '') ?? [];
    expect(found.map((d) => d.pointer)).toEqual(['/0/n', '/1/n', '/2/n', '/3/n', '/4/n']);
    expect(found.at(-1)?.more).toBe(95);
  });

  it('say that there is more, as grave as the gravest that is not listed', () => {
    const wide = (value: string) => text(Object.fromEntries(items(200).map(({ at }) => [at, value])));
    expect(compareJson(wide('x'), wide('y'))?.at(-1)).toMatchObject({
      cause: 'too-many-differences',
      severity: 'breaking',
    });
    const [z, offset] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00+00:00'];
    expect(compareJson(wide(z), wide(offset))?.at(-1)).toMatchObject({ severity: 'undecided' });
  });

  it('compare by their text what is nested too deeply, and never overflow', () => {
    const deep = (value: string, depth = 100_000) => `${'['.repeat(depth)}${value}${']'.repeat(depth)}`;
    expect(compareJson(deep('1'), deep('2'))).toMatchObject([{ cause: 'too-deep', severity: 'undecided' }]);
    expect(compareJson(deep('1'), `${deep('1')}\n`)).toMatchObject([{ cause: 'trailing-newline' }]);
    expect(compareJson(deep('1'), deep('1', 99_999))).toMatchObject([{ cause: 'too-deep' }]);
    expect(compareJson('['.repeat(100_000), '[')).toBeNull();
  });

  it('know what is not JSON, and that equal texts are equal', () => {
    expect(compareJson('{"a":1}', 'Not found')).toBeNull();
    expect(compareJson('', '1')).toBeNull();
    expect(compareJson('Not found', 'Not found')).toEqual([]);
  });
});
