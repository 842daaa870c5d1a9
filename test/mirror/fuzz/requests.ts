/**
 * Requests that clients send: polite ones, which every server must understand, and rude ones, which no server should.
 */
import fc from 'fast-check';
import { chunked, extension, STOWAWAY, size, tag, text, trailers } from './notation.ts';

export interface Asked {
  readonly text: string;
  readonly method: string;
  readonly body: string;
}

const politeField = fc.oneof(
  text.map((value) => `X-A: ${value.trim()}`),
  fc.constantFrom(
    'Accept-Encoding: gzip, br',
    'Cookie: a=b; c=d',
    'Authorization: Bearer abc',
    'Connection: keep-alive',
    'Connection: X-A',
    'TE: trailers',
    'X-Empty:',
    'X-Obs: \xe9\xff',
    'x-request-id: 7',
    'Traceparent: 00-zz',
    'X-Crossfade-Timing: 5',
    'X-Crossfade-Http2: 1',
    'X-Crossfade-Failed: x',
    'X-Shadow: 1',
    'Upgrade: h2c',
    'Via: 1.0 fred, 1.1 p.example.net',
  ),
  size.map((bytes) => `X-Big: ${'b'.repeat(bytes)}`),
);

/** Draws a request that every server must understand, in exactly one way. */
export function politeRequest(n: number): fc.Arbitrary<Asked> {
  const framing = fc.oneof(
    fc.constant({ fields: '', body: '', bytes: '' }),
    fc.tuple(text, size).map(([start, more]) => {
      const body = `${start}${tag(n)}${'b'.repeat(more)}`;
      return { fields: `Content-Length: ${body.length}\r\n`, body, bytes: body };
    }),
    fc.tuple(text, extension, trailers).map(([start, ext, tail]) => {
      const body = `${start}${tag(n)}`;
      return { fields: 'Transfer-Encoding: chunked\r\n', body, bytes: chunked(body, ext, tail) };
    }),
  );
  return fc
    .record({
      method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PURGE'),
      target: fc.constantFrom('', '?a=%00&b', '//x/../y', '/%2f', '?q={"a":1}', '/%C3%A9'),
      fields: fc.array(politeField, { maxLength: 5 }),
      expects: fc.boolean(),
      framing,
    })
    .map(({ method, target, fields, expects, framing: { fields: framed, body, bytes } }) => {
      const bare = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
      const lines = [`Host: x`, ...fields, ...(expects && !bare && body !== '' ? ['Expect: 100-continue'] : [])];
      const head = `${method} /${tag(n)}${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n`;
      return { method, body: bare ? '' : body, text: bare ? `${head}\r\n` : `${head}${framed}\r\n${bytes}` };
    });
}

const LINES: readonly string[] = [
  `GET /${tag(0)} HTTP/1.1`,
  `get /${tag(0)} HTTP/1.1`,
  `GET  /${tag(0)}  HTTP/1.1`,
  `GET /${tag(0)} HTTP/1.0`,
  `GET /${tag(0)} HTTP/0.9`,
  `GET /${tag(0)}`,
  `GET /${tag(0)} HTTP/2.0`,
  `GET /${tag(0)} HTTP/1.2`,
  `GET /${tag(0)} HTTP/1.1 `,
  `GET /${tag(0)}\tHTTP/1.1`,
  `GET /${tag(0)} x HTTP/1.1`,
  `GET /${tag(0)}\0 HTTP/1.1`,
  `GET /${tag(0)}\xe9 HTTP/1.1`,
  `GET http://other/${tag(0)} HTTP/1.1`,
  `GET http://a@b:99999/${tag(0)} HTTP/1.1`,
  `GET x://${tag(0)} HTTP/1.1`,
  `GET ${tag(0)} HTTP/1.1`,
  'OPTIONS * HTTP/1.1',
  `CONNECT ${tag(0)}:443 HTTP/1.1`,
  `CONNECT /${tag(0)} HTTP/1.1`,
  `TRACE /${tag(0)} HTTP/1.1`,
  `POST /${tag(0)} HTTP/1.1`,
  `POST /${tag(0)} HTTP/1.1`,
  `P\xd6ST /${tag(0)} HTTP/1.1`,
  `/${tag(0)} HTTP/1.1`,
  `\r\n\r\nGET /${tag(0)} HTTP/1.1`,
  `\nGET /${tag(0)} HTTP/1.1`,
  `PRI * HTTP/2.0`,
  `GET /${'p'.repeat(70_000)}${tag(0)} HTTP/1.1`,
];

const RUDE_FIELDS: readonly string[] = [
  'Host: x',
  'Host: a\r\nHost: b',
  'Host: a,b',
  'Host:',
  'Host : x',
  ' Host: x',
  'X-Fold: a\r\n b',
  'X-Fold: a\r\n\tb: c',
  'X-Nul: a\0b',
  'X-Cr: a\rb: c',
  'X-Lf: a\nX-Inner: b',
  'X-No-Colon',
  ': no name',
  'X Space: a',
  'X-Tab\t: a',
  'X-\xe9: a',
  'X-Control: \u0001\u007f',
  'Content-Length: 5',
  'Content-Length: 5\r\nContent-Length: 5',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 5, 5',
  'Content-Length: +5',
  'Content-Length: -5',
  'Content-Length: 0x5',
  'Content-Length: 05',
  'Content-Length: 5 5',
  'Content-Length: 18446744073709551621',
  'Content-Length:',
  'Content-Length\t: 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nContent-Length: 5',
  'Content-Length: 5\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked;a=b',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding : chunked\r\nContent-Length: 5',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: \x0bchunked',
  'Transfer_Encoding: chunked',
  'transfer-encoding: CHUNKED',
  'Connection: Host, Content-Length, Transfer-Encoding, close',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13',
  'Connection: upgrade\r\nUpgrade: \0, , websocket',
  'Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEA',
  'Upgrade: TLS/1.0',
  'Expect: 100-continue',
  'Expect: 200-maybe',
  'Trailer: Content-Length',
  'TE: \0',
  'Via: 1.1 crossfade-mirror-g',
  'X-Request-Id: \xff" <>',
  'Traceparent: 00-0-0-0',
  'X-Amzn-Trace-Id: Root=1-00000000-0000000000000000000000%',
  `X-64: ${'h'.repeat(66_000)}`,
  `X-200: ${'h'.repeat(200_000)}`,
  Array.from({ length: 3_000 }, (_, i) => `X-${i}: v`).join('\r\n'),
];

const RUDE_BODIES: readonly string[] = [
  '',
  'hello',
  'hello beyond',
  'hel',
  '5\r\nhello\r\n0\r\n\r\n',
  '5\nhello\n0\n\n',
  '5\r\nhello0\r\n\r\n',
  '5\r\nhello\r\n0\r\n',
  '5;\nGET /x\r\nhello\r\n0\r\n\r\n',
  '5 \r\nhello\r\n0\r\n\r\n',
  '5 ; q="x"\r\nhello\r\n0\r\n\r\n',
  ' 5\r\nhello\r\n0\r\n\r\n',
  '+5\r\nhello\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n',
  '-1\r\nhello\r\n0\r\n\r\n',
  '5_\r\nhello\r\n0\r\n\r\n',
  '\r\n0\r\n\r\n',
  'g\r\nhello\r\n0\r\n\r\n',
  '00000000000000000000000000005\r\nhello\r\n0\r\n\r\n',
  'ffffffffffffffff\r\nhello\r\n0\r\n\r\n',
  '10000000000000005\r\nhello\r\n0\r\n\r\n',
  `5;${'e'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
  '5\r\nhello\r\n0\r\nContent-Length: 9\r\nHost: y\r\n\r\n',
  '5\r\nhello\r\n0\r\nX: a\0\r\n\r\n',
  '5\r\nhello\r\n0\r\n folded\r\n\r\n',
  '5\r\nhello\r\n0\r\nno colon\r\n\r\n',
  `5\r\nhello\r\n0\r\nX: ${'t'.repeat(150_000)}\r\n\r\n`,
  `0\r\n\r\nGET /${STOWAWAY} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'SM\r\n\r\n\0\0\0\u0004\0\0\0\0\0\0\0\u0005\u0001\u0005\0\0\0\u0001\xff\xff\xff\xff\xff',
];

export const rudeRequest: fc.Arbitrary<string> = fc
  .record({
    line: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(`GET /${tag(0)} HTTP/1.1`, `POST /${tag(0)} HTTP/1.1`) },
      { weight: 2, arbitrary: fc.constantFrom(...LINES) },
    ),
    host: fc.constantFrom('Host: x\r\n', 'Host: x\r\n', 'Host: x\r\n', ''),
    fields: fc.array(fc.constantFrom(...RUDE_FIELDS), { maxLength: 3 }),
    ends: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'),
    body: fc.constantFrom(...RUDE_BODIES),
  })
  .map(({ line, host, fields, ends, body }) => {
    const head = `${line}\r\n${host}${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
    return (ends === '\r\n' ? head : head.replaceAll('\r\n', ends)) + body;
  });
