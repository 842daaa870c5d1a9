/** Odd bodies and fields, each with the result that was expected before it was tried. */
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CaptureRecord, HeaderList } from '../../capture/format/index.ts';
import {
  bytes,
  coded,
  csv,
  events,
  fields,
  html,
  joined,
  json,
  lines,
  pack,
  told,
  typed,
  with_,
  xml,
} from '../support/compared.ts';
import { type Probe, probe } from '../support/probe.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => joined(bytes(0xff, 0xfe), Buffer.from(text, 'utf16le'));
/** A skippable zstd frame, which holds none of the content. */
const skippable = joined(bytes(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0), 'abc');
const flipped = (content: Uint8Array, at: number) => content.map((byte, i) => (i === at ? byte ^ 1 : byte));
const OBJECT = '{"a":1}';
const [zipped, zstd] = [gzipSync(OBJECT), zstdCompressSync(OBJECT)];
const window = (bits: number) => ({ params: { [constants.BROTLI_PARAM_LGWIN]: bits } });

const mixed = (boundary: string, ...parts: readonly string[]) =>
  typed(
    `multipart/mixed; boundary=${boundary}`,
    `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`,
  );
/** One answer in a batch. */
const inner = (status: string, head: string, body: string) =>
  `Content-Type: application/http\r\n\r\nHTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`;
const TYPE = 'Content-Type: application/json';
const form = (text: string) => typed('application/x-www-form-urlencoded', text);
const proto = (...list: readonly number[]) => typed('application/x-protobuf', bytes(...list));

const CODINGS: readonly Probe[] = [
  [
    'zstd: frames around a skippable one',
    coded('zstd', joined(zstdCompressSync('{"a":'), skippable, zstdCompressSync('1}'))),
    coded('zstd', zstd),
    'same',
  ],
  ['zstd: a skippable frame behind', coded('zstd', joined(zstd, skippable)), coded('zstd', zstd), 'same'],
  ['zstd: other bytes behind', coded('zstd', zstd), coded('zstd', joined(zstd, 'behind it')), 'breaking'],
  ['zstd: cut', coded('zstd', zstd), coded('zstd', zstd.subarray(0, 12)), 'breaking'],
  ['gzip: zeros behind', coded('gzip', zipped), coded('gzip', joined(zipped, Buffer.alloc(16))), 'breaking'],
  ['gzip: cut within its end', coded('gzip', zipped), coded('gzip', zipped.subarray(0, -4)), 'breaking'],
  ['gzip: another sum', coded('gzip', zipped), coded('gzip', flipped(zipped, zipped.length - 8)), 'breaking'],
  ['gzip: its name goes', coded('gzip', zipped), typed('application/json', zipped), 'breaking malformed-json'],
  [
    'br: another window',
    coded('br', brotliCompressSync('{"a":1,"b":2}', window(10))),
    coded('br', brotliCompressSync('{"b":2,"a":1}', window(24))),
    'benign',
  ],
  [
    'deflate: raw, other value',
    coded('deflate', deflateSync(OBJECT)),
    coded('deflate', deflateRawSync('{"a":2}')),
    'breaking number-value',
  ],
  ['br in gzip', coded('gzip, br', brotliCompressSync(zipped)), coded('gzip', zipped), 'benign'],
  [
    'a coding that nobody knows',
    coded('compress', bytes(31, 157, 144, 1)),
    coded('compress', bytes(31, 157, 144, 2)),
    'undecided body-uncomparable',
  ],
];

const CHARSETS: readonly Probe[] = [
  ['JSON in UTF-16', json(OBJECT), typed('application/json', utf16(OBJECT)), 'breaking malformed-json'],
  [
    'windows-1252',
    typed('text/plain; charset=windows-1252', bytes(0x93, 97, 0x94)),
    typed('text/plain; charset=utf-8', '“a”'),
    'benign',
  ],
  [
    'what is called Latin-1',
    typed('text/html; charset=iso-8859-1', bytes(0x80)),
    typed('text/html; charset=utf-8', '€'),
    'benign',
  ],
  [
    'Latin-1 that is called UTF-8',
    typed('text/plain; charset=utf-8', 'é'),
    typed('text/plain; charset=utf-8', latin('é')),
    'breaking',
  ],
  [
    'Shift_JIS',
    typed('text/plain; charset=shift_jis', bytes(0x82, 0xa0)),
    typed('text/plain; charset=utf-8', 'あ'),
    'benign',
  ],
  [
    'XML that names its own',
    typed('application/xml', joined('<?xml version="1.0" encoding="ISO-8859-1"?><a>', latin('é'), '</a>')),
    xml('<?xml version="1.0" encoding="UTF-8"?><a>é</a>'),
    'benign',
  ],
];

const PARTS: readonly Probe[] = [
  [
    'another boundary',
    mixed('AAA', `${TYPE}\r\n\r\n{"a":1}`),
    mixed('b.b', `${TYPE}\r\n\r\n{"a":1}`),
    'benign part-boundary',
  ],
  ['a part lost', mixed('A', '\r\na', '\r\nb'), mixed('A', '\r\na'), 'breaking'],
  ['no end', mixed('A', '\r\na'), typed('multipart/mixed; boundary=A', '--A\r\n\r\na\r\n'), 'breaking'],
  [
    'batch: another status',
    mixed('A', inner('200 OK', TYPE, OBJECT)),
    mixed('A', inner('404 Not Found', TYPE, OBJECT)),
    'breaking part-value body/0/status',
  ],
  [
    'batch: other words for a status',
    mixed('A', inner('200 OK', TYPE, OBJECT)),
    mixed('A', inner('200 Fine', TYPE, OBJECT)),
    'benign',
  ],
  [
    'batch: order of keys',
    mixed('A', inner('200 OK', TYPE, '{"a":1,"b":2}')),
    mixed('B', inner('200 OK', TYPE, '{"b":2,"a":1}')),
    'benign key-order body/0',
  ],
  [
    'batch: another value',
    mixed('A', inner('200 OK', TYPE, OBJECT)),
    mixed('A', inner('200 OK', TYPE, '{"a":2}')),
    'breaking number-value body/0/a',
  ],
  [
    'batch: fields in another order',
    mixed('A', inner('200 OK', `X-A: 1\r\n${TYPE}`, OBJECT)),
    mixed('A', inner('200 OK', `${TYPE.toLowerCase()}\r\nx-a: 1\r\nDate: now`, OBJECT)),
    'benign',
  ],
  [
    'batch: a field lost',
    mixed('A', inner('200 OK', `X-A: 1\r\n${TYPE}`, OBJECT)),
    mixed('A', inner('200 OK', TYPE, OBJECT)),
    'breaking part-value body/0/headers',
  ],
  ['form: other escapes', form('a=b+c&d=%7E'), form('a=b%20c&d=~'), 'benign'],
  ['form: repeated, turned round', form('a=1&a=2'), form('a=2&a=1'), 'breaking'],
];

const SEQUENCES: readonly Probe[] = [
  [
    'RFC 7464 without separators',
    typed('application/json-seq', '\u001e{"a":1}\n'),
    typed('application/json-seq', '{"a":1}\n'),
    'breaking',
  ],
  ['events: another wait', events('retry: 1000\ndata: 1\n\n'), events('retry: 9000\ndata: 1\n\n'), 'breaking'],
  ['events: a wait that is no number', events('retry: soon\ndata: 1\n\n'), events('data: 1\n\n'), 'benign'],
  ['events: an id with NUL', events('id: a\0b\ndata: 1\n\n'), events('data: 1\n\n'), 'benign'],
  [
    'events: an id said again',
    events('id: 1\ndata: a\n\nid: 1\ndata: b\n\n'),
    events('id: 1\ndata: a\n\ndata: b\n\n'),
    'benign',
  ],
  [
    'events: an id not said any more',
    events('id: 1\ndata: a\n\nid: 2\ndata: b\n\n'),
    events('id: 1\ndata: a\n\ndata: b\n\n'),
    'breaking',
  ],
  [
    'events: an id taken back',
    events('id: 1\ndata: a\n\nid\ndata: b\n\n'),
    events('id: 1\ndata: a\n\ndata: b\n\n'),
    'breaking',
  ],
  ['events: another name', events('event: add\ndata: 1\n\n'), events('event: del\ndata: 1\n\n'), 'breaking'],
  ['events: lines end with CR', events('data: 1\r\rdata: 2\r\r'), events('data: 1\n\ndata: 2\n\n'), 'benign'],
  [
    'lines: one lost in the middle',
    lines('{"a":1}\n{"a":2}\n{"a":3}\n'),
    lines('{"a":1}\n{"a":3}\n'),
    'breaking array-length',
  ],
];

const DOCUMENTS: readonly Probe[] = [
  ['HTML: words in a comment', html('<p>a<!-- built today --></p>'), html('<p>a</p>'), 'benign'],
  ['HTML: a comment that splits a text', html('<p>a<!-- x -->b</p>'), html('<p>ab</p>'), 'benign'],
  [
    'HTML: a condition in a comment',
    html('<!--[if IE]><p>x</p><![endif]-->'),
    html('<!--[if IE]><p>y</p><![endif]-->'),
    'breaking',
  ],
  ['HTML: a mark of a framework', html('<p><!--$-->a<!--/$--></p>'), html('<p>a</p>'), 'breaking'],
  ['HTML: a directive of the edge', html('<!--esi <esi:include src="/a"/> -->'), html('<p></p>'), 'breaking'],
  ['HTML: order of classes', html('<p class="a b  a">x</p>'), html('<p class="b a">x</p>'), 'benign'],
  ['HTML: a class lost', html('<p class="a b">x</p>'), html('<p class="a">x</p>'), 'breaking'],
  ['HTML: an attribute twice', html('<a href="/1" href="/2">x</a>'), html('<a href="/1">x</a>'), 'benign'],
  ['HTML: a reference without its end', html('<p>&copy 2020</p>'), html('<p>© 2020</p>'), 'benign'],
  [
    'HTML: data in a script, written otherwise',
    html('<script type="application/json">{"a":"<b>","c":2}</script>'),
    html('<script type="application/json">{"c":2,"a":"\\u003cb>"}</script>'),
    'benign',
  ],
  [
    'HTML: other data in a script',
    html('<script type="application/json">{"a":1}</script>'),
    html('<script type="application/json">{"a":2}</script>'),
    'breaking number-value body/script/text()/a',
  ],
  ['XML: a comment', xml('<a><!-- c --><b/></a>'), xml('<a><b/></a>'), 'benign'],
  ['XML: a comment that splits a text', xml('<a>x<!-- c -->y</a>'), xml('<a>xy</a>'), 'benign'],
  ['XML: a style sheet lost', xml('<?xml-stylesheet href="a.xsl"?><a/>'), xml('<a/>'), 'breaking'],
  [
    'JSONP, as Express and as others write it',
    typed('text/javascript', '/**/ typeof cb === \'function\' && cb({"a":1,"b":2});'),
    typed('text/javascript', 'cb({"b":2,"a":1})'),
    'benign',
  ],
  [
    'JSONP: another value',
    typed('text/javascript', 'cb({"a":1})'),
    typed('text/javascript', 'cb({"a":2})'),
    'breaking number-value body/a',
  ],
  [
    'JSONP: another function',
    typed('text/javascript', 'cb({"a":1})'),
    typed('text/javascript', 'dc({"a":1})'),
    'breaking',
  ],
  ['CSV: a mark lost before é', csv('\ufeffid\né\n'), csv('id\né\n'), 'breaking text-value body/line/1/1'],
  ['CSV: a mark lost before ASCII', csv('\ufeffid\n1\n'), csv('id\n1\n'), 'benign'],
  ['CSV: a mark that comes', csv('id\n1\n'), csv('\ufeffid\n1\n'), 'breaking'],
  ['CSV: a break within quotes', csv('a,b\n"x\ny",1\n'), csv('a,b\n"x\ny",2\n'), 'breaking text-value body/line/2/2'],
  [
    'HAL: a link that became a list',
    json('{"_links":{"self":{"href":"/a"}}}'),
    json('{"_links":{"self":[{"href":"/a"}]}}'),
    'breaking',
  ],
  [
    'GraphQL: errors beside data',
    json('{"data":{"a":1}}'),
    json('{"data":{"a":1},"errors":[{"message":"x"}]}'),
    'breaking',
  ],
];

const MESSAGES: readonly Probe[] = [
  ['protobuf: a number in more bytes', proto(8, 0x81, 0), proto(8, 1), 'benign'],
  ['protobuf: a field that nobody knows', proto(8, 1), proto(8, 1, 0x78, 9), 'breaking'],
  ['MessagePack: a wider integer', pack(0x81, 0xa1, 97, 1), pack(0x81, 0xa1, 97, 0xcd, 0, 1), 'benign'],
  ['MessagePack: bytes for a text', pack(0x81, 0xa1, 97, 0xa1, 120), pack(0x81, 0xa1, 97, 0xc4, 1, 120), 'breaking'],
];

const PREFLIGHT: Partial<CaptureRecord> = {
  request: { method: 'GET', target: '/', headers: [['Origin', 'https://a.test']] },
};
const origin = (value: string, ...more: HeaderList) => fields(['Access-Control-Allow-Origin', value], ...more);

const HEADS: readonly Probe[] = [
  [
    'a longer life in shared caches',
    fields(['Cache-Control', 'max-age=60']),
    fields(['Cache-Control', 'max-age=60, s-maxage=600']),
    'undecided cache-lifetime',
  ],
  [
    'a life in shared caches where none was',
    fields(['Cache-Control', 'max-age=0']),
    fields(['Cache-Control', 'max-age=0, s-maxage=600']),
    'breaking cache-stale',
  ],
  [
    'the same life said twice',
    fields(['Cache-Control', 'max-age=60']),
    fields(['Cache-Control', 'max-age=60, s-maxage=60']),
    'benign',
  ],
  [
    'what nobody keeps, said shorter',
    fields(['Cache-Control', 'no-cache, no-store, must-revalidate']),
    fields(['Cache-Control', 'no-store']),
    'benign',
  ],
  ['the origin that asked, for any', origin('*'), origin('https://a.test', ['Vary', 'Origin']), 'undecided', PREFLIGHT],
  ['one origin, for any', origin('*'), origin('https://a.test'), 'breaking cors', PREFLIGHT],
  ['two origins', origin('*'), origin('*', ['Access-Control-Allow-Origin', '*']), 'breaking cors', PREFLIGHT],
  [
    'an attribute that browsers ignore',
    fields(['Set-Cookie', 'a=1; Priority=High; Version=1']),
    fields(['Set-Cookie', 'a=1']),
    'benign cookie-format',
  ],
  [
    'an attribute that they heed',
    fields(['Set-Cookie', 'a=1; Secure; Partitioned']),
    fields(['Set-Cookie', 'a=1; Secure']),
    'breaking cookie-value',
  ],
  ['names of trailers', fields(['Trailer', 'X-Checksum, X-B']), fields(['Trailer', 'x-b,x-checksum']), 'benign'],
  ['Refresh, spaced otherwise', fields(['Refresh', '5; url=/a']), fields(['Refresh', '5;URL=/a']), 'benign'],
  ['Refresh to another place', fields(['Refresh', '5; url=/a']), fields(['Refresh', '5; url=/A']), 'undecided'],
  ['the case of a hash’s name', fields(['Digest', 'sha-256=aB=']), fields(['Digest', 'SHA-256=aB=']), 'benign'],
  [
    'order of hashes',
    fields(['Repr-Digest', 'sha-256=:aa=:, sha-512=:bb=:']),
    fields(['Repr-Digest', 'sha-512=:bb=:,sha-256=:aa=:']),
    'benign',
  ],
  ['another hash', fields(['Digest', 'sha-256=aB=']), fields(['Digest', 'sha-256=ab=']), 'breaking signed-body'],
  ['order of languages', fields(['Content-Language', 'en, de']), fields(['Content-Language', 'DE,en']), 'benign'],
  [
    'the case of a unit',
    with_(206, ['Content-Range', 'bytes 0-9/99']),
    with_(206, ['Content-Range', 'Bytes 0-9/99']),
    'benign',
  ],
  [
    'a length not known',
    with_(206, ['Content-Range', 'bytes 0-9/99']),
    with_(206, ['Content-Range', 'bytes 0-9/*']),
    'breaking',
  ],
  [
    'a nonce of each answer',
    fields(['Content-Security-Policy', "script-src 'nonce-abc'"]),
    fields(['Content-Security-Policy', "script-src 'nonce-def'"]),
    'benign',
  ],
  [
    'no nonce any more',
    fields(['Content-Security-Policy', "script-src 'nonce-abc'"]),
    fields(['Content-Security-Policy', "script-src 'unsafe-inline'"]),
    'undecided',
  ],
  [
    'a scheme lost',
    with_(401, ['WWW-Authenticate', 'Negotiate, NTLM']),
    with_(401, ['WWW-Authenticate', 'Negotiate']),
    'breaking challenge',
  ],
  [
    'two relations of one link',
    fields(['Link', '</a>; rel="next prev"']),
    fields(['Link', '</a>; rel=next, </a>; rel=prev']),
    'benign',
  ],
];

const TABLES: Readonly<Record<string, readonly Probe[]>> = {
  codings: CODINGS,
  charsets: CHARSETS,
  parts: PARTS,
  sequences: SEQUENCES,
  documents: DOCUMENTS,
  messages: MESSAGES,
  heads: HEADS,
};

describe.each(Object.entries(TABLES))('%s', (_, rows) => {
  probe(rows);
});

it('XML with more elements of one name than a call has arguments is compared', () => {
  const document = (first: string, last: string) => xml(`<r>${first}${'<b/>'.repeat(150_000)}${last}</r>`);
  expect(told(document('<c/>', ''), document('', '<c/>'))).toBe('undecided: undecided element-order body/r');
});
