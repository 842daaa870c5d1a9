/** Answers that differ, but mean the same to their readers. Each was written down before it was tried. */
import { gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import type { CaptureRecord, HeaderList } from '../../capture/format/index.ts';
import { answer } from '../support/answer.ts';
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

const HEAD: Partial<CaptureRecord> = { request: { method: 'HEAD', target: '/x', headers: [] } };
const ASKED: Partial<CaptureRecord> = {
  request: {
    method: 'OPTIONS',
    target: '/',
    headers: [
      ['Origin', 'https://a.test'],
      ['Access-Control-Request-Method', 'GET'],
    ],
  },
};
const image = (type: string) => typed(type, bytes(0, 0, 1, 0, 1));
const grpc = (type: string, ...more: HeaderList) => typed(type, bytes(0, 0, 0, 0, 2, 8, 1), ...more);
const nonce = (value: string) =>
  typed('text/html', `<script nonce="${value}">x()</script>`, [
    'Content-Security-Policy',
    `script-src 'nonce-${value}'`,
  ]);

const VALUES: readonly Probe[] = [
  ['an escaped slash', json('{"u":"http:\\/\\/a"}'), json('{"u":"http://a"}'), 'benign'],
  ['an escape in capitals', json('{"a":"\\u00E9"}'), json('{"a":"é"}'), 'benign'],
  ['a pair of surrogates', json('{"a":"\\ud83d\\ude00"}'), json('{"a":"😀"}'), 'benign'],
  ['digits behind the point', json('{"a":1.50,"b":2.0}'), json('{"a":1.5,"b":2}'), 'benign'],
  ['pretty', json('{\n  "a": [\n    1\n  ]\n}\n'), json('{"a":[1]}'), 'benign'],
  [
    'errors with keys in another order',
    answer('{"a":1,"b":2}', undefined, { status: 404 }),
    answer('{"b":2,"a":1}', undefined, { status: 404 }),
    'benign',
  ],
  ['YAML: quotes', yaml('a: "x"\nb: \'y z\'\n'), yaml('a: x\nb: y z\n'), 'benign'],
  ['YAML: order of keys', yaml('a: 1\nb: 2\n'), yaml('b: 2\na: 1\n'), 'benign'],
  ['YAML: flow and block', yaml('a: [1, 2]\n'), yaml('a:\n  - 1\n  - 2\n'), 'benign'],
  ['YAML: a comment and a mark', yaml('---\n# made today\na: 1\n'), yaml('a: 1\n'), 'benign'],
  ['YAML: a literal as a text', yaml('a: |\n  x\n  y\n'), yaml('a: "x\\ny\\n"\n'), 'benign'],
  ['YAML: an alias', yaml('a: &x [1]\nb: *x\n'), yaml('a: [1]\nb: [1]\n'), 'benign'],
  ['YAML: depth of indentation', yaml('a:\n    b: 1\n'), yaml('a:\n  b: 1\n'), 'benign'],
  ['NDJSON: CRLF', lines('{"a":1}\r\n{"a":2}\r\n'), lines('{"a":1}\n{"a":2}\n'), 'benign'],
  ['MessagePack: a wider map', pack(0x81, 0xa1, 97, 1), pack(0xde, 0, 1, 0xa1, 97, 1), 'benign'],
  ['MessagePack: a wider float', pack(0xca, 63, 192, 0, 0), pack(0xcb, 63, 248, 0, 0, 0, 0, 0, 0), 'benign'],
  ['MessagePack: order of keys', pack(0x82, 0xa1, 97, 1, 0xa1, 98, 2), pack(0x82, 0xa1, 98, 2, 0xa1, 97, 1), 'benign'],
  ['gRPC: what it is called', grpc('application/grpc'), grpc('application/grpc+proto'), 'benign'],
  [
    'gRPC: codings that it takes',
    grpc('application/grpc', ['grpc-accept-encoding', 'gzip']),
    grpc('application/grpc', ['grpc-accept-encoding', 'identity,deflate,gzip']),
    'benign',
  ],
  ['gRPC: no coding', grpc('application/grpc'), grpc('application/grpc', ['grpc-encoding', 'identity']), 'benign'],
  [
    'gzip in two members',
    coded('gzip', gzipSync('{"a":1}')),
    coded('gzip', joined(gzipSync('{"a"'), gzipSync(':1}'))),
    'same',
  ],
  ['gzip by its old name', coded('gzip', gzipSync('{"a":1}')), coded('x-gzip', gzipSync('{"a":1}')), 'benign'],
  ['no coding, said', json('{"a":1}'), coded('identity', '{"a":1}'), 'benign'],
];

const DOCUMENTS: readonly Probe[] = [
  ['HTML: & in a link', html('<a href="?x=1&amp;copy=2">x</a>'), html('<a href="?x=1&copy=2">x</a>'), 'benign'],
  ['HTML: void tags', html('<p>a<br/>b<img src=a /></p>'), html('<p>a<br>b<img src="a"></p>'), 'benign'],
  [
    'HTML: ends that go without saying',
    html('<ul><li>a<li>b</ul><p>a<p>b'),
    html('<ul><li>a</li><li>b</li></ul><p>a</p><p>b</p>'),
    'benign',
  ],
  ['HTML: doctype', html('<!DOCTYPE html><p>a</p>'), html('<!doctype HTML><p>a</p>'), 'benign'],
  ['HTML: an attribute without a value', html('<input disabled>'), html('<input disabled="">'), 'benign'],
  [
    'HTML: head and body that go without saying',
    html('<!doctype html><title>t</title><p>x</p>'),
    html('<!doctype html><html><head><title>t</title></head><body><p>x</p></body></html>'),
    'benign',
  ],
  ['HTML: a nonce of each answer', nonce('abcdefgh'), nonce('ijklmnop'), 'benign'],
  ['HTML: names in capitals', html('<P CLASS="A">x</P>'), html('<p class="A">x</p>'), 'benign'],
  ['HTML: a reference by number', html('<p>&#233;&#x1F600;&quot;</p>'), html('<p>é😀"</p>'), 'benign'],
  ['XML: CDATA', xml('<a><![CDATA[x<y]]></a>'), xml('<a>x&lt;y</a>'), 'benign'],
  ['XML: an empty element', xml('<a><b></b></a>'), xml('<a><b/></a>'), 'benign'],
  ['XML: a namespace said again', xml('<a xmlns="u"><b/></a>'), xml('<a xmlns="u"><b xmlns="u"/></a>'), 'benign'],
  [
    'XML: a type by another prefix',
    xml(
      '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="http://www.w3.org/2001/XMLSchema" i:type="x:int">1</a>',
    ),
    xml(
      '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xsi:type="xsd:int">1</a>',
    ),
    'benign',
  ],
  [
    'XML: a fault code by another prefix',
    xml('<s:f xmlns:s="u"><faultcode>s:Client</faultcode></s:f>'),
    xml('<e:f xmlns:e="u"><faultcode>e:Client</faultcode></e:f>'),
    'benign',
  ],
  ['XML: standalone', xml('<?xml version="1.0" standalone="yes"?><a/>'), xml('<?xml version="1.0"?><a/>'), 'benign'],
  ['XML: quotes and spaces within a tag', xml("<a  b='1'\n c='2' ></a >"), xml('<a c="2" b="1"/>'), 'benign'],
  ['events: no space', events('data:x\n\n'), events('data: x\n\n'), 'benign'],
  ['events: order of fields', events('id: 1\nevent: e\ndata: x\n\n'), events('event: e\ndata: x\nid: 1\n\n'), 'benign'],
  ['events: a name that is the default', events('event: message\ndata: x\n\n'), events('data: x\n\n'), 'benign'],
  ['CSV: no newline at the end', csv('a,b\n1,2\n'), csv('a,b\n1,2'), 'benign'],
  [
    'a form in another order',
    typed('application/x-www-form-urlencoded', 'a=1&b=2'),
    typed('application/x-www-form-urlencoded', 'b=2&a=1'),
    'benign',
  ],
  [
    'parts: what stands before and behind',
    typed('multipart/mixed; boundary=A', 'hello\r\n--A\r\n\r\nx\r\n--A--\r\nbye'),
    typed('multipart/mixed; boundary="A"', '--A\r\n\r\nx\r\n--A--'),
    'benign',
  ],
];

const HEADS: readonly Probe[] = [
  [
    'type: spaces, case, quotes',
    typed('text/html;charset=UTF-8', '<p>é</p>'),
    typed('Text/HTML; Charset="utf-8"', '<p>é</p>'),
    'same',
  ],
  ['an icon', image('image/x-icon'), image('image/vnd.microsoft.icon'), 'benign'],
  ['a font', typed('font/woff2', bytes(1, 2)), typed('application/font-woff2', bytes(1, 2)), 'benign'],
  ['gzip as a file', typed('application/gzip', bytes(1, 2)), typed('application/x-gzip', bytes(1, 2)), 'benign'],
  ['YAML by its old name', typed('application/yaml', 'a: 1'), typed('application/x-yaml', 'a: 1'), 'benign'],
  [
    'cookie: case and order of attributes',
    cookie('a=1; Path=/; HttpOnly; SameSite=Lax'),
    cookie('a=1;samesite=lax;HTTPONLY;path=/'),
    'benign',
  ],
  ['cookie: a point before the domain', cookie('a=1; Domain=shop.test'), cookie('a=1; Domain=.shop.test'), 'benign'],
  [
    'cookie: deleted either way',
    cookie('a=; Max-Age=0; Path=/'),
    cookie('a=deleted; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/'),
    'benign',
  ],
  ['cookies in another order', cookie('a=1', 'b=2'), cookie('b=2', 'a=1'), 'same'],
  ['Location: escapes', moved('/a%c3%a9'), moved('/a%C3%A9'), 'benign'],
  ['Location: dots', moved('/a/../b'), moved('/b'), 'benign'],
  [
    'Location: a port that goes without saying',
    moved('https://other.test:443/a'),
    moved('https://other.test/a'),
    'benign',
  ],
  ['Location: the path of a host', moved('https://other.test'), moved('https://other.test/'), 'benign'],
  [
    'a challenge in other letters',
    with_(401, ['WWW-Authenticate', 'Basic realm="x", charset="UTF-8"']),
    with_(401, ['www-authenticate', 'basic charset="UTF-8", realm=x']),
    'benign',
  ],
  [
    'Cache-Control in quotes',
    fields(['Cache-Control', 'max-age=60, public']),
    fields(['Cache-Control', 'public,max-age="60"']),
    'benign',
  ],
  [
    'a date in another notation',
    fields(['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT']),
    fields(['Last-Modified', 'Sunday, 06-Nov-94 08:49:37 GMT']),
    'benign',
  ],
  ['ranges that are announced', fields(), fields(['Accept-Ranges', 'bytes']), 'benign'],
  [
    'preflights kept for longer',
    fields(['Access-Control-Allow-Origin', '*'], ['Access-Control-Max-Age', '600']),
    fields(['Access-Control-Allow-Origin', '*'], ['Access-Control-Max-Age', '3600']),
    'benign',
    ASKED,
  ],
  ['another way to get there', fields(), fields(['Alt-Svc', 'h3=":443"; ma=86400']), 'same'],
  ['how long it took', fields(['Server-Timing', 'db;dur=5']), fields(['Server-Timing', 'db;dur=7']), 'same'],
  ['an age', fields(['Age', '5']), fields(['Age', '7']), 'same'],
  [
    'what the edge adds',
    fields(),
    fields(['CF-Ray', '8a'], ['X-Amz-Cf-Id', 'b'], ['X-Cache', 'Miss'], ['X-Amzn-Trace-Id', 'Root=1']),
    'same',
  ],
  [
    'reports of errors',
    fields(),
    fields(['NEL', '{"report_to":"a"}'], ['Report-To', '{"group":"a"}'], ['Reporting-Endpoints', 'a="/r"']),
    'benign',
  ],
  [
    'a name in ASCII and as it is',
    fields(['Content-Disposition', 'attachment; filename="a b.txt"']),
    fields(['Content-Disposition', "attachment; filename*=UTF-8''a%20b.txt"]),
    'benign',
  ],
  [
    'HSTS: a semicolon at the end',
    fields(['Strict-Transport-Security', 'max-age=60;']),
    fields(['Strict-Transport-Security', 'max-age=60']),
    'benign',
  ],
  [
    'HEAD without a length',
    fields(['Content-Type', 'text/css'], ['Content-Length', '9']),
    fields(['Content-Type', 'text/css'], ['Transfer-Encoding', 'chunked']),
    'benign',
    HEAD,
  ],
  ['304: a type', with_(304, ['ETag', '"a"']), with_(304, ['ETag', '"a"'], ['Content-Type', 'text/css']), 'benign'],
  [
    'a redirect without what protects pages',
    with_(
      301,
      ['Location', '/a'],
      ['Content-Security-Policy', "default-src 'none'"],
      ['X-Content-Type-Options', 'nosniff'],
    ),
    moved('/a', 301),
    'benign',
  ],
  ['204: a length', with_(204), with_(204, ['Content-Length', '0']), 'benign'],
];

describe.each(Object.entries({ VALUES, DOCUMENTS, HEADS }))('%s', (_, rows) => {
  probe(rows);
});
