/**
 * Requests that a hostile client sends to make two servers in a chain disagree, and answers that a service should never
 * give, with each proxy that can run on this machine. The primary sees one request or nothing, nobody hangs, and the
 * next client gets its own answer.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRequest } from './fuzz/strict-reader.ts';
import { type MirrorProcess, PROXIES, portOf, startMirror } from './mirror-process.ts';
import { OK, primary } from './raw-primary.ts';
import { RawClient } from './rig.ts';

const LONG = 'a'.repeat(70_000);
const to = (target: string, fields = '', version = '1.1') =>
  `GET ${target} HTTP/${version}\r\nHost: x\r\n${fields}\r\n`;
const post = (fields: string, body: string) => `POST /a HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n${body}`;
const chunks = (body: string, fields = 'Transfer-Encoding: chunked') => post(fields, body);
const whole = chunks('2\r\nhi\r\n0\r\n\r\n');
const websocket = 'Connection: Upgrade\r\nUpgrade: websocket';

/** Requests that the mirror itself answers with 4xx, 501 or 505, and of which the primary never gets a whole one. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['a length, then chunks', post('Content-Length: 6\r\nTransfer-Encoding: chunked', '0\r\n\r\nG')],
  [
    'chunks, then a length',
    post('Transfer-Encoding: chunked\r\nContent-Length: 4', '5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n'),
  ],
  ...[
    'chunked, identity',
    'identity, chunked',
    'identity',
    'chunked, chunked',
    'chunked\r\nTransfer-Encoding: x',
    'x\r\nTransfer-Encoding: chunked',
    'chunked\r\nTransfer-Encoding: chunked',
    '\x0bchunked',
    '"chunked"',
    'chunked;q=1',
    'chunked,',
  ].map((coding) => [`Transfer-Encoding: ${coding}`, chunks('0\r\n\r\n', `Transfer-Encoding: ${coding}`)] as const),
  ['an empty coding beside a length', post('Transfer-Encoding:\r\nContent-Length: 2', 'hi')],
  ...[
    '2\r\nContent-Length: 2',
    '0\r\nContent-Length: 2',
    '2, 2',
    '+2',
    '-2',
    '0x2',
    '1 2',
    '',
    '18446744073709551618',
  ].map((length) => [`Content-Length: ${length}`, post(`Content-Length: ${length}`, 'hi')] as const),
  ['a space before the colon of a length', post('Content-Length : 2', 'hi')],
  ['a space before the colon of a coding', chunks('0\r\n\r\n', 'Transfer-Encoding : chunked')],
  ['a line feed within an extension of a chunk', chunks('2;\nxx\r\n0\r\n\r\n')],
  ['a carriage return within an extension of a chunk', chunks('2;a\rb\r\nhi\r\n0\r\n\r\n')],
  ['chunks that end by line feeds', chunks('2\nhi\n0\n\n')],
  ['bytes between a chunk and its line end', chunks('2\r\nhiXX\r\n0\r\n\r\n')],
  ['a chunk and no line end', chunks('2\r\nhi0\r\n\r\n')],
  ...['0x2', ' 2', '-2', 'fffffffffffffffff2', 'zz'].map(
    (size) => [`a chunk of the size ${size}`, chunks(`${size}\r\nhi\r\n0\r\n\r\n`)] as const,
  ),
  ['a request among the trailers', chunks('2\r\nhi\r\n0\r\nGET /smuggled HTTP/1.1\r\n\r\n')],
  ['200 kB of trailers', chunks(`2\r\nhi\r\n0\r\nX-A: ${LONG.repeat(3)}\r\n\r\n`)],
  ['a folded first field', `GET /a HTTP/1.1\r\n X-A: b\r\nHost: x\r\n\r\n`],
  ['NUL in a name', to('/a', 'X\0A: b\r\n')],
  ['NUL in a value', to('/a', 'X-A: b\0c\r\n')],
  ['NUL in the target', to('/a\0b')],
  ['a space in a name', to('/a', 'X A: b\r\n')],
  ['no name', to('/a', ': b\r\n')],
  ['no colon', to('/a', 'Foo\r\n')],
  ['a name beyond ASCII', to('/a', 'X-\xe9: b\r\n')],
  ['a name with a bracket', to('/a', 'X(A: b\r\n')],
  ['DEL in a value', to('/a', 'X-A: a\x7fb\r\n')],
  ['a pseudo field', to('/a', ':path: /evil\r\n')],
  ['a space before the method', ` ${to('/a')}`],
  ['HTTP/0.9', 'GET /a\r\n\r\n'],
  ['a version of four digits', to('/a', '', '1.01')],
  ['a version in lower case', to('/a').replace('HTTP', 'http')],
  ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
  ['CONNECT to a path', 'CONNECT /a HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an absolute target of another scheme', to('ftp://x/a')],
  ['an asterisk, but for OPTIONS', to('*')],
  ['a target without a slash', to('a')],
  ['a backslash', to('\\a')],
  ['a target beyond ASCII', to('/\xe9')],
  ['a tab in the target', to('/a\tb')],
  ['a space in the target', to('/a b')],
  ['a target of 200 kB', to(`/${LONG.repeat(3)}`)],
  ['a method with a bracket', to('/a').replace('GET', 'G(T')],
  ['two Hosts that are the same', to('/a', 'Host: x\r\n')],
  ...['x, y', 'x/y', 'x y', '\xe9', 'x\r\n Host: y'].map(
    (host) => [`Host: ${host}`, to('/a').replace('Host: x', `Host: ${host}`)] as const,
  ),
  ['a space before the colon of Host', to('/a').replace('Host:', 'Host :')],
  ['a field of 140 kB', to('/a', `X-A: ${LONG}${LONG}\r\n`)],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  ['PROXY', `PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n${to('/a')}`],
];

/** Requests that are passed on, and the pattern of what the primary gets. */
const PASSED: readonly (readonly [string, string, RegExp])[] = [
  ['chunks in any case', chunks('2\r\nhi\r\n0\r\n\r\n', 'transfer-encoding: ChUnKeD'), /\r\n\r\n2\r\nhi\r\n0\r\n\r\n$/],
  [
    'an underscore, which is no hyphen',
    post('Transfer_Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n'),
    /\r\n\r\n0\r\n\r\n$/,
  ],
  ['GET in chunks', whole.replace('POST', 'GET'), /^GET \/a [\s\S]*\r\n\r\n2\r\nhi\r\n0\r\n\r\n$/],
  [
    'a body that looks like a request',
    post('Content-Length: 38', 'GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n'),
    /^POST \/a /,
  ],
  ['extensions of chunks', chunks('2;a=b;c="d"\r\nhi\r\n0\r\n\r\n'), /\r\n\r\n2\r\nhi\r\n0\r\n\r\n$/],
  ['a size with many zeros', chunks(`${'0'.repeat(300)}2\r\nhi\r\n0\r\n\r\n`), /\r\n\r\n2\r\nhi\r\n0\r\n\r\n$/],
  ['a length with zeros before it', post('Content-Length: 0002', 'hi'), /Content-Length: 0*2\r\n[\s\S]*\r\n\r\nhi$/i],
  ['bytes beyond ASCII in a value', to('/a', 'X-A: \xe9\xff\r\n'), /X-A: \xe9\xff\r\n/],
  ['empty lines before the request', `\r\n\r\n${to('/a')}`, /^GET \/a /],
  ['a field of 70 kB', to('/a', `X-A: ${LONG}\r\n`), /X-A: a{70000}\r\n/],
  ['two slashes', to('//evil/a'), /^GET \/\/evil\/a HTTP\/1\.1\r\nHost: x\r\n/],
  ['an absolute target', to('http://x/a'), /^GET \/a HTTP\/1\.1\r\n(?:.*\r\n)*Host: x\r\n/i],
  [
    'an absolute target, whose host is the one that counts',
    to('http://other/a'),
    /^GET \/a HTTP\/1\.1\r\n(?:(?!host: x).*\r\n)*Host: other\r\n/i,
  ],
  ['an absolute target without its user', to('http://u:p@x/a'), /^GET \/a HTTP\/1\.1\r\n(?:.*\r\n)*Host: x\r\n/i],
  ['an absolute target without a path', to('http://x'), /^GET \/ HTTP\/1\.1\r\n/],
  ['TRACE', to('/a').replace('GET', 'TRACE'), /^TRACE \/a /],
  [
    'an offer of h2c',
    to('/a', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n'),
    /^GET \/a (?![\s\S]*(?:upgrade|settings))/i,
  ],
  [
    'a coding that Connection names',
    chunks('2\r\nhi\r\n0\r\n\r\n', 'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked'),
    /\r\n\r\n2\r\nhi\r\n0\r\n\r\n$/,
  ],
  [
    'a length that Connection names',
    post('Connection: Content-Length\r\nContent-Length: 2', 'hi'),
    /\r\n\r\n(?:2\r\nhi\r\n0\r\n\r\n|hi)$/,
  ],
  [
    'another’s name in Via that begins or ends as ours',
    to('/a', 'Via: 1.1 crossfade-mirror-gg, 1.1 xcrossfade-mirror-g\r\n'),
    /^GET \/a /,
  ],
  [
    'trailers, but none that frames, routes or marks',
    chunks('2\r\nhi\r\n0\r\nHost: evil\r\nX-Shadow: 1\r\nX-Crossfade-Http2: 1\r\nTrailer: x\r\nX-Sum: 7\r\n\r\n'),
    /\r\n0\r\nX-Sum: 7\r\n\r\n$/i,
  ],
];

/**
 * Requests that are refused, or passed on without their upgrade. They are never split in two, and nobody waits forever.
 */
const NO_HANDSHAKE: readonly (readonly [string, string])[] = [
  ['POST with a body', post(`${websocket}\r\nContent-Length: 2`, 'hi')],
  ['GET with a body', `${to('/a', `${websocket}\r\nContent-Length: 2\r\n`)}hi`],
  ['POST in chunks', chunks('2\r\nhi\r\n0\r\n\r\n', `${websocket}\r\nTransfer-Encoding: chunked`)],
  ['HEAD', to('/a', `${websocket}\r\n`).replace('GET', 'HEAD')],
  ['POST that offers another beside it', post(`${websocket}, h2c\r\nContent-Length: 2`, 'hi')],
];

/** Answers of the primary, by the path of the request. The client gets 502 instead. */
const ANSWERS: Readonly<Record<string, string>> = {
  '/101': 'HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw',
  '/101-without-fields': 'HTTP/1.1 101 S\r\n\r\n',
  '/100-with-a-length': `HTTP/1.1 100 C\r\nContent-Length: 2\r\n\r\nxx${OK}`,
  '/two-lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokX',
  '/length-and-chunks':
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  '/length--1': 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok',
  '/gzip': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzz',
  '/status-099': 'HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\nok',
  '/status-20': 'HTTP/1.1 20 X\r\nContent-Length: 2\r\n\r\nok',
  '/status-2000': 'HTTP/1.1 2000 X\r\nContent-Length: 2\r\n\r\nok',
  '/field-of-140-kB': `HTTP/1.1 200 OK\r\nX-A: ${LONG}${LONG}\r\nContent-Length: 2\r\n\r\nok`,
  '/nul': 'HTTP/1.1 200 OK\r\nX-A: b\0c\r\nContent-Length: 2\r\n\r\nok',
  '/name-with-a-space': 'HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 2\r\n\r\nok',
  '/no-head': '<html><p>no head\r\n\r\n',
  '/icy': 'ICY 200 OK\r\nContent-Length: 2\r\n\r\nok',
};
const PASSED_ANSWERS: Readonly<Record<string, readonly [string, RegExp]>> = {
  '/status-600': ['HTTP/1.1 600 X\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 600 X\r\n[\s\S]*ok$/],
  '/flood': [`${'HTTP/1.1 102 P\r\n\r\n'.repeat(3_000)}${OK}`, / 200 OK\r\n[\s\S]*ok$/],
  '/field-of-70-kB': [`HTTP/1.1 200 OK\r\nX-A: ${LONG}\r\nContent-Length: 2\r\n\r\nok`, /X-A: a{70000}\r\n[\s\S]*ok$/],
  '/one-too-many': [`${OK}${OK.replace('ok', 'no')}`, /^HTTP\/1\.1 200 OK(?![\s\S]*\bno$)[\s\S]*ok$/],
  '/own-trailers': [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Crossfade-Failed: x\r\nHost: y\r\nX-Sum: 7\r\n\r\n',
    /\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n$/i,
  ],
  '/length-0-of-204': ['HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', /^HTTP\/1\.1 204 [\s\S]*\r\n\r\n$/],
};

describe.each(PROXIES)('the mirror by %s', (proxy) => {
  let seen = '';
  /** Matches the end of the request under test, including its body. */
  let ended: RegExp = /\r\n\r\n$/;
  const { server } = primary(
    (socket, request) => {
      if (/^user-agent: (?:Envoy\/HC|crossfade-mirror)/im.test(request)) return void socket.write(OK);
      const path = /^\S+ (\S+)/.exec(request)?.[1] ?? '';
      if (path === '/witness') return void socket.write(OK.replace('ok', 'me'));
      seen += request;
      socket.write(ANSWERS[path] ?? PASSED_ANSWERS[path]?.[0] ?? OK, 'latin1');
      if (path === '/no-head' || path === '/gzip') socket.end();
    },
    {
      test: (text: string) =>
        /^\S+ \/witness/.test(text) || /^user-agent: (?:Envoy\/HC|crossfade-mirror)/im.test(text) || ended.test(text),
    } as RegExp,
  );
  let mirror: MirrorProcess;
  beforeAll(async () => {
    const port = await portOf(server);
    mirror = await startMirror(proxy, { stable: port, candidate: port, env: { MIRROR_SAMPLE_RATE: '0' } });
  });
  afterAll(() => mirror.stop());
  const clients: RawClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
    seen = '';
  });
  const send = async (bytes: string, until: RegExp) => {
    const raw = new RawClient(mirror.port);
    clients.push(raw);
    raw.write(Buffer.from(bytes, 'latin1'));
    return raw.until(until);
  };
  /** Sends the request of the next client, which may share the connection to the primary. */
  const witness = async () => {
    const text = await send('GET /witness HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', /me$/);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nme$/);
  };
  const ANSWER = /HTTP\/1\.[01] [2-5]\d\d [\s\S]*\r\n\r\n/;

  it.each(REFUSED)('refuses %s', async (_name, bytes) => {
    expect(await send(bytes, ANSWER)).toMatch(/^HTTP\/1\.[01] (?:4|50[15])/);
    // The head may have been passed on before its body proved bad, but the primary never gets the end.
    expect(seen === '' ? null : readRequest(seen, 0)).toBeNull();
    await witness();
  });

  it.each(PASSED)('passes on %s, in one meaning', async (_name, bytes, wanted) => {
    ended = wanted;
    try {
      expect(await send(bytes, /ok$/)).toMatch(/^HTTP\/1\.1 200 OK/);
    } finally {
      ended = /\r\n\r\n$/;
    }
    expect(seen).toMatch(wanted);
    expect(readRequest(seen, 0)?.end).toBe(seen.length);
    await witness();
  });

  it.each(NO_HANDSHAKE)('takes no body apart that comes with an offer of WebSocket: %s', async (_name, bytes) => {
    ended = /\r\n\r\n(?:hi|2\r\nhi\r\n0\r\n\r\n)?$/;
    const text = await send(bytes, ANSWER);
    if (seen === '') expect(text).toMatch(/^HTTP\/1\.1 400 /);
    else expect(seen).not.toMatch(/upgrade/i);
    ended = /\r\n\r\n$/;
    await witness();
  });

  it.each(Object.keys(ANSWERS))('answers 502 in the place of %s', async (path) => {
    const text = await send(to(path), ANSWER);
    expect(text.replace(/^(?:HTTP\/1\.1 1\d\d.*\r\n\r\n)+/, '')).toMatch(/^HTTP\/1\.1 502 /);
    await witness();
  });

  it.each(Object.entries(PASSED_ANSWERS))('passes on the answer %s', async (path, [, wanted]) => {
    expect(await send(to(path), wanted)).toMatch(wanted);
    await witness();
  });

  it('counts every request of them once', async () => {
    await mirror.stop();
    const { MirrorRequests: requests, MirrorCaptured: captured = 0, ...others } = mirror.metrics();
    const dropped = Object.entries(others).filter(([name]) => /^[a-z]/.test(name));
    expect(requests).toBeGreaterThan(REFUSED.length + PASSED.length);
    expect(dropped.reduce((sum, [, count]) => sum + count, captured)).toBe(requests);
    expect(others.refused).toBeGreaterThan(REFUSED.length / 2);
  });
});
