/** Bugs of other proxies, tried on this one with raw bytes. Each test names the issue in which the bug was reported. */
import type { Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { mirrorConfig } from '../../mirror/config/index.ts';
import { FailureLog } from '../../mirror/embedded/failure-log.ts';
import { RequestHead } from '../../mirror/message/index.ts';
import { OK, primary } from './raw-primary.ts';
import { json, RawClient, type Rig, type RigOptions, startRig } from './rig.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const s of stops.splice(0).reverse()) await s();
});

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const WEBSOCKET =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n';

async function mirror(stable: Server, options: RigOptions = {}): Promise<{ rig: Rig; client: () => RawClient }> {
  const rig = await startRig(stable, json('{}'), options);
  stops.push(() => rig.stop());
  const client = () => {
    const raw = new RawClient(rig.port);
    stops.push(() => raw.destroy());
    return raw;
  };
  return { rig, client };
}

/** Returns what a client gets for the bytes that it sends. */
async function answered(stable: Server, request: string, until: RegExp): Promise<string> {
  const { client } = await mirror(stable);
  const raw = client();
  raw.write(request);
  return raw.until(until);
}

describe('the process outlives', () => {
  it('a Trailer field beside Content-Length (http-party/node-http-proxy#1647)', async () => {
    const { server, got } = primary((socket) => socket.write(OK), /hi$/);
    const text = await answered(
      server,
      'POST / HTTP/1.1\r\nHost: x\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nhi',
      /ok$/,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(got.join()).toContain('hi');
  });

  it('the same on the way of an expectation', async () => {
    const { server } = primary((socket) => socket.write(OK), /hi$/);
    const request =
      'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nhi';
    expect(await answered(server, request, /ok$/)).toContain('HTTP/1.1 200 OK');
  });

  it('trailers after chunks, whatever they hold', async () => {
    const { server } = primary((socket) => socket.write(OK), /X-Sum: .*\r\n\r\n$/);
    const request =
      'POST / HTTP/1.1\r\nHost: x\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: \xe9\r\n\r\n';
    expect(await answered(server, request, /ok$/)).toContain('HTTP/1.1 200 OK');
  });

  it('resets of upgrades that it refuses itself (Effect-TS/effect#6927)', async () => {
    const { rig } = await mirror(primary((socket) => socket.write(OK)).server);
    const face = rig.face.server;
    // Forces the race: the client's reset arrives while the refusal is being written.
    face.prependListener('upgrade', (_req, socket) => {
      setImmediate(() => socket.destroy(Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET' })));
    });
    const raw = new RawClient(rig.port);
    raw.write(`${WEBSOCKET.replace('Host: x', 'Host: a\r\nHost: b')}`);
    await raw.untilClosed();
    expect(rig.counters.dropped.get('refused')).toBe(1);
  });

  it('an upgrade that the primary answers by a coding nobody undoes', async () => {
    const { server } = primary((socket) =>
      socket.write('HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nTransfer-Encoding: gzip\r\n\r\n'),
    );
    const { client, rig } = await mirror(server);
    const raw = client();
    raw.write(WEBSOCKET);
    await raw.untilClosed();
    expect(rig.counters.primaryErrors).toBe(1);
  });
});

describe('the next answer on a connection is never a part of the one before', () => {
  const two = async (first: string, request = 'GET /first HTTP/1.1\r\nHost: x\r\n\r\n') => {
    const { server } = primary((socket, text) =>
      socket.write(text.includes('/first') ? first : 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond'),
    );
    const { client } = await mirror(server);
    const raw = client();
    raw.write(request);
    await raw.until(/\r\n\r\n(?:ok|$)|\r\n0\r\n/);
    raw.write('GET /second HTTP/1.1\r\nHost: x\r\n\r\n');
    return raw.until(/second/);
  };

  it('with Trailer beside Content-Length (nodejs/node#41562; RFC 9112, 6.3)', async () => {
    const text = await two('HTTP/1.1 200 OK\r\nTrailer: Server-Timing\r\nContent-Length: 2\r\n\r\nok');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nokHTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nsecond$/);
  });

  it('with Trailer in the answer to HEAD', async () => {
    const text = await two(
      'HTTP/1.1 200 OK\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n',
      'HEAD /first HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*second$/);
  });

  it('with 304 and a Content-Length (RFC 9110, 8.6; dotnet/aspnetcore#5878)', async () => {
    const { server } = primary((socket) =>
      socket.write('HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\nETag: "a"\r\n\r\n'),
    );
    const { client, rig } = await mirror(server);
    const raw = client();
    for (let n = 1; n <= 3; n++) {
      raw.write('GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: "a"\r\n\r\n');
      const text = await raw.until(new RegExp(`(?:HTTP/1.1 304 Not Modified[\\s\\S]*?\\r\\n\\r\\n){${n}}`));
      expect(text.match(/304 Not Modified/g)).toHaveLength(n);
    }
    expect(rig.counters.primaryErrors).toBe(0);
  });
});

describe('an answer that breaks off', () => {
  it('although its request waited for the answer before it ends the connection', async () => {
    const { server } = primary((socket, request) => {
      if (request.includes('/first')) return void setTimeout(() => socket.write(OK), 50);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc', () => socket.destroy());
    });
    const { client } = await mirror(server);
    const raw = client();
    raw.write('GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok/);
  });

  it('by a reset, without a length, does not look whole', async () => {
    const { server } = primary((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nhalf', () => socket.resetAndDestroy());
    });
    const { client, rig } = await mirror(server);
    const raw = client();
    raw.write(GET);
    expect(await raw.untilClosed()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(rig.counters.primaryErrors).toBe(1);
  });
});

describe('an answer that node does not write', () => {
  it('by a reason phrase beyond ASCII is passed on without it (nuxt/nuxt#14688)', async () => {
    const reason = Buffer.from('未找到').toString('latin1');
    const { server } = primary(
      (socket) => void socket.write(`HTTP/1.1 404 ${reason}\r\nContent-Length: 2\r\n\r\nok`, 'latin1'),
    );
    expect(await answered(server, GET, /ok$/)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[\s\S]*ok$/);
  });

  it('since its coding would be lost is 502, and its bytes go nowhere (RFC 9112, 6.1)', async () => {
    const { server } = primary((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n'),
    );
    const text = await answered(server, GET, /Gateway\n$/);
    expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(text).not.toContain('hi');
  });
});

it.each([['GET / HTTP/1.1\r\nHost: x\r\n\r\n'], ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi']])(
  'a 100 that nobody asked for is no answer, and the one that follows is (jetty/jetty.project#1878)',
  async (sent) => {
    const { server } = primary((socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${OK}`), /(?:\r\n\r\n|hi)$/);
    expect(await answered(server, sent, /(?:ok|Gateway\n)$/)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*ok$/);
  },
);

describe('an upgrade', () => {
  it('that the primary refuses and breaks off ends for the client too (http-party/node-http-proxy#783)', async () => {
    const { server } = primary((socket) => {
      socket.write('HTTP/1.1 403 No\r\nContent-Length: 1000\r\n\r\nabc');
      setTimeout(() => socket.destroy(), 10);
    });
    const { client } = await mirror(server);
    const raw = client();
    raw.write(WEBSOCKET);
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 403 No\r\n[\s\S]*abc$/);
  });

  it.each([
    ['with a length', 'Content-Length: 5\r\n\r\nhello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ])(
    'to h2c that is offered with a body %s is ignored, and the body passed on (RFC 9110, 7.8)',
    async (_name, body) => {
      const { server, got } = primary((socket) => socket.write(OK), /hello/);
      const request = `POST /order HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n${body}`;
      expect(await answered(server, request, /ok$/)).toContain('HTTP/1.1 200 OK');
      expect(got.join()).not.toMatch(/upgrade|http2-settings/i);
    },
  );
});

describe('a request', () => {
  it('by a coding that nobody undoes is refused (RFC 9112, 6.1)', async () => {
    const { server, got } = primary((socket) => socket.write(OK));
    const request = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n';
    expect(await answered(server, request, /known here/)).toMatch(/^HTTP\/1\.1 501 /);
    expect(got).toEqual([]);
  });

  it('whose body comes without waiting for 100 is passed on (RFC 9110, 10.1.1; http-party/node-http-proxy#1219)', async () => {
    const { server } = primary((socket) => socket.write(OK), /hello$/);
    const { client } = await mirror(server);
    const raw = client();
    raw.write('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
    raw.write('hello');
    expect(await raw.until(/ok$/)).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it('meets no connection that has died meanwhile (decolua/9router#3941)', async () => {
    // Each connection dies when it is used a second time.
    const uses = new Map<Socket, number>();
    const waiting: Socket[] = [];
    const { server } = primary((socket) => {
      const n = (uses.get(socket) ?? 0) + 1;
      uses.set(socket, n);
      if (n > 1) return void socket.resetAndDestroy();
      waiting.push(socket);
      if (uses.size > 5) return void socket.write(OK);
      // All five are open before any is answered, so that five could be kept.
      if (uses.size === 5) for (const each of waiting) each.write(OK);
    });
    const { client, rig } = await mirror(server);
    const first = Array.from({ length: 5 }, client);
    for (const raw of first) raw.write(GET);
    for (const raw of first) await raw.until(/ok$/);
    const raw = client();
    raw.write(GET);
    expect(await raw.until(/(?:ok|Gateway\n)$/)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(rig.counters.primaryErrors).toBe(0);
  });

  it('through another ingress’s mirror is no circle; through the same one it is (RFC 9110, 7.6.3)', () => {
    const head = new RequestHead(['Host', 'x'], 'a');
    head.addHop('1.1', undefined);
    expect(new RequestHead(head.fields, 'b').looped).toBe(false);
    expect(new RequestHead(head.fields, 'a').looped).toBe(true);
    expect(new RequestHead(['Via', '1.1 crossfade-mirror-ab'], 'a').looped).toBe(false);
  });

  it('is in one count, whatever becomes of it', async () => {
    const { rig, client } = await mirror(primary((socket) => socket.write(OK)).server, { policy: { sampleRate: 0 } });
    const requests = [
      GET,
      GET.replace('Host: x', 'Host: a\r\nHost: b'),
      GET.replace('Host: x', 'Host: x\r\nVia: 1.1 crossfade-mirror-g'),
      GET.replace('Host: x', 'Host: x\r\nX: a\u0001'),
      WEBSOCKET.replace('Host: x', 'Host: a\r\nHost: b'),
    ];
    for (const request of requests) {
      const raw = client();
      raw.write(request);
      await raw.until(/^HTTP\/1\.1 \d[\s\S]*\r\n\r\n/);
    }
    expect(rig.counters.requests).toBe(requests.length);
    expect(Object.fromEntries(rig.counters.dropped)).toEqual({ sample: 1, refused: 4 });
  });
});

describe('a primary', () => {
  it('that cannot be reached is named in the log with its reason, once a second', () => {
    const lines: string[] = [];
    let now = 0;
    const log = new FailureLog(
      (line) => lines.push(line),
      () => now,
    );
    const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
    for (; now < 1_500; now += 100) log.primaryFailed('stable', error);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        event: 'primary failed',
        primary: 'stable',
        code: 'ECONNREFUSED',
        message: 'connect ECONNREFUSED 127.0.0.1:9',
        unsaid: 0,
      },
      expect.objectContaining({ unsaid: 9 }),
    ]);
  });

  it('that breaks off is a line of the log', async () => {
    const { client, rig } = await mirror(primary((socket) => socket.destroy()).server);
    const raw = client();
    raw.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
    expect(await raw.until(/Gateway\n$/)).toContain('502 Bad Gateway');
    expect(rig.failures).toHaveLength(1);
  });

  it.each(['http://a:1/base', 'http://u:p@a:1', 'http://a:1?x', 'http://a:1#x'])(
    'is no URL with more than an origin: %s',
    (url) => {
      const env = { CROSSFADE_INGRESS: 'g', MIRROR_CANDIDATE_URL: 'http://b:1', MIRROR_REDACTION_KEY: 'k'.repeat(16) };
      expect(() => mirrorConfig({ ...env, MIRROR_STABLE_URL: url })).toThrow(/MIRROR_STABLE_URL.*without a path/);
    },
  );
});

describe('a connection', () => {
  it('that a load balancer opened ahead may wait longer than its idle timeout (nodejs/node#24980)', async () => {
    const { rig } = await mirror(primary((socket) => socket.write(OK)).server);
    expect(rig.face.server.headersTimeout).toBeGreaterThan(60_000);
  });

  it('ends with the answer that a drain has overtaken, and at once where nothing is under way', async () => {
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let reply = () => {};
    const { server } = primary((socket) => {
      reply = () => void socket.write(OK);
      answer();
    });
    const { client, rig } = await mirror(server);
    const [busy, unused] = [client(), client()];
    busy.write(GET);
    await asked;
    rig.face.drain();
    rig.face.closeIdle();
    expect(await unused.untilClosed()).toBe('');
    reply();
    expect(await busy.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close[\s\S]*ok$/i);
  });
});
