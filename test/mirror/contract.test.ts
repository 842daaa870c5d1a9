/**
 * What a mirror owes to customers and to the recorder, whichever proxy it uses: the embedded one, or Envoy if this
 * machine has it (`ENVOY`, or in PATH; test/mirror/envoy.sh installs it). docs/explanation/mirror.md lists how the two
 * differ.
 */
import { createServer as createHttpServer } from 'node:http';
import { Pool } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MirrorProcess, type MirrorProxy, PROXIES, portOf, startMirror } from './mirror-process.ts';
import { OK, primary } from './raw-primary.ts';
import { bodyOf, RawClient } from './rig.ts';

/**
 * Matches a head that announces no body, or a head with the body of these tests: on a busy machine the two may arrive
 * separately.
 */
const WHOLE =
  /^(?![\s\S]*\r\n(?:content-length: [1-9]|transfer-encoding:))[\s\S]*\r\n\r\n$|\r\n\r\n(?:hello|(?:5\r\nhello\r\n)?0\r\n\r\n)$/i;
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe.each(PROXIES)('the mirror by %s', (proxy: MirrorProxy) => {
  /** Answers by path, byte for byte. */
  const ANSWERS: Readonly<Record<string, string>> = {
    '/': OK,
    '/case': 'HTTP/1.1 200 OK\r\nX-CaSe: v\r\nContent-Length: 2\r\n\r\nok',
    '/204': 'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n',
    '/304': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: "e"\r\n\r\n',
    '/head': 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n',
    '/trailer':
      'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n',
    '/trailer-and-length': 'HTTP/1.1 200 OK\r\nTrailer: Server-Timing\r\nContent-Length: 2\r\n\r\nok',
    '/unasked': `HTTP/1.1 100 Continue\r\n\r\n${OK}`,
    '/coded': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    '/long': `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 3000\r\n\r\n${'x'.repeat(3_000)}`,
    '/switches': 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nabc',
    '/liar':
      'HTTP/1.1 200 OK\r\nX-Crossfade-Failed: reset\r\nX-Crossfade-Timing: 9999999\r\nX-Crossfade-Date: 1\r\nContent-Length: 2\r\n\r\nok',
    '/busy': 'HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno',
    '/four-digits': 'HTTP/1.1 1000 High\r\nContent-Length: 2\r\n\r\nok',
    '/socket': 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello',
    '/closes': 'HTTP/1.1 200 OK\r\n\r\nto the end',
  };
  const heads: string[] = [];
  const stable = primary((socket, request) => {
    heads.push(request);
    const path = /^\S+ (\S+)/.exec(request)?.[1] ?? '';
    if (path === '/reset') return void socket.resetAndDestroy();
    if (request.startsWith('ping')) return void socket.end('pong');
    socket.write(ANSWERS[path] ?? OK, 'latin1');
    if (path === '/closes') socket.end();
  }, WHOLE);
  /** Bodies of copied requests, by request id. */
  const copied = new Map<unknown, string>();
  const candidate = createHttpServer(async (req, res) => {
    copied.set(req.headers['x-request-id'], (await bodyOf(req)).toString('latin1'));
    res.end('{"candidate":true}');
  });
  let mirror: MirrorProcess;
  beforeAll(async () => {
    const [a, b] = await Promise.all([portOf(stable.server), portOf(candidate)]);
    mirror = await startMirror(proxy, {
      stable: a,
      candidate: b,
      env: { MIRROR_COPY_ALLOW: 'POST /search/{kind},PUT /items/**,PUT /orders/*', MIRROR_BODY_CAP: '2048' },
    });
  });
  afterAll(() => mirror.stop());
  /** Heads that the primary received, without the mirror's own health checks. */
  const asked = () => heads.filter((head) => !/^user-agent: (Envoy\/HC|crossfade-mirror\b)/im.test(head));
  const clients: RawClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });
  const client = () => {
    const raw = new RawClient(mirror.port);
    clients.push(raw);
    return raw;
  };
  /** Sends bytes, and returns what the client receives until it matches `until`. */
  const answer = async (sent: string, until: RegExp) => {
    const raw = client();
    raw.write(Buffer.from(sent, 'latin1'));
    return raw.until(until);
  };
  const captureOf = async (id: string) => {
    const found = () => mirror.captures().find(({ requestId }) => requestId === id);
    await expect.poll(found).toBeDefined();
    return found();
  };
  const to = (path: string, method = 'GET') => `${method} ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

  describe('passes on', () => {
    it.each([
      ['names as they were spelt', to('/case'), /^HTTP\/1\.1 200 OK\r\n[\s\S]*X-CaSe: v\r\n[\s\S]*\r\n\r\nok$/],
      ['204', to('/204'), /^HTTP\/1\.1 204 No Content\r\n[\s\S]*X-A: b\r\n[\s\S]*\r\n\r\n$/],
      ['the length of an answer to HEAD', to('/head', 'HEAD'), /^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 99\r\n/i],
      ['a body without a length', to('/closes'), /to the end/],
      ['a method of its own', to('/', 'PURGE'), /^HTTP\/1\.1 200 OK[\s\S]*ok$/],
      ['a target with a fragment', to('/a#b'), /^HTTP\/1\.1 200 OK[\s\S]*ok$/],
      ['escaped slashes and doubled ones', to('/a%2Fb//c/../d'), /^HTTP\/1\.1 200 OK[\s\S]*ok$/],
      ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: x\r\n\r\n', /^HTTP\/1\.[01] 200 OK[\s\S]*ok$/],
      ['an answer after a 100 that nobody asked for', to('/unasked'), / 200 OK\r\n[\s\S]*ok$/],
      [
        'a body in chunks',
        'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
        /^HTTP\/1\.1 200 OK[\s\S]*ok$/,
      ],
      [
        'a request that offers another upgrade',
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: foo/1, TLS/1.3\r\n\r\n',
        /^HTTP\/1\.1 200 OK[\s\S]*ok$/,
      ],
      [
        'a body that is offered with an upgrade to h2c',
        'POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEA\r\nContent-Length: 5\r\n\r\nhello',
        /^HTTP\/1\.1 200 OK[\s\S]*ok$/,
      ],
    ])('%s', async (_name, sent, wanted) => {
      expect(await answer(sent, wanted)).toMatch(wanted);
    });

    it('the target to the byte', async () => {
      heads.length = 0;
      await answer(to('/a%2Fb//c/../d?x=%zz&y'), /ok$/);
      expect(asked()[0]).toMatch(/^GET \/a%2Fb\/\/c\/\.\.\/d\?x=%zz&y HTTP\/1\.1\r\n/);
    });

    it('trailers, to a client that gets chunks', async () => {
      expect(await answer(to('/trailer'), /X-Sum: 7\r\n\r\n$/i)).toMatch(/2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n$/i);
    });

    it('100 kB of fields', async () => {
      const sent = `GET / HTTP/1.1\r\nHost: x\r\n${`X-A: ${'a'.repeat(1_000)}\r\n`.repeat(100)}\r\n`;
      expect(await answer(sent, /ok$/)).toMatch(/^HTTP\/1\.1 200 OK/);
    });
  });

  it('passes WebSockets on, in both directions, until either side ends', async () => {
    const raw = client();
    raw.write(
      'GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: k\r\n\r\n',
    );
    expect(await raw.until(/\r\n\r\nhello$/)).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\nupgrade: websocket\r\n/i);
    raw.write('ping\r\n\r\n');
    expect(await raw.untilClosed()).toMatch(/hellopong$/);
  });

  it.each(['/trailer-and-length', '/304', '/204', '/coded'])(
    'never lets an answer begin with a part of the one before: %s',
    async (path) => {
      const raw = client();
      raw.write(to(path));
      await raw.until(/\r\n\r\n(?:ok|[^H]*)$/);
      if (path === '/coded') return expect(raw.text).toMatch(/^HTTP\/1\.1 50\d /);
      raw.write(to('/case'));
      expect(await raw.until(/X-CaSe: v\r\n[\s\S]*ok$/)).toMatch(
        /^HTTP\/1\.1 [23]0\d [\s\S]*?\r\n\r\n(?:ok)?HTTP\/1\.1 200 OK\r\n[\s\S]*X-CaSe: v[\s\S]*ok$/,
      );
    },
  );

  it.each([
    ['two Hosts', GET.replace('Host: x', 'Host: a\r\nHost: b'), 400],
    ['a length and chunks', GET.replace('Host: x', 'Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked'), 400],
    ['two lengths', GET.replace('Host: x', 'Host: x\r\nContent-Length: 3\r\nContent-Length: 4'), 400],
    [
      'a coding that nobody undoes',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      501,
    ],
    ['itself', GET.replace('Host: x', 'Host: x\r\nVia: 1.1 crossfade-mirror-g'), 508],
    ['no request', '\u0001\u0002\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['no Host in HTTP/1.0 either', 'GET / HTTP/1.0\r\n\r\n', 400],
  ])('refuses %s', async (_name, sent, status) => {
    heads.length = 0;
    expect(await answer(sent, /^HTTP\/1\.[01] \d[\s\S]*\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1.[01] ${status} `));
    expect(asked()).toEqual([]);
  });

  it.each(['/switches', '/four-digits'])(
    'answers 502 where no client could read the primary’s answer: %s',
    async (path) => {
      expect(await answer(to(path, 'DELETE'), /^HTTP\/1\.1 \d[\s\S]*\r\n\r\n/)).toMatch(/^HTTP\/1\.1 502 /);
    },
  );

  it('answers 502 where the primary gives no answer, and never repeats what had an effect', async () => {
    heads.length = 0;
    const sent = 'POST /reset HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello';
    expect(await answer(sent, /Gateway\n$/)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(asked()).toHaveLength(1);
  });

  it('records what was asked and answered, on both faces', async () => {
    await answer('POST /search/shoes HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\nContent-Length: 5\r\n\r\nhello', /ok$/);
    const reverse = new RawClient(mirror.reversePort);
    clients.push(reverse);
    reverse.write('GET /items/7?token=secret HTTP/1.1\r\nHost: x\r\nX-Request-Id: b\r\n\r\n');
    await reverse.until(/true\}/);
    expect(await captureOf('a')).toMatchObject({
      v: 3,
      primary: 'stable',
      request: { method: 'POST', target: '/search/shoes', body: { data: 'hello', bytes: 5 } },
      stable: { outcome: 'response', status: 200, body: { data: 'ok', bytes: 2, truncated: false } },
      candidate: { outcome: 'response', status: 200, body: { data: '{"candidate":true}' } },
    });
    const other = await captureOf('b');
    expect(other).toMatchObject({ primary: 'candidate', stable: { body: { data: 'ok' } } });
    expect(JSON.stringify(other)).not.toMatch(/secret|x-crossfade/);
    for (const leg of [other?.stable, other?.candidate])
      if (leg?.outcome === 'response') expect(leg.timing.totalMs).toBeGreaterThanOrEqual(leg.timing.firstByteMs);
  });

  it('copies what templates with * and ** take in', async () => {
    const put = (path: string) =>
      answer(
        `PUT ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: put${path.replaceAll('/', '-')}\r\nContent-Length: 5\r\n\r\nhello`,
        /ok$/,
      );
    // The last request is copied, so once its capture arrives, whatever is missing before it was not copied.
    for (const path of ['/orders/7/lines', '/item', '/orders/7', '/items', '/items/7/lines']) await put(path);
    expect(await captureOf('put-items-7-lines')).toBeDefined();
    expect([...copied.keys()].filter((id) => String(id).startsWith('put-')).sort()).toEqual([
      'put-items',
      'put-items-7-lines',
      'put-orders-7',
    ]);
  });

  it('copies a body of any bytes as it is', async () => {
    const every = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    for (const [id, body] of [
      ['every', `${every}\r\n\r\nhello`],
      ['zeros', `${'\0'.repeat(1_500)}\r\n\r\nhello`],
    ]) {
      const head = `POST /search/bytes HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\nContent-Length: ${body?.length}`;
      await answer(`${head}\r\n\r\n${body}`, /ok$/);
      const capture = await captureOf(id ?? '');
      expect(capture?.request.body?.bytes).toBe(body?.length);
      expect(copied.get(id)).toBe(body);
    }
  });

  it('records that the primary gave no answer, and what the other side answered', async () => {
    const sent = 'GET /reset HTTP/1.1\r\nHost: x\r\nX-Request-Id: none\r\n\r\n';
    expect(await answer(sent, /Gateway\n$/)).not.toMatch(/x-crossfade/i);
    expect(await captureOf('none')).toMatchObject({
      stable: { outcome: 'failed', reason: 'reset' },
      candidate: { outcome: 'response', status: 200 },
    });
  });

  it('says of a longer answer how long it was, and keeps its beginning', async () => {
    const sent = 'GET /long HTTP/1.1\r\nHost: x\r\nX-Request-Id: long\r\n\r\n';
    expect(await answer(sent, /x{3000}$/)).toMatch(/x{3000}$/);
    const capture = await captureOf('long');
    expect(capture?.stable).toMatchObject({ outcome: 'response', body: { bytes: 3_000, truncated: true } });
    if (capture?.stable.outcome === 'response')
      expect(capture.stable.headers).toContainEqual(['content-length', '3000']);
  });

  it('believes nobody else’s fields of its own: no client’s', async () => {
    heads.length = 0;
    const own = 'X-Crossfade-Http2: 1\r\nx-crossfade-timing: 9\r\nX-Crossfade-Failed: f\r\nX-Shadow: 1';
    await answer(`GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: c\r\n${own}\r\n\r\n`, /ok$/);
    const capture = await captureOf('c');
    expect(capture).toMatchObject({ candidate: { outcome: 'response', status: 200 } });
    expect(JSON.stringify(capture)).not.toMatch(/x-crossfade|x-shadow/i);
    expect(asked().join()).not.toMatch(/x-crossfade|x-shadow/i);
  });

  it('believes nobody else’s fields of its own: no side’s', async () => {
    const reverse = new RawClient(mirror.reversePort);
    clients.push(reverse);
    reverse.write('GET /liar HTTP/1.1\r\nHost: x\r\nX-Request-Id: liar\r\n\r\n');
    await reverse.until(/true\}/);
    const capture = await captureOf('liar');
    expect(capture?.stable).toMatchObject({ outcome: 'response', status: 200, body: { data: 'ok' } });
    if (capture?.stable.outcome === 'response') expect(capture.stable.timing.firstByteMs).toBeLessThan(9_000);
    expect(await answer(to('/liar'), /ok$/)).not.toMatch(/x-crossfade/i);
  });

  it('repeats and times nothing because a client says so', async () => {
    heads.length = 0;
    const fields = 'X-Envoy-Retry-On: 5xx\r\nX-Envoy-Max-Retries: 9\r\nX-Envoy-Upstream-Rq-Timeout-Ms: 1';
    const sent = `POST /busy HTTP/1.1\r\nHost: x\r\n${fields}\r\nContent-Length: 5\r\n\r\nhello`;
    expect(await answer(sent, /no$/)).toMatch(/^HTTP\/1\.1 503 /);
    expect(asked()).toHaveLength(1);
  });
});

it.each(PROXIES)('the mirror by %s records an answer that began while the request was still coming', async (proxy) => {
  const answering = createHttpServer((req, res) => {
    req.once('data', () => res.writeHead(200, { 'content-type': 'text/plain' }).write('first'));
    req.once('end', () => res.end(', last'));
  });
  const port = await portOf(answering);
  const mirror = await startMirror(proxy, {
    stable: port,
    candidate: port,
    env: { MIRROR_COPY_ALLOW: 'POST /talk', MIRROR_DRAIN_DELAY_MS: '0' },
  });
  const raw = new RawClient(mirror.port);
  raw.write(
    'POST /talk HTTP/1.1\r\nHost: x\r\nX-Request-Id: early\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  );
  await raw.until(/first/);
  raw.write('0\r\n\r\n');
  expect(await raw.until(/last/)).toMatch(/^HTTP\/1\.1 200 OK/);
  const [capture] = await mirror.captured(1);
  for (const leg of [capture?.stable, capture?.candidate])
    expect(leg).toMatchObject({ outcome: 'response', status: 200, body: { data: 'first, last' } });
  raw.destroy();
  await mirror.stop();
  answering.closeAllConnections();
});

describe.each(PROXIES)('a mirror by %s that copies a part', (proxy) => {
  const env = { MIRROR_SAMPLE_RATE: '0.3', MIRROR_DRAIN_DELAY_MS: '0' };
  const ids = Array.from({ length: 60 }, (_, i) => `request-${i}`);
  const start = async () => {
    const { server } = primary((socket) => void socket.write(OK));
    const port = await portOf(server);
    const mirror = await startMirror(proxy, { stable: port, candidate: port, env });
    const pool = new Pool(`http://127.0.0.1:${mirror.port}`, { connections: 2 });
    for (const id of ids)
      await (await pool.request({ method: 'GET', path: '/', headers: { 'x-request-id': id } })).body.dump();
    await pool.destroy();
    return mirror;
  };
  const chosenBy = (mirror: MirrorProcess) => mirror.captures().map(({ requestId }) => requestId);

  it('chooses by the request’s id, as the next one does, and its counts add up once it has ended', async () => {
    const mirror = await start();
    for (const sent of [
      GET.replace('Host: x', 'Host: a\r\nHost: b'),
      GET.replace('Host: x', 'Host: x\r\nX: a\u0001'),
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
    ]) {
      const other = new RawClient(mirror.port);
      other.write(sent);
      await other.until(/^HTTP\/1\.1 \d[\s\S]*\r\n\r\n/);
      other.destroy();
    }
    await mirror.stop();
    const chosen = chosenBy(mirror).sort();
    // Binomial, 60 times 0.3: fewer than 3 or more than 36 occur once in a million.
    expect(chosen.length, JSON.stringify([mirror.metrics(), mirror.lines])).toBeGreaterThan(2);
    expect(chosen.length).toBeLessThan(37);
    expect(mirror.metrics()).toMatchObject({
      MirrorRequests: ids.length + 3,
      MirrorCopies: chosen.length,
      MirrorCaptured: chosen.length,
      sample: ids.length - chosen.length,
      method: 1,
      refused: 2,
    });
    const next = await start();
    await next.stop();
    expect(chosenBy(next).sort()).toEqual(chosen);
  });
});
