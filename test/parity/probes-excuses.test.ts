/** What the stable side varies in, and what an owner allows to vary, excuses nothing else. */
import { describe, expect, it } from 'vitest';
import { decodeContent } from '../../capture/bytes/index.ts';
import type { ResponseLeg } from '../../capture/format/index.ts';
import { standsAgainst } from '../../parity/causes/index.ts';
import { type Compare, compareRecord } from '../../parity/compare/index.ts';
import { type CompiledRules, compileRules, parseRules } from '../../parity/rules/index.ts';
import { mergeNoise, NO_NOISE, noiseOf, withNoise } from '../../parity/tally/index.ts';
import { answer, pairOf } from '../support/answer.ts';
import { csv, events, fields, html, json, tell, typed, xml } from '../support/compared.ts';

const NOW = new Date('2026-03-10T00:00:00Z');
const CAPTURES = 10;

/** Returns the differences that still count against the candidate. */
function left(stable: ResponseLeg, candidate: ResponseLeg, rules: CompiledRules): string {
  const { differences } = compareRecord(pairOf(stable, candidate), { rules, decode: decodeContent });
  return tell(differences.filter((d) => standsAgainst(d.severity)));
}

type Noisy = readonly [
  name: string,
  stable: ResponseLeg,
  control: ResponseLeg,
  candidate: ResponseLeg,
  is: 'left' | 'off',
];

/** A batch with one answer of the given status. */
function batch(status: number): ResponseLeg {
  const part = `Content-Type: application/http\r\n\r\nHTTP/1.1 ${status} x\r\nContent-Type: application/json\r\n\r\n{}`;
  return typed('multipart/mixed; boundary=A', `--A\r\n${part}\r\n--A--\r\n`);
}

/** A gRPC-Web call that ends with the given status. */
function call(status: number): ResponseLeg {
  const trailer = Buffer.from(`grpc-status: ${status}\r\n`);
  return typed('application/grpc-web', Buffer.concat([Buffer.from([0x80, 0, 0, 0, trailer.length]), trailer]));
}

/** The same for gRPC, without messages: the status is among the header fields. */
const called = (...status: readonly string[]) =>
  typed('application/grpc', '', ...status.map((one): [string, string] => ['grpc-status', one]));

describe('noise', () => {
  it.each<Noisy>([
    ['emptied list', json('{"i":[1,2,3]}'), json('{"i":[1,2,3,4]}'), json('{"i":[]}'), 'left'],
    ['emptied list keyed', json('{"i":[{"id":1},{"id":2}]}'), json('{"i":[{"id":1}]}'), json('{"i":[]}'), 'left'],
    ['list length', json('{"i":[1,2,3]}'), json('{"i":[1,2,3,4]}'), json('{"i":[1,2]}'), 'off'],
    ['empty string', json('{"t":"abc"}'), json('{"t":"abd"}'), json('{"t":""}'), 'left'],
    ['null', json('{"t":"abc"}'), json('{"t":"abd"}'), json('{"t":null}'), 'left'],
    ['type', json('{"t":1}'), json('{"t":2}'), json('{"t":"2"}'), 'left'],
    ['json malformed', json('{"t":1}'), json('{"t":2}'), json('{"t":3'), 'left'],
    [
      'cookie path',
      fields(['Set-Cookie', 's=1; Path=/']),
      fields(['Set-Cookie', 's=2; Path=/']),
      fields(['Set-Cookie', 's=3; Path=/x']),
      'left',
    ],
    [
      'cookie domain',
      fields(['Set-Cookie', 's=1; Domain=a.test']),
      fields(['Set-Cookie', 's=2; Domain=a.test']),
      fields(['Set-Cookie', 's=3']),
      'left',
    ],
    [
      'cookie empty',
      fields(['Set-Cookie', 's=abcabcabcabc']),
      fields(['Set-Cookie', 's=abcabcabcabd']),
      fields(['Set-Cookie', 's=']),
      'left',
    ],
    [
      'cookie life',
      fields(['Set-Cookie', 's=1; Max-Age=100']),
      fields(['Set-Cookie', 's=2; Max-Age=100']),
      fields(['Set-Cookie', 's=3; Max-Age=1']),
      'left',
    ],
    [
      'form lost on page',
      html('<ul><li>a</li></ul><form><input></form>'),
      html('<ul><li>a</li><li>b</li></ul><form><input></form>'),
      html('<ul><li>a</li><li>c</li></ul>'),
      'left',
    ],
    ['attribute value only', html('<a href="/1">x</a>'), html('<a href="/2">x</a>'), html('<a>x</a>'), 'left'],
    ['attribute + text', html('<a href="/1">x</a>'), html('<a href="/2">x</a>'), html('<a href="/3">y</a>'), 'left'],
    ['XML list emptied', xml('<l><i>a</i></l>'), xml('<l><i>a</i><i>b</i></l>'), xml('<l/>'), 'left'],
    ['XML list shrunk', xml('<l><i>a</i><i>b</i></l>'), xml('<l><i>a</i></l>'), xml('<l><i>a</i></l>'), 'off'],
    ['XML member lost', xml('<a><b>1</b><c/></a>'), xml('<a><c/></a>'), xml('<a><c/></a>'), 'left'],
    [
      'XML text beside',
      xml('<a><b>1</b><c>1</c></a>'),
      xml('<a><b>2</b><c>1</c></a>'),
      xml('<a><b>3</b><c>2</c></a>'),
      'left',
    ],
    ['XML text', xml('<a><b>1</b><c>1</c></a>'), xml('<a><b>2</b><c>1</c></a>'), xml('<a><b>3</b><c>1</c></a>'), 'off'],
    ['a call that fails in its head', called('0'), called('14'), called('14'), 'left'],
    ['a call that fails where none was said to', called(), called('14'), called('14'), 'left'],
    ['a call that fails otherwise', called('5'), called('14'), called('14'), 'off'],
    ['a call that fails in a third way', called('5'), called('14'), called('7'), 'left'],
    ['page emptied', html('<ul><li>a</li></ul>'), html('<ul><li>a</li><li>b</li></ul>'), html('<ul></ul>'), 'left'],
    ['text emptied', html('<p>a1</p>'), html('<p>a2</p>'), html('<p></p>'), 'left'],
    ['csv rows lost', csv('a\n1\n2\n3\n'), csv('a\n1\n2\n4\n'), csv('a\n'), 'left'],
    ['csv cell empty', csv('a,b\n1,x1\n'), csv('a,b\n1,x2\n'), csv('a,b\n1,\n'), 'left'],
    ['csv cells in row', csv('a,b\n1,x1\n'), csv('a,b\n1,x2\n'), csv('a,b\n2,x3\n'), 'left'],
    [
      'text line gone',
      typed('text/plain', 'a\nb1\n'),
      typed('text/plain', 'a\nb2\n'),
      typed('text/plain', 'a\n'),
      'left',
    ],
    [
      'ct of binary',
      typed('image/png', Buffer.from('\x89PNG1')),
      typed('image/png', Buffer.from('\x89PNG2')),
      typed('text/html', Buffer.from('\x89PNG3')),
      'left',
    ],
    [
      'binary emptied',
      typed('image/png', Buffer.from([137, 80, 78, 71, 1])),
      typed('image/png', Buffer.from([137, 80, 78, 71, 2])),
      typed('image/png', ''),
      'left',
    ],
    [
      'status 404 flap, cand 500',
      answer('', [], { status: 404 }),
      answer('', [], { status: 200 }),
      answer('', [], { status: 500 }),
      'left',
    ],
    [
      '500 flap, cand 404',
      answer('', [], { status: 500 }),
      answer('', [], { status: 200 }),
      answer('', [], { status: 404 }),
      'left',
    ],
    [
      '201/200 flap',
      answer('{}', [], { status: 200 }),
      answer('{}', [], { status: 201 }),
      answer('{}', [], { status: 202 }),
      'off',
    ],
    [
      'stable 404/400 flap, 403',
      answer('', [], { status: 404 }),
      answer('', [], { status: 400 }),
      answer('', [], { status: 403 }),
      'off',
    ],
    [
      '302 flap to login',
      answer('', [['Location', '/a?n=1']], { status: 302 }),
      answer('', [['Location', '/a?n=2']], { status: 302 }),
      answer('', [['Location', '/login?n=3']], { status: 302 }),
      'left',
    ],
    ...(
      [
        ['an id, another page', '/o/17', '/o/18', '/login', 'left'],
        ['a code, another page of as many segments', '/o/x1', '/o/x2', '/login/now', 'left'],
        ['a code, another code', '/o/x1', '/o/x2', '/o/x3', 'off'],
        ['a short link, another page', '/x1', '/x2', '/login', 'left'],
        ['a short link, another one', '/x1', '/x2', '/x3', 'off'],
        ['a page, another page', '/a', '/b', '/c', 'left'],
        ['an id elsewhere, another host', 'https://a.test/o/x1', 'https://a.test/o/x2', 'https://b.test/o/x3', 'left'],
      ] as const
    ).map(
      ([name, ...[stable, control, candidate, is]]): Noisy => [
        `Location with ${name}`,
        answer('', [['Location', stable]], { status: 302 }),
        answer('', [['Location', control]], { status: 302 }),
        answer('', [['Location', candidate]], { status: 302 }),
        is,
      ],
    ),
    ['sse lost', events('data: 1\n\ndata: 2\n\n'), events('data: 1\n\ndata: 3\n\n'), events('data: 1\n\n'), 'left'],
    ['key-added flap', json('{"a":1}'), json('{"a":1,"b":2}'), json('{"b":2}'), 'left'],
    ['header value kind', fields(['X-Total', '12']), fields(['X-Total', '13']), fields(['X-Total', 'NaN']), 'left'],
    [
      'header uuid',
      fields(['X-Id', '123e4567-e89b-12d3-a456-426614174000']),
      fields(['X-Id', '123e4567-e89b-12d3-a456-426614174001']),
      fields(['X-Id', 'undefined']),
      'left',
    ],
    ['etag kind', fields(['ETag', '"1"']), fields(['ETag', '"2"']), fields(), 'left'],
    [
      'multipart',
      typed('multipart/mixed; boundary=x', '--x\nContent-Type: text/plain\n\na\n--x--'),
      typed('multipart/mixed; boundary=x', '--x\nContent-Type: text/plain\n\nb\n--x--'),
      typed('multipart/mixed; boundary=x', '--x\nContent-Type: text/html\n\nc\n--x--'),
      'left',
    ],
    ['array order', json('[1,2,3]'), json('[2,1,3]'), json('[3,2,1]'), 'off'],
    ['array order + lost', json('[1,2,3]'), json('[2,1,3]'), json('[3,2]'), 'left'],
    [
      'nested html deep',
      html('<div><p>1</p><b>k</b></div>'),
      html('<div><p>2</p><b>k</b></div>'),
      html('<div><p>3</p><b>j</b></div>'),
      'left',
    ],
    [
      'whole pdf grown',
      typed('application/pdf', Buffer.from(`%PDF-1.7\xff${'a'.repeat(400)}`, 'latin1')),
      typed('application/pdf', Buffer.from(`%PDF-1.7\xff${'b'.repeat(400)}`, 'latin1')),
      typed('application/pdf', Buffer.from(`%PDF-1.7\xff${'c'.repeat(1400)}`, 'latin1')),
      'left',
    ],
    ['a batch: another status of an answer', batch(200), batch(429), batch(500), 'left'],
    ['a batch: better again', batch(500), batch(200), batch(200), 'off'],
    [
      'page link flaps, relation lost',
      fields(['Link', '</a?c=1>; rel=next']),
      fields(['Link', '</a?c=2>; rel=next']),
      fields(['Link', '</a?c=3>; rel=prev']),
      'left',
    ],
    [
      'page link flaps, and goes',
      fields(['Link', '</a?c=1>; rel=next']),
      fields(['Link', '</a?c=2>; rel=next']),
      fields(),
      'left',
    ],
    [
      'page link flaps',
      fields(['Link', '</a?c=1>; rel=next']),
      fields(['Link', '</a?c=2>; rel=next']),
      fields(['Link', '</a?c=3>; rel=next']),
      'off',
    ],
    [
      'lifetime flaps, private lost',
      fields(['Cache-Control', 'private, max-age=60']),
      fields(['Cache-Control', 'private, max-age=59']),
      fields(['Cache-Control', 'max-age=58']),
      'left',
    ],
    [
      'challenge flaps, scheme lost',
      answer('', [['WWW-Authenticate', 'Digest realm="a", nonce="x"']], { status: 401 }),
      answer('', [['WWW-Authenticate', 'Digest realm="a", nonce="y"']], { status: 401 }),
      answer('', [['WWW-Authenticate', 'Basic realm="a"']], { status: 401 }),
      'left',
    ],
    [
      'file name flaps, shown inline',
      fields(['Content-Disposition', 'attachment; filename="r1.csv"']),
      fields(['Content-Disposition', 'attachment; filename="r2.csv"']),
      fields(['Content-Disposition', 'inline; filename="r3.csv"']),
      'left',
    ],
    [
      'whole length flaps, another part',
      answer('ab', [['Content-Range', 'bytes 0-1/10']], { status: 206 }),
      answer('ab', [['Content-Range', 'bytes 0-1/11']], { status: 206 }),
      answer('ab', [['Content-Range', 'bytes 5-6/11']], { status: 206 }),
      'left',
    ],
    [
      'whole length flaps',
      answer('ab', [['Content-Range', 'bytes 0-1/10']], { status: 206 }),
      answer('ab', [['Content-Range', 'bytes 0-1/11']], { status: 206 }),
      answer('ab', [['Content-Range', 'bytes 0-1/12']], { status: 206 }),
      'off',
    ],
    ['type flaps, a third one', json('{}'), typed('text/plain', '{}'), typed('text/html', '{}'), 'left'],
    ['a call’s status flaps', call(0), call(4), call(5), 'left'],
  ])('%s', (_, stable, control, candidate, is) => {
    const compare: Compare = (record) => compareRecord(record, { decode: decodeContent });
    const record = { ...pairOf(stable, candidate), noise: control };
    const model = Array.from({ length: CAPTURES }, () => noiseOf(record, compare)).reduce(mergeNoise, NO_NOISE);
    const found = left(stable, candidate, withNoise(compileRules({ v: 1, rules: [] }, NOW), model));
    expect(found === '' ? 'off' : 'left').toBe(is);
  });
});

type Ruled = readonly [name: string, stable: ResponseLeg, candidate: ResponseLeg, rule: object, is: 'left' | 'off'];

describe('a rule', () => {
  it.each<Ruled>([
    ['items lost', json('{"o":[1,2]}'), json('{"o":[1]}'), { where: { pointer: '/o/*' } }, 'left'],
    ['object lost', json('{"o":{"a":1}}'), json('{"o":{}}'), { where: { pointer: '/o/**' } }, 'left'],
    ['object to array', json('{"o":{"a":1}}'), json('{"o":[]}'), { where: { pointer: '/o' } }, 'left'],
    ['emptied str', json('{"o":"abc"}'), json('{"o":""}'), { where: { pointer: '/o' } }, 'left'],
    ['null', json('{"o":"abc"}'), json('{"o":null}'), { where: { pointer: '/**' } }, 'left'],
    ['zero for null', json('{"o":null}'), json('{"o":0}'), { where: { pointer: '/**' } }, 'left'],
    ['key by cause value', json('{"o":1}'), json('{}'), { where: { cause: 'number-value' } }, 'left'],
    [
      'text cause lines',
      typed('text/plain', 'a\nb'),
      typed('text/plain', 'a'),
      { where: { cause: 'text-value' } },
      'left',
    ],
    ['markup cause', html('<p>a</p><b>x</b>'), html('<p>a</p>'), { where: { cause: 'markup-value' } }, 'left'],
    ['cookie lost', fields(['Set-Cookie', 'a=1']), fields(), { where: { header: 'set-cookie' } }, 'left'],
    ['ct', typed('text/html', 'a'), typed('text/plain', 'a'), { where: { header: 'content-type' } }, 'left'],
    ['field lost', fields(['X-A', '1']), fields(), { where: { header: 'x-a' } }, 'left'],
    [
      'form val lost',
      typed('application/x-www-form-urlencoded', 'a=1&b=2'),
      typed('application/x-www-form-urlencoded', 'a=1'),
      { where: { pointer: '/**' } },
      'left',
    ],
    [
      'form second val lost',
      typed('application/x-www-form-urlencoded', 'a=1&a=2'),
      typed('application/x-www-form-urlencoded', 'a=1'),
      { where: { pointer: '/**' } },
      'left',
    ],
    ['unordered dup', json('[1,1,2]'), json('[1,2,2]'), { kind: 'unordered', where: { pointer: '' } }, 'left'],
    ['unordered lost', json('[1,1,2]'), json('[2,1]'), { kind: 'unordered', where: { pointer: '' } }, 'left'],
    [
      'keyed lost',
      json('[{"k":1},{"k":2}]'),
      json('[{"k":2}]'),
      { kind: 'keyed', key: '/k', where: { pointer: '' } },
      'left',
    ],
    [
      'keyed val',
      json('[{"k":1,"v":1},{"k":2,"v":1}]'),
      json('[{"k":2,"v":1},{"k":1,"v":2}]'),
      { kind: 'keyed', key: '/k', where: { pointer: '' } },
      'left',
    ],
    [
      'tolerance sign',
      json('{"a":1}'),
      json('{"a":-1}'),
      { kind: 'tolerance', within: { relative: 0.01 }, where: { pointer: '/a' } },
      'left',
    ],
    [
      'tolerance type',
      json('{"a":1}'),
      json('{"a":"1"}'),
      { kind: 'tolerance', within: { absolute: 1 }, where: { pointer: '/a' } },
      'left',
    ],
    [
      'tolerance ms layout',
      json('{"a":"2026-01-01T00:00:00Z"}'),
      json('{"a":"2026-01-01T00:00:00"}'),
      { kind: 'tolerance', within: { ms: 1000 }, where: { pointer: '/a' } },
      'left',
    ],
    [
      'binary ignore magic',
      typed('image/png', Buffer.from([137, 80, 78, 71, 255])),
      typed('image/png', Buffer.from([60, 104, 116, 109, 255])),
      { where: { pointer: '' } },
      'left',
    ],
    [
      'binary ignore cause',
      typed('image/png', Buffer.from([137, 80, 78, 71, 255])),
      typed('image/png', Buffer.from([60, 104, 116, 109, 255])),
      { where: { cause: 'body-bytes' } },
      'left',
    ],
    ['body whole ignore', typed('text/plain', 'a'), typed('text/plain', ''), { where: { pointer: '' } }, 'left'],
    [
      'location ignore',
      answer('', [['Location', '/a']], { status: 302 }),
      answer('', [], { status: 302 }),
      { where: { header: 'location' } },
      'left',
    ],
  ])('%s', (_, stable, candidate, rule, is) => {
    const decided = { id: 'r', owner: 'o', reason: 'x', expires: '2027-01-01', kind: 'ignore', ...rule };
    const rules = compileRules(parseRules({ v: 1, rules: [decided] }), NOW);
    expect(left(stable, candidate, rules) === '' ? 'off' : 'left').toBe(is);
  });
});
