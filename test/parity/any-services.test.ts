/**
 * Answers of services outside this project: differences that must be found, and differences that must raise no alarm.
 * There are several instances of each kind.
 */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeContent } from '../../capture/bytes/zlib-decoder.ts';
import type { CaptureRecord, HeaderList, Leg } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { placeOf } from '../../parity/model/difference.ts';
import { compileRules, type RuleSet, sweepingRules } from '../../parity/rules/index.ts';
import { mergeNoise, NO_NOISE, noiseOf, withNoise } from '../../parity/tally/noise.ts';
import { answer, pairOf } from '../support/answer.ts';

type Body = string | Uint8Array;
const typed = (type: string, body: Body, ...more: HeaderList) => answer(body, [['Content-Type', type], ...more]);
const coded = (coding: string, body: Body, type = 'application/json') =>
  typed(type, body, ['Content-Encoding', coding]);
const join = (...parts: readonly (Uint8Array | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const named = (stable: Leg, candidate: Leg, record: Partial<CaptureRecord> = {}) =>
  compareRecord({ ...pairOf(stable, candidate), ...record }, { decode: decodeContent }).differences.map(
    (d) => `${d.severity} ${d.cause} ${placeOf(d)}`,
  );
const verdict = (stable: Leg, candidate: Leg, record: Partial<CaptureRecord> = {}) =>
  compareRecord({ ...pairOf(stable, candidate), ...record }, { decode: decodeContent }).verdict;

describe('a coded body', () => {
  const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9);
  const zstd = (text: string) => zstdCompressSync(text);

  it.each<[string, Leg, Leg, string[]]>([
    [
      'a second zstd frame',
      coded('zstd', join(zstd('{"a":'), zstd('1}'))),
      coded('zstd', join(zstd('{"a":'), zstd('2}'))),
      ['breaking number-value body/a'],
    ],
    [
      'a frame behind a skippable one',
      coded('zstd', join(skippable, zstd('{"a":1}'))),
      coded('zstd', join(zstd('{"a":2}'), skippable)),
      ['breaking number-value body/a'],
    ],
    [
      'bytes behind br',
      coded('br', brotliCompressSync('{}')),
      coded('br', join(brotliCompressSync('{}'), '!')),
      ['breaking undecodable-content body'],
    ],
    [
      'bytes behind deflate',
      coded('deflate', deflateSync('{}')),
      coded('deflate', join(deflateSync('{}'), '!')),
      ['breaking undecodable-content body'],
    ],
    [
      'bytes behind raw deflate',
      coded('deflate', deflateRawSync('{}')),
      coded('deflate', join(deflateRawSync('{}'), '!')),
      ['breaking undecodable-content body'],
    ],
    [
      'bytes behind zstd',
      coded('zstd', zstd('{}')),
      coded('zstd', join(zstd('{}'), '!')),
      ['breaking undecodable-content body'],
    ],
    [
      'raw deflate against zlib',
      coded('deflate', deflateRawSync('{"v":1}')),
      coded('deflate', deflateSync('{"v":1}')),
      [],
    ],
    [
      'a label that is no coding',
      coded('utf-8', '{"a":1}'),
      coded('utf-8', '{"a":2}'),
      ['benign content-encoding body', 'breaking number-value body/a'],
    ],
    [
      'another such label',
      coded('binary', '{"a":1}'),
      coded('none', '{ "a":1}'),
      ['benign content-encoding header:content-encoding', 'benign content-encoding body', 'benign white-space body'],
    ],
    [
      'a recorder that decodes and keeps the field',
      coded('gzip', '{"a":1,"b":2}'),
      coded('gzip', '{"b":2,"a":1}'),
      ['benign content-encoding body', 'benign key-order body'],
    ],
    [
      'plain text where only the candidate says gzip',
      coded('gzip', gzipSync('{}')),
      coded('gzip', '{ }'),
      ['breaking undecodable-content body'],
    ],
  ])('with %s', (_, stable, candidate, expected) => {
    expect(named(stable, candidate)).toEqual(expected);
  });
});

describe('a body in a format that holds JSON', () => {
  it.each<[string, string, string, string]>([
    ['NDJSON with another last newline', 'application/x-ndjson', '{"a":1,"b":2}\n{"c":3}\n', '{"b":2,"a":1}\n{"c":3}'],
    ['NDJSON as Spring names it', 'application/stream+json', '{"a":1,"b":2}\n{}', '{"b":2,"a":1}\n{}'],
    ['NDJSON named JSON', 'application/json', '{"a":1,"b":2}\n{}\n', '{"b":2,"a":1}\n{}\n'],
    ['JSON lines with blank lines', 'application/jsonl', '{"a":1}\n\n{}\n', '{"a":1}\r\n{}\r\n'],
    ['RFC 7464', 'application/json-seq', '\u001e{"a":1,"b":2}\n', '\u001e{"b":2,"a":1}\n'],
    ['GeoJSON sequences', 'application/geo+json-seq', '\u001e{"a":1}\n\u001e{}\n', '\u001e{ "a":1}\n\u001e{}\n'],
    ['server-sent events', 'text/event-stream', 'data: {"a":1,"b":2}\n\n', ': hello\ndata:{"b":2,"a":1}\r\n\r\n'],
    [
      'named events',
      'text/event-stream; charset=x',
      'event: e\nid: 1\ndata: {"a":1}\n\n',
      'id: 1\nevent: e\ndata: { "a":1}\n\n',
    ],
    ['AWS JSON', 'application/x-amz-json-1.1', '{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['vendors’ JSON', 'application/vnd.shop.v2+json', '{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['CSP reports', 'application/csp-report+json', '{"a":1}', '{"a": 1}'],
    ['octets that are JSON', 'application/octet-stream', '{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['a mark of order', 'application/json', '\ufeff{"a":1,"b":2}', '\ufeff{"b":2,"a":1}'],
    ['a guard of Angular', 'application/json', ')]}\',\n{"a":1,"b":2}', ')]}\',\n{"b":2,"a":1}'],
    ['a guard that loops', 'application/json', 'for(;;);{"a":1,"b":2}', 'for(;;);{"b":2,"a":1}'],
    ['a charset in single quotes', "application/json; charset='utf-8'", '{"a":"é","b":2}', '{"b":2,"a":"é"}'],
    ['a charset that JSON ignores', 'application/json; charset=iso-8859-1', '{"a":"é","b":2}', '{"b":2,"a":"é"}'],
  ])('%s is compared as such', (_, type, stable, candidate) => {
    expect(verdict(typed(type, stable), typed(type, candidate))).toBe('benign');
  });

  it.each<[string, string, string, string, string]>([
    ['NDJSON', 'application/x-ndjson', '{"a":1}\n{"a":2}\n', '{"a":1}\n{"a":3}\n', 'breaking number-value body/1/a'],
    ['events', 'text/event-stream', 'data: {"a":1}\n\n', 'data: {"a":2}\n\n', 'breaking number-value body/0/data/a'],
    [
      'events’ names',
      'text/event-stream',
      'event: x\ndata: 1\n\n',
      'event: y\ndata: 1\n\n',
      'breaking value body/0/event',
    ],
    ['a mark on one side only', 'application/json', '{}', '\ufeff{}', 'breaking malformed-json body'],
    ['a guard on one side only', 'application/json', ")]}'\n{}", '{}', 'breaking malformed-json body'],
    [
      'records that are lost',
      'application/json-seq',
      '\u001e1\n\u001e2\n',
      '\u001e1\n',
      'breaking array-length body/1',
    ],
  ])('%s is not the same with another value', (_, type, stable, candidate, expected) => {
    expect(named(typed(type, stable), typed(type, candidate))).toContain(expected);
  });
});

describe('a document or a table', () => {
  it.each<[string, string, string, string, string]>([
    ['cells in quotes', 'text/csv', '"id","name"\n"1","a"\n', 'id,name\n1,a\n', 'benign'],
    ['quotes within cells', 'text/csv', 'a,"b ""c"""\n', '"a","b ""c"""\n', 'benign'],
    ['a newline within a cell', 'text/csv', '"a\nb",c\n', '"a\nb","c"\n', 'benign'],
    ['tabs', 'text/tab-separated-values', '"a"\tb\n', 'a\tb\n', 'benign'],
    ['another cell', 'text/csv', 'a,b\n1,2\n', 'a,b\n1,3\n', 'breaking'],
    ['quotes that change the cells', 'text/csv', '"a,b"\n', 'a,b\n', 'breaking'],
    [
      'a declaration that says the default',
      'application/xml',
      '<?xml version="1.0" encoding="UTF-8"?><a/>',
      '<a></a>',
      'benign',
    ],
    ['another prefix', 'application/soap+xml', '<s:a xmlns:s="u"><s:b/></s:a>', '<a xmlns="u"><b/></a>', 'benign'],
    [
      'another prefix of an attribute',
      'application/xml',
      '<a xmlns:x="u" x:k="1"/>',
      '<a xmlns:y="u" y:k="1"/>',
      'benign',
    ],
    ['another namespace', 'application/xml', '<a xmlns="u"/>', '<a xmlns="v"/>', 'breaking'],
    ['layout of XML', 'application/xml', '<a>\n  <b>1</b>\n</a>', '<a><b>1</b></a>', 'benign'],
    ['white space within XML text', 'application/xml', '<a>x  y</a>', '<a>x y</a>', 'breaking'],
    ['white space at the end of XML text', 'application/xml', '<a>x </a>', '<a>x</a>', 'breaking'],
    ['white space within HTML text', 'text/html', '<p>x \n y</p>', '<p>x y</p>', 'benign'],
    ['U+00A0', 'text/html', '<p>1&nbsp;000</p>', '<p>1 000</p>', 'breaking'],
    ['U+3000', 'text/html', '<p>a\u3000</p>', '<p>a</p>', 'breaking'],
    ['U+2003', 'text/html', '<p>a\u2003b</p>', '<p>a b</p>', 'breaking'],
  ])('with %s', (_, type, stable, candidate, expected) => {
    expect(verdict(typed(type, stable), typed(type, candidate))).toBe(expected);
  });

  it.each(['<div>'.repeat(200_000), '<p><b>'.repeat(100_000), `${'<a>'.repeat(100_000)}${'</b>'.repeat(100_000)}`])(
    'of unclosed elements is compared in bounded time',
    (deep) => {
      const before = process.threadCpuUsage();
      expect(verdict(typed('text/html', `${deep}x`), typed('text/html', `${deep}y`))).toBe('breaking');
      // CPU time of this thread, which other work on the machine does not lengthen.
      expect(process.threadCpuUsage(before).user / 1_000_000).toBeLessThan(5);
    },
  );
});

describe('a field', () => {
  const fields = (...headers: HeaderList) => answer('', headers);
  it.each<[string, string, string, string]>([
    ['content-disposition', 'attachment; filename="a.csv"', 'attachment;filename=a.csv', 'benign'],
    ['content-disposition', 'attachment; filename="a.csv"', 'attachment; filename="b.csv"', 'undecided'],
    ['strict-transport-security', 'max-age=60; includeSubDomains', 'max-age=60;includesubdomains', 'benign'],
    ['strict-transport-security', 'max-age=60; includeSubDomains', 'max-age=60', 'undecided'],
    ['content-security-policy', "default-src 'self'; img-src *", "img-src *;default-src  'self';", 'benign'],
    ['content-security-policy', "default-src 'self'", 'default-src *', 'undecided'],
    ['permissions-policy', 'camera=(),  geolocation=()', 'camera=(), geolocation=()', 'benign'],
    ['link', '</a>; rel="next"', '</a>;rel=next', 'benign'],
    ['x-frame-options', 'DENY', 'deny', 'benign'],
    ['access-control-allow-methods', 'GET,POST', 'GET, POST, HEAD', 'benign'],
    ['access-control-allow-headers', 'A', 'A, B', 'benign'],
    ['access-control-allow-methods', 'GET,POST', 'GET', 'breaking'],
    ['access-control-allow-origin', 'https://a.test', '*', 'benign'],
    ['access-control-allow-origin', 'https://a.test', 'https://b.test', 'breaking'],
    ['access-control-allow-origin', '*', 'https://b.test', 'breaking'],
    ['set-cookie', 'a=1; Expires=0', 'a=1; Max-Age=0', 'breaking'],
    ['set-cookie', 'a=1; Expires=-1', 'a=1', 'benign'],
    ['set-cookie', 'a=1; Expires=Thu, 01-Jan-1970 00:00:10 GMT', 'a=1; Max-Age=0', 'benign'],
    ['set-cookie', 'foo', 'foo=', 'breaking'],
    ['set-cookie', '=foo', 'foo', 'benign'],
  ])('%s: %s against %s', (name, stable, candidate, expected) => {
    expect(verdict(fields([name, stable]), fields([name, candidate]))).toBe(expected);
  });

  it('that is a date moves with the Date of its answer', () => {
    const at = (date: string, expires: string) => fields(['Date', date], ['Expires', expires]);
    const stable = at('Tue, 24 Nov 2026 08:00:00 GMT', 'Tue, 24 Nov 2026 09:00:00 GMT');
    expect(verdict(stable, at('Tue, 24 Nov 2026 08:00:30 GMT', 'Tue, 24 Nov 2026 09:00:30 GMT'))).toBe('benign');
    expect(verdict(stable, at('Tue, 24 Nov 2026 08:00:30 GMT', 'Tue, 24 Nov 2026 08:00:30 GMT'))).toBe('undecided');
    expect(verdict(fields(['Expires', '0']), fields(['Expires', '-1']))).toBe('benign');
  });

  it('of HEAD that announces a length is trusted by downloaders', () => {
    const head = (length: string) => fields(['Content-Length', length], ['Content-Type', 'application/zip']);
    const request = { method: 'HEAD', target: '/x' };
    expect(verdict(head('1000'), head('0'), { request })).toBe('undecided');
    expect(verdict(head('1000'), head('500'), { request })).toBe('undecided');
    expect(verdict(head('27'), head('28'), { request })).toBe('benign');
  });

  it('or a body may name the host at which its side was asked', () => {
    const hosts = { stable: 'node.test', candidate: 'go.test:8080' };
    const moved = (to: string) => answer('', [['Location', to]], { status: 302 });
    expect(named(moved('http://node.test/a'), moved('http://go.test:8080/a'), { hosts })).toEqual([
      'benign location-form header:location',
    ]);
    expect(verdict(moved('http://node.test/a'), moved('http://else.test/a'), { hosts })).toBe('breaking');
    expect(verdict(answer('{"u":"http://node.test/1"}'), answer('{"u":"http://go.test:8080/1"}'), { hosts })).toBe(
      'benign',
    );
    expect(verdict(answer('{"u":"http://node.test/1"}'), answer('{"u":"http://go.test:8080/2"}'), { hosts })).toBe(
      'breaking',
    );
  });

  it('of a preflight that goes away breaks browsers, and OPTIONS that nobody asked for does not', () => {
    const headers: HeaderList = [
      ['Origin', 'https://a.test'],
      ['Access-Control-Request-Method', 'POST'],
    ];
    const request = { method: 'OPTIONS', target: '/x', headers };
    const allowed = answer('', [['Access-Control-Allow-Origin', '*']], { status: 204 });
    const unknown = answer('', [], { status: 404 });
    expect(named(allowed, unknown, { request })).toEqual(['breaking preflight-refused status']);
    expect(named(answer('', [], { status: 204 }), unknown, { request: { ...request, headers: [] } })).toEqual([
      'undecided options-default status',
    ]);
  });
});

describe('a cause', () => {
  it.each<[string, string, string[]]>([
    ['{"n":1000000}', '{"n":1e+06}', ['undecided number-exponent body/n']],
    ['{"n":10}', '{"n":1E1}', ['undecided number-exponent body/n']],
    ['{"n":0.000001}', '{"n":1e-6}', ['benign number-format body/n']],
    ['{"price":1.5}', '{"price":null}', ['breaking type body/price']],
    ['{"items":5}', '{"items":5000}', ['breaking number-value body/items']],
    ['{"usage":5}', '{"usage":5000}', ['breaking number-value body/usage']],
    ['{"population":5}', '{"population":5000000}', ['breaking number-value body/population']],
    ['{"timeoutMs":5}', '{"timeoutMs":5000000}', ['breaking duration-unit body/timeoutMs']],
    ['{"userId":1}', '{"user_id":1}', ['breaking key-renamed body/userId', 'breaking key-renamed body/user_id']],
    ['{"userId":1}', '{"user_id":2}', ['breaking key-missing body/userId', 'breaking key-added body/user_id']],
    ['{"at":"2026-01-01T00:00:00"}', '{"at":"2026-01-01T00:00:00Z"}', ['breaking timestamp-zone body/at']],
  ])('of %s against %s', (stable, candidate, expected) => {
    expect(named(answer(stable), answer(candidate))).toEqual(expected);
  });
});

describe('noise and rules', () => {
  const NOW = new Date('2026-03-10T00:00:00Z');
  const none = compileRules({ v: 1, rules: [] }, NOW);
  const html = (body: string) => typed('text/html', body);
  const text = (body: string) => typed('text/plain', body);
  const cookie = (value: string) => answer('{}', [['Set-Cookie', value]]);
  const status = (code: number) => answer('{}', [], { status: code });
  const pdf = (text: string, length = 400) =>
    typed('application/pdf', Buffer.from(`%PDF-1.7\xff${text}`.padEnd(length), 'latin1'));

  /** Returns the differences that remain after ten captures in which stable varied as `control` shows. */
  function left(stable: Leg, control: Leg, candidate: Leg, captures = 10, flaps = captures) {
    const records = Array.from({ length: captures }, (_, i) => ({
      ...pairOf(stable, candidate),
      noise: i < flaps ? control : stable,
    }));
    const model = records.map((one) => noiseOf(one, compareRecord)).reduce(mergeNoise, NO_NOISE);
    const rules = withNoise(none, model);
    const { differences } = compareRecord(pairOf(stable, candidate), { rules });
    return differences.filter((d) => d.severity !== 'noise').map((d) => `${d.cause} ${placeOf(d)}`);
  }

  it.each<[string, Leg, Leg, Leg, string[]]>([
    ['a worse status', status(200), status(429), status(500), ['status status']],
    ['the same worse status', status(200), status(503), status(503), ['status status']],
    ['a lost page', status(200), status(503), status(404), ['status status']],
    ['a later line', text('a\nb\nc'), text('x\nb\nc'), text('y\nb\nd'), ['text-value body/line/3']],
    [
      'lines that are lost',
      text('a\nb\nc'),
      text('x\nb\nc'),
      text('y'),
      ['text-value body/line/2', 'text-value body/line/3'],
    ],
    [
      'another cell',
      typed('text/csv', 'a,1\n'),
      typed('text/csv', 'b,1\n'),
      typed('text/csv', 'c,2\n'),
      ['text-value body/line/1/2'],
    ],
    [
      'the attributes of a cookie',
      cookie('s=1; HttpOnly'),
      cookie('s=2; HttpOnly'),
      cookie('s=3'),
      ['cookie-value header:set-cookie'],
    ],
    [
      'another cookie',
      cookie('s=1'),
      cookie('s=2'),
      cookie('t=1'),
      ['cookie-value header:set-cookie', 'cookie-value header:set-cookie'],
    ],
    [
      'the rest of a page',
      html('<ul><li>a</li></ul><b>5</b>'),
      html('<ul><li>a</li><li>b</li></ul><b>5</b>'),
      html('<ul><li>a</li><li>c</li></ul><b>9</b>'),
      ['markup-value body/b/text()'],
    ],
    [
      'another magic',
      pdf('a'),
      pdf('b'),
      typed('application/pdf', Buffer.from('\xffoops'.padEnd(400), 'latin1')),
      ['body-bytes body'],
    ],
    ['another length', pdf('a'), pdf('b'), pdf('c', 90), ['body-bytes body']],
    ['a lost key', answer('{"a":1}'), answer('{}'), answer('{}'), ['key-missing body/a']],
    ['a lost field', answer('{}', [['X-A', '1']]), answer('{}', []), answer('{}', []), ['header-missing header:x-a']],
  ])('are no excuse for %s', (_, stable, control, candidate, expected) => {
    expect(left(stable, control, candidate)).toEqual(expected);
  });

  it('excuse what varies, where and as it varies', () => {
    expect(left(text('a\nb'), text('x\nb'), text('y\nb'))).toEqual([]);
    expect(left(cookie('s=1; Secure'), cookie('s=2; Secure'), cookie('s=3; Secure'))).toEqual([]);
    expect(left(pdf('a'), pdf('b'), pdf('c'))).toEqual([]);
    expect(left(answer('{"a":1}'), answer('{"a":2}'), answer('{"a":3}'))).toEqual([]);
  });

  it.each([1, 2, 4])('say nothing of a place that varied in %i captures', (flaps) => {
    expect(left(answer('{"a":1}'), answer('{"a":2}'), answer('{"a":3}'), 8, flaps)).toEqual(['number-value body/a']);
  });

  const rule = (where: RuleSet['rules'][number]['where']): RuleSet['rules'][number] =>
    ({ id: 'r', owner: 'o', reason: 'r', expires: '2027-01-01', kind: 'ignore', where }) as const;
  const ruled = (stable: Leg, candidate: Leg, where: RuleSet['rules'][number]['where']) =>
    compareRecord(pairOf(stable, candidate), { rules: compileRules({ v: 1, rules: [rule(where)] }, NOW) })
      .differences.filter((d) => d.severity !== 'noise')
      .map((d) => `${d.cause} ${placeOf(d)}`);

  it('keep what an ignored value does not say', () => {
    expect(ruled(text('a\nb\nc'), text('a\nx\ny'), { pointer: '/line/2' })).toEqual(['text-value body/line/3']);
    expect(ruled(typed('text/csv', 'a,1\nb,2\n'), typed('text/csv', 'a,9\n'), { pointer: '/line/1' })).toEqual([
      'text-value body/line/2',
    ]);
    expect(ruled(cookie('s=1; Secure'), cookie('s=2'), { header: 'set-cookie' })).toEqual([
      'cookie-value header:set-cookie',
    ]);
    expect(ruled(answer('{"o":[1]}'), answer('{"o":[]}'), { pointer: '/o/**' })).toEqual(['array-length body/o/0']);
  });

  it('warn of a rule that excuses failures everywhere', () => {
    const sweeping = (where: RuleSet['rules'][number]['where']) => sweepingRules({ v: 1, rules: [rule(where)] }).length;
    expect([sweeping({ cause: 'status' }), sweeping({ cause: 'no-answer', route: '/**' })]).toEqual([1, 1]);
    expect([sweeping({ cause: 'status', route: '/a' }), sweeping({ cause: 'value' })]).toEqual([0, 0]);
  });
});
