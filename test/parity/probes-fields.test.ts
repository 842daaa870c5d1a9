/** Header fields as other servers write them: which mean the same, and which do not. */
import { describe } from 'vitest';
import type { CaptureRecord } from '../../capture/format/index.ts';
import { answer } from '../support/answer.ts';
import { fields } from '../support/compared.ts';
import { type Probe, probe } from '../support/probe.ts';

const D = (date: string, ...more: [string, string][]) => fields(['Date', date], ...more);

const HEAD: Partial<CaptureRecord> = { request: { method: 'HEAD', target: '/a', headers: [] } };
const DRESSED: [string, string] = ['Content-Type', 'text/html'];

const ROWS: readonly Probe[] = [
  [
    'a type of nothing, to HEAD',
    fields(['Content-Length', '0'], DRESSED),
    fields(),
    'benign media-type-of-nothing',
    HEAD,
  ],
  [
    'a type lost, to HEAD',
    fields(['Content-Length', '9'], DRESSED),
    fields(),
    'undecided: benign content-length',
    HEAD,
  ],
  ['a type where there was none', answer('x', []), answer('x', [DRESSED]), 'undecided header-added'],
  [
    'JavaScript under the names of RFC 9239',
    answer('x', [['Content-Type', 'application/javascript']]),
    answer('x', [['Content-Type', 'text/javascript']]),
    'benign header-format',
  ],
  [
    'YAML as plain text',
    answer('x', [['Content-Type', 'text/yaml']]),
    answer('x', [['Content-Type', 'text/plain']]),
    'breaking',
  ],
  [
    'ids of requests in a store',
    fields(['x-amzn-requestid', 'a']),
    fields(['x-amz-request-id', 'b'], ['x-amz-id-2', 'c']),
    'same',
  ],
  [
    `cache-control: ${'max-age=60, public'} ~ ${'public,max-age="60"'}`,
    fields(['cache-control', 'max-age=60, public']),
    fields(['cache-control', 'public,max-age="60"']),
    'benign',
  ],
  [
    `cache-control: ${'max-age=60'} ~ ${'max-age=61'}`,
    fields(['cache-control', 'max-age=60']),
    fields(['cache-control', 'max-age=61']),
    'undecided',
  ],
  [`priority: ${'u=3, i'} ~ ${'u=3,i'}`, fields(['priority', 'u=3, i']), fields(['priority', 'u=3,i']), 'benign'],
  [`priority: ${'u=3, i'} ~ ${'i, u=3'}`, fields(['priority', 'u=3, i']), fields(['priority', 'i, u=3']), 'benign'],
  [
    `priority: ${'u=3, i'} ~ ${'u=3, i=?1'}`,
    fields(['priority', 'u=3, i']),
    fields(['priority', 'u=3, i=?1']),
    'benign',
  ],
  [
    `www-authenticate: ${'Basic realm="api"'} ~ ${'Basic realm=api'}`,
    fields(['www-authenticate', 'Basic realm="api"']),
    fields(['www-authenticate', 'Basic realm=api']),
    'benign',
  ],
  [
    `www-authenticate: ${'Bearer realm="a", error="x"'} ~ ${'bearer realm=a,error=x'}`,
    fields(['www-authenticate', 'Bearer realm="a", error="x"']),
    fields(['www-authenticate', 'bearer realm=a,error=x']),
    'benign',
  ],
  [
    `content-disposition: ${'attachment; filename="a b.csv"; filename*=UTF-8\'\'a%20b.csv'} ~ ${'attachment;filename*=utf-8\'\'a%20b.csv;filename="a b.csv"'}`,
    fields(['content-disposition', 'attachment; filename="a b.csv"; filename*=UTF-8\'\'a%20b.csv']),
    fields(['content-disposition', 'attachment;filename*=utf-8\'\'a%20b.csv;filename="a b.csv"']),
    'benign',
  ],
  [
    `content-disposition: ${'Attachment; FileName="a.csv"'} ~ ${'attachment; filename=a.csv'}`,
    fields(['content-disposition', 'Attachment; FileName="a.csv"']),
    fields(['content-disposition', 'attachment; filename=a.csv']),
    'benign',
  ],
  [
    'location: escapes in another case, and one that needs none',
    fields(['location', '/a%2fb/%7Ec']),
    fields(['location', '/a%2Fb/~c']),
    'benign',
  ],
  ['location: another escape', fields(['location', '/a%2fb']), fields(['location', '/a/b']), 'breaking'],
  [
    `vary: ${'Origin, Accept'} ~ ${'accept,origin'}`,
    fields(['vary', 'Origin, Accept']),
    fields(['vary', 'accept,origin']),
    'benign',
  ],
  [
    `content-language: ${'en-us'} ~ ${'en-US'}`,
    fields(['content-language', 'en-us']),
    fields(['content-language', 'en-US']),
    'benign',
  ],
  [`retry-after: ${'120'} ~ ${'60'}`, fields(['retry-after', '120']), fields(['retry-after', '60']), 'undecided'],
  [
    `x-content-type-options: ${'nosniff'} ~ ${'NOSNIFF'}`,
    fields(['x-content-type-options', 'nosniff']),
    fields(['x-content-type-options', 'NOSNIFF']),
    'benign',
  ],
  [
    `referrer-policy: ${'no-referrer, strict-origin'} ~ ${'no-referrer,strict-origin'}`,
    fields(['referrer-policy', 'no-referrer, strict-origin']),
    fields(['referrer-policy', 'no-referrer,strict-origin']),
    'benign',
  ],
  [
    `accept-ranges: ${'bytes'} ~ ${'Bytes'}`,
    fields(['accept-ranges', 'bytes']),
    fields(['accept-ranges', 'Bytes']),
    'benign',
  ],
  [
    `link: ${'</a?x=1,2>; rel=next'} ~ ${'</a?x=1,2>; rel="next"'}`,
    fields(['link', '</a?x=1,2>; rel=next']),
    fields(['link', '</a?x=1,2>; rel="next"']),
    'benign',
  ],
  [
    `permissions-policy: ${'geolocation=(self "https://a.test"), camera=()'} ~ ${'camera=(), geolocation=(self  "https://a.test")'}`,
    fields(['permissions-policy', 'geolocation=(self "https://a.test"), camera=()']),
    fields(['permissions-policy', 'camera=(), geolocation=(self  "https://a.test")']),
    'benign',
  ],
  [
    `x-ratelimit-limit: ${'100'} ~ ${'0100'}`,
    fields(['x-ratelimit-limit', '100']),
    fields(['x-ratelimit-limit', '0100']),
    'benign',
  ],
  [
    `ratelimit-policy: ${'"d";q=100;w=10'} ~ ${'"d"; w=10; q=100'}`,
    fields(['ratelimit-policy', '"d";q=100;w=10']),
    fields(['ratelimit-policy', '"d"; w=10; q=100']),
    'benign',
  ],
  [
    `access-control-allow-methods: ${'get, post'} ~ ${'GET,POST'}`,
    fields(['access-control-allow-methods', 'get, post']),
    fields(['access-control-allow-methods', 'GET,POST']),
    'benign',
  ],
  [
    `access-control-allow-headers: ${'A, B'} ~ ${'b,a'}`,
    fields(['access-control-allow-headers', 'A, B']),
    fields(['access-control-allow-headers', 'b,a']),
    'benign',
  ],
  [
    `access-control-allow-headers: ${'A'} ~ ${'*'}`,
    fields(['access-control-allow-headers', 'A']),
    fields(['access-control-allow-headers', '*']),
    'benign',
  ],
  [
    `access-control-expose-headers: ${'A, B'} ~ ${'A'}`,
    fields(['access-control-expose-headers', 'A, B']),
    fields(['access-control-expose-headers', 'A']),
    'breaking',
  ],
  [`etag: ${'"a"'} ~ ${'W/"a"'}`, fields(['etag', '"a"']), fields(['etag', 'W/"a"']), 'undecided'],
  [`allow: ${'GET, HEAD'} ~ ${'HEAD,GET'}`, fields(['allow', 'GET, HEAD']), fields(['allow', 'HEAD,GET']), 'benign'],
  [
    `strict-transport-security: ${'max-age="31536000"; preload'} ~ ${'preload; max-age=31536000'}`,
    fields(['strict-transport-security', 'max-age="31536000"; preload']),
    fields(['strict-transport-security', 'preload; max-age=31536000']),
    'benign',
  ],
  [
    `x-xss-protection: ${'1; mode=block'} ~ ${'1;mode=block'}`,
    fields(['x-xss-protection', '1; mode=block']),
    fields(['x-xss-protection', '1;mode=block']),
    'benign',
  ],
  [
    `set-cookie: ${'a=1; Path=/; HttpOnly'} ~ ${'a=1; httponly; path=/'}`,
    fields(['set-cookie', 'a=1; Path=/; HttpOnly']),
    fields(['set-cookie', 'a=1; httponly; path=/']),
    'benign',
  ],
  [
    `set-cookie: ${'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT'} ~ ${'a=1; Expires=Wed, 21-Oct-15 07:28:00 GMT'}`,
    fields(['set-cookie', 'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT']),
    fields(['set-cookie', 'a=1; Expires=Wed, 21-Oct-15 07:28:00 GMT']),
    'same',
  ],
  [
    `set-cookie: ${'a=1; Max-Age=abc'} ~ ${'a=1'}`,
    fields(['set-cookie', 'a=1; Max-Age=abc']),
    fields(['set-cookie', 'a=1']),
    'benign',
  ],
  [
    `set-cookie: ${'a=1; Max-Age='} ~ ${'a=1; Max-Age=0'}`,
    fields(['set-cookie', 'a=1; Max-Age=']),
    fields(['set-cookie', 'a=1; Max-Age=0']),
    'breaking',
  ],
  [
    `set-cookie: ${'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT'} ~ ${'a=1; Expires=0'}`,
    fields(['set-cookie', 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT']),
    fields(['set-cookie', 'a=1; Expires=0']),
    'breaking',
  ],
  [
    `set-cookie: ${'a=1; SameSite=None; Secure'} ~ ${'a=1; Secure'}`,
    fields(['set-cookie', 'a=1; SameSite=None; Secure']),
    fields(['set-cookie', 'a=1; Secure']),
    'breaking',
  ],
  [
    `set-cookie: ${'a=1; Path='} ~ ${'a=1'}`,
    fields(['set-cookie', 'a=1; Path=']),
    fields(['set-cookie', 'a=1']),
    'benign',
  ],
  [
    `set-cookie: ${'a=1; Path=foo'} ~ ${'a=1'}`,
    fields(['set-cookie', 'a=1; Path=foo']),
    fields(['set-cookie', 'a=1']),
    'benign',
  ],
  [
    `set-cookie: ${'a=1; Domain='} ~ ${'a=1'}`,
    fields(['set-cookie', 'a=1; Domain=']),
    fields(['set-cookie', 'a=1']),
    'benign',
  ],
  [`set-cookie: ${'a'} ~ ${'a='}`, fields(['set-cookie', 'a']), fields(['set-cookie', 'a=']), 'breaking'],
  [`set-cookie: ${'=a'} ~ ${'=a'}`, fields(['set-cookie', '=a']), fields(['set-cookie', '=a']), 'same'],
  [
    `set-cookie: ${'a=b=c'} ~ ${'a=b%3Dc'}`,
    fields(['set-cookie', 'a=b=c']),
    fields(['set-cookie', 'a=b%3Dc']),
    'breaking',
  ],
  [
    `set-cookie: ${'a=1; Max-Age=-1'} ~ ${'a=1; Max-Age=0'}`,
    fields(['set-cookie', 'a=1; Max-Age=-1']),
    fields(['set-cookie', 'a=1; Max-Age=0']),
    'benign',
  ],
  [
    `set-cookie: ${'a=1; Max-Age=10; Max-Age=20'} ~ ${'a=1; Max-Age=20'}`,
    fields(['set-cookie', 'a=1; Max-Age=10; Max-Age=20']),
    fields(['set-cookie', 'a=1; Max-Age=20']),
    'benign',
  ],
  [
    `set-cookie: ${'a=1; Max-Age=3600'} ~ ${'a=1; Max-Age=3600; Expires=Wed, 21 Oct 2015 07:28:00 GMT'}`,
    fields(['set-cookie', 'a=1; Max-Age=3600']),
    fields(['set-cookie', 'a=1; Max-Age=3600; Expires=Wed, 21 Oct 2015 07:28:00 GMT']),
    'benign',
  ],
  [
    'retry-after date',
    D('Tue, 24 Nov 2026 08:00:00 GMT', ['Retry-After', '60']),
    D('Tue, 24 Nov 2026 08:00:30 GMT', ['Retry-After', 'Tue, 24 Nov 2026 08:01:30 GMT']),
    'benign',
  ],
  [
    'sunset moves',
    D('Tue, 24 Nov 2026 08:00:00 GMT', ['Last-Modified', 'Tue, 24 Nov 2026 08:00:00 GMT']),
    D('Tue, 24 Nov 2026 08:00:30 GMT', ['Last-Modified', 'Tue, 24 Nov 2026 08:00:30 GMT']),
    'benign',
  ],
  [
    'x-date moves',
    D('Tue, 24 Nov 2026 08:00:00 GMT', ['X-Expires-At', 'Tue, 24 Nov 2026 09:00:00 GMT']),
    D('Tue, 24 Nov 2026 08:00:30 GMT', ['X-Expires-At', 'Tue, 24 Nov 2026 09:00:30 GMT']),
    'benign',
  ],
  [
    'cors origin wider',
    fields(['Access-Control-Allow-Origin', 'https://a.test']),
    fields(['Access-Control-Allow-Origin', '*']),
    'benign',
    { request: { method: 'GET', target: '/', headers: [['Origin', 'https://a.test']] } },
  ],
  ['cors added', fields(), fields(['Access-Control-Allow-Origin', '*']), 'benign'],
  [
    'cors creds lost',
    fields(['Access-Control-Allow-Origin', 'https://a.test'], ['Access-Control-Allow-Credentials', 'true']),
    fields(['Access-Control-Allow-Origin', '*']),
    'breaking',
  ],
  ['cors lost', fields(['Access-Control-Allow-Origin', '*']), fields(), 'undecided cors-unasked'],
  [
    'cors lost to a script',
    fields(['Access-Control-Allow-Origin', '*']),
    fields(),
    'breaking cors',
    { request: { method: 'GET', target: '/', headers: [['Origin', 'https://a.test']] } },
  ],
  [
    'cors * to origin',
    fields(['Access-Control-Allow-Origin', '*']),
    fields(['Access-Control-Allow-Origin', 'https://a.test']),
    'breaking',
    { request: { method: 'GET', target: '/', headers: [['Origin', 'https://a.test']] } },
  ],
  [
    'preflight 200 without',
    answer(
      '',
      [
        ['Access-Control-Allow-Origin', '*'],
        ['Access-Control-Allow-Methods', 'POST'],
      ],
      { status: 204 },
    ),
    answer('', [], { status: 200 }),
    'breaking',
    {
      request: {
        method: 'OPTIONS',
        target: '/',
        headers: [
          ['Origin', 'x'],
          ['Access-Control-Request-Method', 'POST'],
        ],
      },
    },
  ],
  [
    'ct no body',
    answer('', [['Content-Type', 'text/plain']], { status: 204 }),
    answer('', [], { status: 204 }),
    'benign',
  ],
  ['ct 304', answer('', [['Content-Type', 'text/plain']], { status: 304 }), answer('', [], { status: 304 }), 'benign'],
  [
    'head ct',
    answer('', [['Content-Type', 'application/json']]),
    answer('', [['Content-Type', 'text/html']]),
    'breaking',
    { request: { method: 'HEAD', target: '/' } },
  ],
];

describe('header fields', () => {
  probe(ROWS);
});
