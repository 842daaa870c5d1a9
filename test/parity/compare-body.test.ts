import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeContent } from '../../capture/bytes/zlib-decoder.ts';
import { MAX_DECODED_BYTES } from '../../capture/format/content-coding.ts';
import type { HeaderList, ResponseLeg } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { placeOf } from '../../parity/model/difference.ts';
import { answer, binaryBody, pairOf, textBody } from '../support/answer.ts';

const found = (a: ResponseLeg, b: ResponseLeg, decode = true) =>
  compareRecord(pairOf(a, b), decode ? { decode: decodeContent } : {}).differences.filter((d) => d.in === 'body');
const named = (a: ResponseLeg, b: ResponseLeg) => found(a, b).map((d) => `${placeOf(d)} ${d.cause} ${d.severity}`);
const typed = (type: string, body: string | Uint8Array, ...more: HeaderList) =>
  answer(body, [['Content-Type', type], ...more]);

it('a file that is compressed itself is unpacked: another level may only break who checks its digest', () => {
  const text = Buffer.from('id,name\n'.repeat(99));
  const file = (bytes: Uint8Array) => typed('application/gzip', bytes);
  const [best, fast] = [gzipSync(text, { level: 9 }), gzipSync(text, { level: 1 })];
  expect(named(file(best), file(fast))).toEqual(['body recompressed undecided']);
  expect(named(file(best), file(gzipSync(Buffer.concat([text, text]))))).toEqual(['body body-bytes breaking']);
  expect(named(file(best), file(zstdCompressSync(text)))).toEqual(['body body-bytes breaking']);
  expect(found(file(best), file(fast), false)).toMatchObject([{ cause: 'body-bytes' }]);
});

describe('a body in a content coding', () => {
  const json = Buffer.from('{"a":[]}');
  const coded = (coding: string, bytes: Uint8Array) => typed('application/json', bytes, ['Content-Encoding', coding]);

  it.each<[string, Uint8Array]>([
    ['gzip', gzipSync(json)],
    ['x-gzip', gzipSync(json)],
    ['GZIP', gzipSync(json, { level: 1 })],
    ['deflate', deflateSync(json)],
    ['deflate', deflateRawSync(json)],
    ['br', brotliCompressSync(json)],
    ['zstd', zstdCompressSync(json)],
    ['gzip, br', brotliCompressSync(gzipSync(json))],
    ['identity', json],
  ])('of %s is decoded first', (coding, bytes) => {
    expect(named(answer('{"a":[]}'), coded(coding, bytes))).toEqual([]);
    expect(named(answer('{"a":null}'), coded(coding, bytes))).toEqual(['body/a zero-for-null breaking']);
  });

  it('that does not decode it is told', () => {
    expect(named(answer('{}'), coded('gzip', json))).toEqual(['body undecodable-content breaking']);
    expect(named(coded('gzip', json), coded('gzip', json))).toEqual([]);
  });

  it('with the same bytes and another coding is not the same', () => {
    expect(named(typed('application/json', gzipSync(json)), coded('gzip', gzipSync(json)))).toEqual([
      'body malformed-json breaking',
    ]);
  });

  it('that nobody knows, that is too large, or for which there is no decoder is not compared', () => {
    const bomb = coded('gzip', gzipSync(Buffer.alloc(MAX_DECODED_BYTES + 1)));
    expect(found(answer('{}'), coded('compress', json))).toMatchObject([{ cause: 'body-uncomparable' }]);
    expect(found(answer('{}'), bomb)).toMatchObject([
      { cause: 'body-uncomparable', advice: expect.stringContaining(String(MAX_DECODED_BYTES)) },
    ]);
    expect(found(answer('{}'), coded('gzip', gzipSync(json)), false)).toMatchObject([
      { cause: 'body-uncomparable', advice: expect.stringContaining('no decoder') },
    ]);
    expect(found(answer('{}'), coded('gzip, gzip, gzip, gzip, gzip', json))).toMatchObject([
      { cause: 'body-uncomparable' },
    ]);
  });
});

describe('a body that was not kept as it was', () => {
  const kept = (data: string, bytes: number, rest: object) =>
    answer('', undefined, { body: { encoding: 'utf8', data, bytes, truncated: true, ...rest } });
  const [one, two] = [`hmac:${'0'.repeat(32)}`, `hmac:${'1'.repeat(32)}`];

  it('is the same by its digest alone', () => {
    expect(named(kept('{"a"', 900, { digest: one }), kept('{"a"', 900, { digest: one }))).toEqual([]);
    expect(named(kept('{"a"', 900, { digest: one }), kept('{"a"', 900, { digest: two }))).toEqual([
      'body body-uncomparable undecided',
    ]);
    expect(named(kept('{"a"', 900, {}), kept('{"a"', 900, {}))).toEqual(['body body-uncomparable undecided']);
    expect(named(kept('{"a"', 900, { digest: one }), answer('{"a":1}'))).toEqual(['body body-uncomparable undecided']);
  });

  it('is compared by what was left, where values were only redacted', () => {
    const redacted = (data: string, digest: string) =>
      answer('', undefined, { body: { ...textBody(data), digest, redacted: 1 } });
    expect(named(redacted('{"t":"hmac:00","a":1}', one), redacted('{"t":"hmac:00","a":1}', two))).toEqual([]);
    expect(named(redacted('{"t":"hmac:00","a":1}', one), redacted('{"t":"hmac:01","a":1}', two))).toEqual([
      'body/t value breaking',
    ]);
  });
});

describe('a body', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const multipart = (boundary: string, ...parts: string[]) =>
    typed(
      `multipart/form-data; boundary=${boundary}`,
      `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`,
    );
  const field = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
  const file = (name: string, value: string) =>
    `Content-Disposition: form-data; name="${name}"\r\nContent-Type: application/json\r\n\r\n${value}`;

  it.each<[string, ResponseLeg, ResponseLeg, string[]]>([
    ['that is missing', answer('{}'), answer(''), ['body body-missing breaking']],
    ['that stable does not send', answer(''), answer('{}'), ['body body-unexpected breaking']],
    [
      'of an error, which stable sends without',
      answer('', [], { status: 401 }),
      answer('{"error":"no"}', [], { status: 401 }),
      ['body body-added undecided'],
    ],
    ['that is missing beside a null of stable', answer('{"a":null}'), answer(''), ['body body-missing breaking']],
    ['that holds NaN', answer('{"a":[1,null]}'), answer('{"a":[1, NaN ]}'), ['body not-a-number breaking']],
    ['that holds Infinity', answer('{"a":"x"}'), answer('{"a":-Infinity}'), ['body not-a-number breaking']],
    ['that holds NaN in a text', answer('{"a":"x"}'), answer('{"a":": NaN,"'), ['body malformed-json breaking']],
    [
      'of lines that end otherwise',
      typed('application/x-ndjson', '{"a":1}\n{"a":2}\n'),
      typed('application/x-ndjson', '{"a":1}\n{"a":2}'),
      ['body white-space benign', 'body trailing-newline benign'],
    ],
    ['that is no JSON', answer('{"a":1}'), answer('{"a":'), ['body malformed-json breaking']],
    ['that is no UTF-8', answer('"\ufffd"'), answer(Buffer.from([0x22, 0xff, 0x22])), ['body malformed-json breaking']],
    ['of JSON that is called text', answer('{"a":1}'), typed('text/plain', '{"a":1}'), []],
    [
      'of JSON that is called text on both sides',
      typed('text/plain', '[[]]'),
      typed('text/plain', '[null]'),
      ['body/0 null-for-empty-array breaking'],
    ],
    ['of text', typed('text/plain', 'a\nb\nc'), typed('text/plain', 'a\nx\nc'), ['body/line/2 text-value breaking']],
    [
      'of text that ends with a newline',
      typed('text/plain', 'a'),
      typed('text/plain', 'a\n'),
      ['body trailing-newline benign'],
    ],
    [
      'of text with other line endings',
      typed('text/plain', 'a\r\nb'),
      typed('text/plain', 'a\nb'),
      ['body line-ending benign'],
    ],
    [
      'of lines in another order',
      typed('text/plain', 'a\nb\nc'),
      typed('text/plain', 'a\nc\nb'),
      ['body/line/2 line-order breaking'],
    ],
    [
      'in another charset',
      typed('text/plain; charset=latin1', Buffer.from('é', 'latin1')),
      typed('text/plain; charset=utf-8', 'é'),
      [],
    ],
    [
      'in UTF-16',
      typed('text/plain; charset=utf-16', Buffer.from('\ufeffé', 'utf16le')),
      typed('text/plain; charset=utf-8', 'é'),
      [],
    ],
    [
      'of NDJSON',
      typed('application/x-ndjson', '{"a":[]}\n{"b":1}\n'),
      typed('application/x-ndjson', '{"a":[]}\n{"b":2}\n'),
      ['body/1/b number-value breaking'],
    ],
    [
      'of HTML',
      typed('text/html', '<ul>\n<li class="a">x</li><li>y</li></ul>'),
      typed('text/html', '<UL><li class=b>x</li><li>z</li></UL>'),
      ['body/ul/li/@class markup-value breaking', 'body/ul/li[2]/text() markup-value breaking'],
    ],
    [
      'of HTML that is written otherwise',
      typed('text/html', '<p id="a" class="b">&amp;</p>'),
      typed('text/html', "<p class='b' id='a'> &#38; </p>"),
      ['body markup-format benign'],
    ],
    [
      'of HTML with another structure',
      typed('text/html', '<p><b>x</b></p><p>y</p>'),
      typed('text/html', '<p><i>x</i></p><p>z</p>'),
      [
        'body/p markup-value breaking',
        'body/p markup-value breaking',
        'body/p markup-value breaking',
        'body/p markup-value breaking',
        'body/p[2]/text() markup-value breaking',
      ],
    ],
    [
      'of HTML in which white space counts',
      typed('text/html', '<pre>a  b</pre>'),
      typed('text/html', '<pre>a b</pre>'),
      ['body/pre/text() markup-value breaking'],
    ],
    [
      'of XML, in which case counts',
      typed('application/xml', '<A/>'),
      typed('application/xml', '<a/>'),
      ['body/A markup-value breaking', 'body/a markup-value breaking'],
    ],
    [
      'of a form',
      typed(FORM, 'a=1&b=2&a=3'),
      typed(FORM, 'a=1&a=4&c=2'),
      ['body/a/1 form-value breaking', 'body/b key-missing breaking', 'body/c key-added breaking'],
    ],
    [
      'of a form that is escaped otherwise',
      typed(FORM, 'a=x+y'),
      typed(FORM, 'a=x%20y'),
      ['body string-escape benign'],
    ],
    ['of a form in another order', typed(FORM, 'a=1&b=2'), typed(FORM, 'b=2&a=1'), ['body key-order benign']],
    [
      'in parts, with another boundary',
      multipart('x', field('a', '1')),
      multipart('y', field('a', '1')),
      ['body part-boundary benign'],
    ],
    [
      'in parts that differ',
      multipart('x', field('a', '1'), file('b', '[]')),
      multipart('y', file('b', 'null'), field('a', '2')),
      ['body/a/line/1 text-value breaking', 'body/b null-for-empty-array breaking'],
    ],
    [
      'in parts of which one is missing',
      multipart('x', field('a', '1'), field('b', '2')),
      multipart('x', field('a', '1')),
      ['body/b part-value breaking'],
    ],
    [
      'in parts that is none',
      multipart('x', field('a', '1')),
      typed('multipart/form-data; boundary=x', 'nothing'),
      [1, 2, 3, 4, 5].map((line) => `body/line/${line} text-value breaking`),
    ],
    [
      'of bytes',
      typed('image/png', Buffer.from([1, 2, 3])),
      typed('image/png', Buffer.from([1, 9, 3])),
      ['body body-bytes breaking'],
    ],
    [
      'of bytes that nobody names',
      answer(Buffer.from([0, 1]), []),
      answer(Buffer.from([0, 2]), []),
      ['body body-bytes breaking'],
    ],
    ['of text that nobody names', answer('a', []), answer('b', []), ['body/line/1 text-value breaking']],
  ])('%s is told', (_name, stable, candidate, expected) => {
    expect(named(stable, candidate)).toEqual(expected);
  });

  it('of two error pages differs once', () => {
    const page = (status: number, type: string, body: string) => answer(body, [['Content-Type', type]], { status });
    expect(named(page(404, 'text/html', '<p>a</p>'), page(404, 'text/plain', 'b'))).toEqual([
      'body not-found-body breaking',
    ]);
    expect(named(page(400, 'text/plain', 'a'), page(400, 'text/plain', 'b'))).toEqual(['body error-body breaking']);
    expect(named(page(400, 'text/html', '<p>a</p>'), page(400, 'text/html', '<b>b</b>'))).toEqual([
      'body error-page undecided',
    ]);
    expect(named(page(400, 'application/json', '{"a":1}'), page(400, 'application/json', '{"a":2}'))).toEqual([
      'body/a number-value breaking',
    ]);
  });

  it('of two errors with two statuses follows from them, unless it is data', () => {
    const error = (status: number, type: string, body: string) => answer(body, [['Content-Type', type]], { status });
    expect(named(error(400, 'text/plain', 'a'), error(404, 'text/plain', 'b'))).toEqual([]);
    expect(named(error(400, 'application/json', '{"a":1}'), error(422, 'application/json', '{"a":2}'))).toEqual([
      'body/a number-value breaking',
    ]);
  });

  it('has fifty differences at most', () => {
    const attributes = (value: number) => Array.from({ length: 200 }, (_, i) => `a${i}=${value}`).join(' ');
    const many = found(typed('text/html', `<p ${attributes(1)}>`), typed('text/html', `<p ${attributes(2)}>`));
    expect(many.length).toBe(51);
    expect(many.at(-1)).toMatchObject({ cause: 'too-many-differences' });
  });

  it('names the first byte that differs', () => {
    expect(found(typed('image/png', Buffer.from([1, 2])), typed('image/png', Buffer.from([1, 3])))).toMatchObject([
      { stable: '2 bytes (0102…)', candidate: '2 bytes (0103…)', advice: expect.stringContaining('number 1 (from 0)') },
    ]);
  });

  it('in base64 that is none is told, not thrown', () => {
    const broken = answer('', undefined, { body: { ...binaryBody(Buffer.from('x')), data: '*' } });
    expect(named(broken, answer('{}'))).toEqual(['body undecodable-content breaking']);
  });

  it('of metrics is read in one pass, whatever its lines hold', () => {
    const metrics = (text: string) => typed('text/plain; version=0.0.4', text);
    for (const line of [
      `m{${'a'.repeat(1_000_000)}} 1`,
      `m{${'a="'.repeat(300_000)}`,
      `m{${'} '.repeat(300_000)}`,
      `m${' \t'.repeat(300_000)}`,
    ])
      expect(named(metrics(`${line}\n`), metrics(`${line}x\n`))).toEqual(['body/line/1 text-value breaking']);
  });
});
