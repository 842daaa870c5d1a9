/** Answers that would hide a fault: each breaks a client, and each was written down before it was tried. */
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe } from 'vitest';
import type { CaptureRecord, HeaderList } from '../../capture/format/index.ts';
import { answer, textBody } from '../support/answer.ts';
import {
  bytes,
  coded,
  cookie,
  csv,
  events,
  fields,
  html,
  joined,
  json,
  lines,
  moved,
  pack,
  typed,
  with_,
  xml,
  yaml,
} from '../support/compared.ts';
import { type Probe, probe } from '../support/probe.ts';

const proto = (...list: readonly number[]) => typed('application/x-protobuf', bytes(...list));
const ORIGIN = 'https://a.test';
const ASKED: Partial<CaptureRecord> = { request: { method: 'GET', target: '/', headers: [['Origin', ORIGIN]] } };
const PREFLIGHT: Partial<CaptureRecord> = {
  request: {
    method: 'OPTIONS',
    target: '/',
    headers: [
      ['Origin', ORIGIN],
      ['Access-Control-Request-Method', 'GET'],
      ['Access-Control-Request-Headers', 'authorization'],
    ],
  },
};
const POST: Partial<CaptureRecord> = { request: { method: 'POST', target: '/x', headers: [] } };
const OPTIONS: Partial<CaptureRecord> = { request: { method: 'OPTIONS', target: '/x', headers: [] } };
const HEAD: Partial<CaptureRecord> = { request: { method: 'HEAD', target: '/x', headers: [] } };
const allowed = (...more: HeaderList) => fields(['Access-Control-Allow-Origin', ORIGIN], ...more);
const frame = (flag: number, data: string | Uint8Array) => {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(data.length, 1);
  return joined(head, data);
};
const grpc = (body: Uint8Array | string, ...more: HeaderList) => typed('application/grpc', body, ...more);
const webText = (status: number) =>
  typed(
    'application/grpc-web-text',
    joined(frame(0, bytes(8, 1)), frame(128, `grpc-status: ${status}\r\n`)).toString('base64'),
  );
const connect = (end: string) => typed('application/connect+json', joined(frame(0, '{"a":1}'), frame(2, end)));
const page = (policy: string, nonce: string) =>
  typed('text/html', `<script nonce="${nonce}">x()</script>`, [
    'Content-Security-Policy',
    `script-src 'nonce-${policy}'`,
  ]);
const part = (head: string, body: string) =>
  typed('multipart/form-data; boundary=A', `--A\r\n${head}\r\n\r\n${body}\r\n--A--\r\n`);

const CALLS: readonly Probe[] = [
  ['gRPC, trailers only: fails', grpc('', ['Grpc-Status', '0']), grpc('', ['Grpc-Status', '13']), 'breaking'],
  ['gRPC, trailers only: fails otherwise', grpc('', ['grpc-status', '5']), grpc('', ['grpc-status', '7']), 'breaking'],
  ['gRPC: fails at once', grpc(frame(0, bytes(8, 1))), grpc('', ['grpc-status', '5']), 'breaking'],
  // The status may be in the trailers, which no capture contains.
  ['gRPC, trailers only: no status', grpc('', ['grpc-status', '0']), grpc(''), 'undecided'],
  ['gRPC-Web as text: fails', webText(0), webText(13), 'breaking'],
  ['Connect: the stream ends with an error', connect('{}'), connect('{"error":{"code":"internal"}}'), 'breaking'],
  ['protobuf: another wire type', proto(8, 1), proto(13, 1, 0, 0, 0), 'breaking'],
  ['protobuf: repeated, turned round', proto(8, 1, 8, 2), proto(8, 2, 8, 1), 'breaking'],
  ['protobuf: packed, turned round', proto(10, 2, 1, 2), proto(10, 2, 2, 1), 'breaking'],
  ['protobuf: unpacked to another packed', proto(8, 1, 8, 2), proto(10, 2, 1, 3), 'breaking'],
  ['protobuf: last of one field', proto(8, 1, 16, 1, 8, 2), proto(8, 2, 16, 1, 8, 1), 'breaking'],
  [
    'MessagePack: a float for an integer',
    pack(0x81, 0xa1, 97, 1),
    pack(0x81, 0xa1, 97, 0xca, 63, 128, 0, 0),
    'undecided float-for-integer',
  ],
  ['MessagePack: nil for false', pack(0x81, 0xa1, 97, 0xc2), pack(0x81, 0xa1, 97, 0xc0), 'breaking'],
  ['MessagePack: more behind it', pack(0x81, 0xa1, 97, 1), pack(0x81, 0xa1, 97, 1, 1), 'breaking'],
  [
    'CBOR: another integer',
    typed('application/cbor', bytes(24, 99)),
    typed('application/cbor', bytes(24, 98)),
    'breaking',
  ],
];

const VALUES: readonly Probe[] = [
  ['a key with NUL', json('{"a":1}'), json('{"a\\u0000":1}'), 'breaking'],
  ['NFC and NFD', json('{"a":"\u00e9"}'), json('{"a":"e\u0301"}'), 'breaking'],
  ['nearly nothing', json('{"n":1e-400}'), json('{"n":0}'), 'breaking'],
  ['a key twice, turned round', json('{"a":1,"a":2}'), json('{"a":2,"a":1}'), 'breaking'],
  ['another prototype', json('{"__proto__":{"a":1}}'), json('{"__proto__":{"a":2}}'), 'breaking'],
  ['a space without width', json('{"a":"admin"}'), json('{"a":"adm\u200bin"}'), 'breaking'],
  ['another offset', json('{"t":"2026-01-01T00:00:00+00:00"}'), json('{"t":"2026-01-01T00:00:00+01:00"}'), 'breaking'],
  ['.1 and .01 s', json('{"t":"2026-01-01T00:00:00.1Z"}'), json('{"t":"2026-01-01T00:00:00.01Z"}'), 'breaking'],
  ['two documents', json('{"a":1}'), json('{"a":1}{"a":1}'), 'breaking'],
  ['NaN for null', json('{"a":null}'), json('{"a":NaN}'), 'breaking not-a-number'],
  ['a comma at the end', json('{"a":1}'), json('{"a":1,}'), 'breaking malformed-json'],
  ['a text without its quotes', json('"abc"'), json('abc'), 'breaking'],
  [
    'JSONP with more behind',
    typed('text/javascript', 'cb({"a":1})'),
    typed('text/javascript', 'cb({"a":1});x()'),
    'breaking',
  ],
  ['another guard', json(')]}\'\n{"a":1}'), json('while(1);{"a":1}'), 'breaking'],
  ['YAML: a word for a text', yaml('a: "yes"\n'), yaml('a: yes\n'), 'breaking'],
  ['YAML: a word of the old version', yaml('a: true\n'), yaml('a: yes\n'), 'breaking'],
  ['YAML: an octal of the old version', yaml('a: 10\n'), yaml('a: 012\n'), 'breaking'],
  ['YAML: a key that is a number', yaml('"1": a\n'), yaml('1: a\n'), 'breaking'],
  ['YAML: a tag', yaml('a: !x b\n'), yaml('a: b\n'), 'breaking'],
  ['YAML: another document', yaml('a: 1\n---\nb: 1\n'), yaml('a: 1\n'), 'breaking'],
  ['YAML: cut', yaml('a: [1, 2]\n'), yaml('a: [1, 2\n'), 'breaking'],
  ['YAML: a literal without its last line', yaml('a: |\n  x\n'), yaml('a: |-\n  x\n'), 'breaking'],
  ['YAML: a number for a text', yaml("v: '1.10'\n"), yaml('v: 1.10\n'), 'breaking'],
  ['YAML: another depth', yaml('a:\n  b: 1\n  c: 2\n'), yaml('a:\n  b: 1\nc: 2\n'), 'breaking'],
];

const TEXTS: readonly Probe[] = [
  ['NDJSON: lines turned round', lines('{"a":1}\n{"a":2}\n'), lines('{"a":2}\n{"a":1}\n'), 'breaking'],
  ['NDJSON: cut', lines('{"a":1}\n{"a":2}\n'), lines('{"a":1}\n{"a":2'), 'breaking'],
  ['events: two for one', events('data: a\ndata: b\n\n'), events('data: a\n\ndata: b\n\n'), 'breaking'],
  ['events: the last is not ended', events('data: 1\n\ndata: 2\n\n'), events('data: 1\n\ndata: 2\n'), 'breaking'],
  ['events: a space more', events('data: x\n\n'), events('data:  x\n\n'), 'breaking'],
  ['CSV: a space before a cell', csv('a,b\n1,2\n'), csv('a,b\n1, 2\n'), 'breaking'],
  ['CSV: another separator', csv('a,b\n1,2\n'), csv('a;b\n1;2\n'), 'breaking'],
  ['CSV: columns turned round', csv('a,b\n1,2\n'), csv('b,a\n2,1\n'), 'breaking'],
  [
    'TSV: an empty cell at the end',
    typed('text/tab-separated-values', 'a\tb\t\n'),
    typed('text/tab-separated-values', 'a\tb\n'),
    'breaking',
  ],
  ['HTML: spaces within a script', html('<script>x="a  b"</script>'), html('<script>x="a b"</script>'), 'breaking'],
  ['HTML: no longer disabled', html('<input disabled>'), html('<input>'), 'breaking'],
  [
    'HTML: a reference in a link',
    html('<a href="?a=1&copy=2">x</a>'),
    html('<a href="?a=1&copy;=2">x</a>'),
    'breaking',
  ],
  ['HTML: a line in a text area', html('<textarea>\n\nx</textarea>'), html('<textarea>\nx</textarea>'), 'breaking'],
  ['HTML: another template', html('<template><p>a</p></template>'), html('<template><p>b</p></template>'), 'breaking'],
  ['XML: a line within an attribute', xml('<a b="x&#10;y"/>'), xml('<a b="x y"/>'), 'breaking'],
  ['XML: a space that is kept', xml('<a xml:space="preserve"> </a>'), xml('<a xml:space="preserve"></a>'), 'breaking'],
  [
    'XML: another entity',
    xml('<!DOCTYPE a [<!ENTITY e "1">]><a>&e;</a>'),
    xml('<!DOCTYPE a [<!ENTITY e "2">]><a>&e;</a>'),
    'breaking',
  ],
  ['XML: a prefix within a text', xml('<a xmlns:x="u">x:int</a>'), xml('<a xmlns:x="v">x:int</a>'), 'breaking'],
  ['XML: a prefix within a value', xml('<a xmlns:x="u" t="x:int"/>'), xml('<a xmlns:x="v" t="x:int"/>'), 'breaking'],
  [
    'a part: another file name',
    part('Content-Disposition: form-data; name=f; filename=a', 'x'),
    part('Content-Disposition: form-data; name=f; filename=b', 'x'),
    'breaking',
  ],
  [
    'a form with semicolons',
    typed('application/x-www-form-urlencoded', 'a=1&b=2'),
    typed('application/x-www-form-urlencoded', 'a=1;b=2'),
    'breaking',
  ],
  [
    'gzip twice, said once',
    coded('gzip', gzipSync('{"a":1}')),
    coded('gzip', gzipSync(gzipSync('{"a":1}'))),
    'breaking',
  ],
  ['gzip once, said twice', coded('gzip', gzipSync('{"a":1}')), coded('gzip, gzip', gzipSync('{"a":1}')), 'breaking'],
  ['br called gzip', coded('gzip', gzipSync('{"a":1}')), coded('gzip', brotliCompressSync('{"a":1}')), 'breaking'],
  [
    'zstd with other bytes between frames',
    coded('zstd', zstdCompressSync('{"a":1}')),
    coded('zstd', joined(zstdCompressSync('{"a":1'), 'x', zstdCompressSync('}'))),
    'breaking',
  ],
];

const HEADS: readonly Probe[] = [
  [
    'cookies: values exchanged by path',
    cookie('a=1; Path=/x', 'a=2; Path=/'),
    cookie('a=2; Path=/x', 'a=1; Path=/'),
    'breaking',
  ],
  ['cookie: None without Secure', cookie('a=1; SameSite=None; Secure'), cookie('a=1; SameSite=None'), 'breaking'],
  [
    'cookie: __Host- with a domain',
    cookie('__Host-s=1; Secure; Path=/'),
    cookie('__Host-s=1; Secure; Path=/; Domain=shop.test'),
    'breaking',
  ],
  ['cookie: deleted', cookie('a=1; Max-Age=3600'), cookie('a=1; Max-Age=0'), 'breaking'],
  [
    'cookie: a year of two digits',
    cookie('a=1; Expires=Wed, 01 Jan 2070 00:00:00 GMT'),
    cookie('a=1; Expires=Wed, 01-Jan-70 00:00:00 GMT'),
    'breaking',
  ],
  [
    'CORS: True',
    allowed(['Access-Control-Allow-Credentials', 'true']),
    allowed(['Access-Control-Allow-Credentials', 'True']),
    'breaking',
    ASKED,
  ],
  [
    'CORS: any header but Authorization',
    allowed(['Access-Control-Allow-Headers', 'Authorization']),
    allowed(['Access-Control-Allow-Headers', '*']),
    'breaking',
    PREFLIGHT,
  ],
  [
    'CORS: any header is shown, with credentials',
    allowed(['Access-Control-Allow-Credentials', 'true'], ['Access-Control-Expose-Headers', 'X-A']),
    allowed(['Access-Control-Allow-Credentials', 'true'], ['Access-Control-Expose-Headers', '*']),
    'breaking',
    ASKED,
  ],
  [
    'CORS: any origin, with credentials',
    allowed(['Access-Control-Allow-Credentials', 'true']),
    fields(['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Credentials', 'true']),
    'breaking',
    ASKED,
  ],
  ['CORS: an origin with a slash', allowed(), fields(['Access-Control-Allow-Origin', `${ORIGIN}/`]), 'breaking', ASKED],
  ['a redirect that leads nowhere, and one that leads on', with_(302), moved('/a'), 'breaking location'],
  ['two places', moved('/a'), with_(302, ['Location', '/a'], ['Location', '/b']), 'breaking location'],
  [
    'a nonce that the policy does not name',
    page('abcdefgh', 'abcdefgh'),
    page('ijklmnop', 'qrstuvwx'),
    'breaking markup-value',
  ],
  ['a nonce lost', page('abcdefgh', 'abcdefgh'), page('ijklmnop', ''), 'breaking markup-value'],
  ['two types', json('{"a":1}'), typed('application/json', '{"a":1}', ['Content-Type', 'text/html']), 'breaking'],
  ['a page as text', html('<p>a</p>'), typed('text/plain', '<p>a</p>'), 'breaking media-type'],
  ['no type', json('{"a":1}'), answer('{"a":1}', []), 'breaking'],
  ['a problem that is called JSON', typed('application/problem+json', '{}'), json('{}'), 'breaking media-type'],
  ['Location: another host without a scheme', moved('https://shop.test/a'), moved('//evil.test/a'), 'breaking'],
  [
    'Location: a host that begins alike',
    moved('https://shop.test/a'),
    moved('https://shop.test.evil.test/a'),
    'breaking',
  ],
  ['Location: a name before @', moved('https://shop.test/a'), moved('https://shop.test@evil.test/a'), 'breaking'],
  ['Location: another fragment', moved('/a#x'), moved('/a#y'), 'breaking'],
  ['307 to 303 of POST', moved('/a', 307), moved('/a', 303), 'breaking', POST],
  [
    '200 to 206 unasked',
    json('{"a":1}'),
    answer(
      '{"a":1}',
      [
        ['Content-Type', 'application/json'],
        ['Content-Range', 'bytes 0-6/7'],
      ],
      { status: 206 },
    ),
    'breaking',
  ],
  [
    '401 that names another scheme',
    with_(401, ['WWW-Authenticate', 'Basic realm="a"']),
    with_(401, ['WWW-Authenticate', 'Bearer realm="a"']),
    'breaking',
  ],
  [
    'HEAD: another type',
    fields(['Content-Type', 'text/css'], ['Content-Length', '9']),
    fields(['Content-Type', 'text/html'], ['Content-Length', '9']),
    'breaking',
    HEAD,
  ],
  [
    'Content-MD5',
    fields(['Content-MD5', 'Q2hlY2sgSW50ZWdyaXR5IQ==']),
    fields(['Content-MD5', 'Q2hlY2sgSW50ZWdyaXR6IQ==']),
    'breaking',
  ],
  [
    '101 of another protocol',
    with_(101, ['Upgrade', 'websocket'], ['Sec-WebSocket-Protocol', 'v2']),
    with_(101, ['Upgrade', 'websocket'], ['Sec-WebSocket-Protocol', 'v1']),
    'breaking',
  ],
  [
    'a page without what protects it, behind no redirect',
    with_(200, ['Content-Security-Policy', "default-src 'none'"]),
    with_(200),
    'undecided protection-missing',
  ],
  [
    'HEAD of an error: another type',
    with_(404, ['Content-Type', 'text/html']),
    with_(404, ['Content-Type', 'text/plain']),
    'undecided header-value',
    HEAD,
  ],
  ['OPTIONS that is answered', with_(404), with_(200, ['Allow', 'GET']), 'undecided options-default', OPTIONS],
  ['OPTIONS: 204 for 200', with_(200), with_(204), 'undecided options-default', OPTIONS],
  ['OPTIONS: 500 for 200', with_(200), with_(500), 'breaking status', OPTIONS],
  ['a preflight: 204 for 200, and no origin', allowed(), with_(204), 'breaking cors', PREFLIGHT],
  ['a preflight: 403', allowed(), with_(403), 'breaking preflight-refused', PREFLIGHT],
  [
    '400 to 200, and the refusal speaks of something else',
    answer('{"message":"The provided key element does not match"}', undefined, { status: 400 }),
    json('{}'),
    'breaking request-body-validity',
    {
      request: {
        method: 'POST',
        target: '/x',
        headers: [['Content-Type', 'application/json']],
        body: textBody('{"Key":{"pk":1}}'),
      },
    },
  ],
  ['a range refused', with_(200, ['Accept-Ranges', 'bytes']), with_(200, ['Accept-Ranges', 'none']), 'undecided'],
  ['another language', fields(['Content-Language', 'en']), fields(['Content-Language', 'de']), 'undecided'],
  ['a count', fields(['X-Total-Count', '10']), fields(['X-Total-Count', '11']), 'undecided'],
  ['an id that is gone', fields(['X-Request-Id', 'abc']), fields(), 'undecided'],
];

describe.each(Object.entries({ CALLS, VALUES, TEXTS, HEADS }))('%s', (_, rows) => {
  probe(rows);
});
