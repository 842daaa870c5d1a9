import { createHash, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyOf, json, never, RawClient, type Rig, startRig } from './rig.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const s of stops.splice(0).reverse()) await s();
});

async function mirror(stable: RequestListener | ReturnType<typeof createServer>): Promise<Rig> {
  const rig = await startRig(stable, json('{}'));
  stops.push(() => rig.stop());
  return rig;
}

function client(rig: Rig): RawClient {
  const raw = new RawClient(rig.port);
  stops.push(() => raw.destroy());
  return raw;
}

/** A promise of a value that is set later. */
function signal<T>(): { readonly value: Promise<T>; set(value: T): void } {
  let set: (value: T) => void = () => {};
  const value = new Promise<T>((resolve) => {
    set = resolve;
  });
  return { value, set: (v) => set(v) };
}

/** Resolves when a growing figure has stopped growing for a while, or after a bounded wait. */
async function settled(figure: () => number): Promise<void> {
  let last = -1;
  for (let same = 0, turns = 0; same < 20 && turns < 2_000; turns++) {
    const now = figure();
    same = now === last && now > 0 ? same + 1 : 0;
    last = now;
    await after(5);
  }
}

const sha = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const rawOf = (headers: unknown) => (Array.isArray(headers) ? headers.map(String) : []);

describe('what a client sends', () => {
  it('is read no further while a hundred of its requests wait, and again when they are answered', async () => {
    const go = signal<void>();
    const rig = await mirror(async (_req, res) => {
      await go.value;
      res.end('ok');
    });
    const accepted = signal<Socket>();
    rig.face.server.once('connection', accepted.set);
    const raw = client(rig);
    raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(300));
    const socket = await accepted.value;
    await expect.poll(() => socket.isPaused()).toBe(true);
    go.set();
    await expect.poll(() => raw.text.match(/^ok|\r\n\r\nok/g)?.length).toBe(300);
    expect(socket.isPaused()).toBe(false);
  });

  it('reaches the primary in its order and case, duplicates included; what is for one hop does not', async () => {
    let seen: string[] = [];
    const rig = await mirror((req, res) => {
      seen = req.rawHeaders;
      res.end();
    });
    const raw = client(rig);
    raw.write(
      [
        'GET /a%2Fb?q=%zz&q=2 HTTP/1.1',
        'Host: shop.example',
        'x-B: 1',
        'Accept: text/html',
        'X-a: 2',
        'x-B: 3',
        'Connection: keep-alive, X-Hop, Authorization',
        'X-Hop: gone',
        'Authorization: Bearer t',
        'Proxy-Authorization: Basic x',
        'Keep-Alive: timeout=5',
        'TE: trailers, deflate',
        'X-Shadow: 1',
        '',
        '',
      ].join('\r\n'),
    );
    await raw.until(/200 OK/);
    const names = seen.filter((_part, i) => i % 2 === 0).map((name) => name.toLowerCase());
    expect(seen.filter((_part, i) => i % 2 === 0 && /^x-[ab]$/i.test(seen[i] ?? ''))).toEqual(['x-B', 'X-a', 'x-B']);
    // A client cannot have fields removed that are meant for the service.
    expect(names).toContain('authorization');
    for (const gone of ['x-hop', 'proxy-authorization', 'x-shadow']) expect(names).not.toContain(gone);
    expect(seen[seen.indexOf('TE') + 1]).toBe('trailers');
  });

  it('keeps its target to the letter', async () => {
    const targets: (string | undefined)[] = [];
    const rig = await mirror((req, res) => {
      targets.push(req.url);
      res.end();
    });
    const odd = ['/a%2Fb//c/../d?q=%zz&a;b', '/%E2%82%AC?', '/?x=[1]&y={2}'];
    for (const target of odd) {
      const raw = client(rig);
      raw.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      await raw.untilClosed();
    }
    expect(targets).toEqual(odd);
  });

  it('is named, traced and marked with the hop; a load balancer’s X-Forwarded-For stays as it is', async () => {
    const seen: Record<string, unknown>[] = [];
    const rig = await mirror((req, res) => {
      seen.push(req.headers);
      res.end();
    });
    await (
      await request(rig.url, { headers: { 'x-forwarded-for': '198.51.100.7', 'x-request-id': 'mine' } })
    ).body.dump();
    await (await request(rig.url)).body.dump();
    expect(seen[0]).toMatchObject({
      'x-forwarded-for': '198.51.100.7',
      'x-request-id': 'mine',
      via: '1.1 crossfade-mirror-g',
    });
    expect(seen[1]).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      traceparent: expect.stringMatching(/^00-.{32}-.{16}-01$/),
    });
    expect(seen[1]?.['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('streams an upload of any length, chunked or not, with any method', async () => {
    const rig = await mirror(async (req, res) => {
      const body = await bodyOf(req);
      res.writeHead(201, { 'x-method': req.method ?? '' }).end(sha(body));
    });
    const body = randomBytes(5_000_000);
    const whole = await request(rig.url, { method: 'PUT', body });
    expect([whole.statusCode, whole.headers['x-method'], await whole.body.text()]).toEqual([201, 'PUT', sha(body)]);
    async function* pieces() {
      for (let i = 0; i < body.length; i += 70_001) yield body.subarray(i, i + 70_001);
    }
    const chunked = await request(rig.url, { method: 'PATCH', body: Readable.from(pieces()) });
    expect([chunked.headers['x-method'], await chunked.body.text()]).toEqual(['PATCH', sha(body)]);
  });

  it('waits while the primary does not take more', async () => {
    const arrived = signal<() => void>();
    const rig = await mirror((req, res) => {
      req.pause();
      arrived.set(() => {
        req.on('data', () => {});
        req.on('end', () => res.end('done'));
        req.resume();
      });
    });
    const raw = client(rig);
    const total = 64;
    const chunk = Buffer.alloc(1024 * 1024);
    raw.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${total * chunk.length}\r\n\r\n`);
    raw.write(chunk);
    const resume = await arrived.value;
    for (let i = 1; i < total; i++) raw.write(chunk);
    await settled(() => raw.socket.bytesWritten - raw.socket.writableLength);
    // The bytes that have left the client are only those that sockets and streams buffer.
    expect(raw.socket.bytesWritten - raw.socket.writableLength).toBeLessThan((total * chunk.length) / 2);
    resume();
    expect(await raw.until(/done/)).toContain('200 OK');
  });
});

describe('what the primary answers', () => {
  it('reaches the client in its order and case, duplicates and reason included, and to the byte', async () => {
    const body = randomBytes(300_000);
    const sent = ['X-b', '1', 'Set-Cookie', 'a=1', 'x-A', '2', 'Set-Cookie', 'b=2', 'Content-Type', 'image/png'];
    const rig = await mirror((_req, res) => {
      res.writeHead(299, 'Quite Fine', sent);
      res.end(body);
    });
    const response = await request(rig.url, { responseHeaders: 'raw' });
    expect(response.statusText).toBe('Quite Fine');
    expect(rawOf(response.headers).slice(0, 10)).toEqual(sent);
    expect(sha(Buffer.from(await response.body.arrayBuffer()))).toBe(sha(body));
  });

  it('stays compressed as it was', async () => {
    const zipped = gzipSync('{"a":1}');
    const rig = await mirror((_req, res) => {
      res.writeHead(200, { 'content-encoding': 'gzip', 'content-length': zipped.length }).end(zipped);
    });
    const response = await request(rig.url);
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(Buffer.from(await response.body.arrayBuffer())).toEqual(zipped);
  });

  it.each([204, 304])('has no body with status %d, and the connection goes on', async (status) => {
    const rig = await mirror((req, res) => {
      if (req.url === '/next') res.end('next');
      else res.writeHead(status, { etag: '"x"' }).end();
    });
    const raw = client(rig);
    raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n');
    const text = await raw.until(/next/);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*\r\n\r\nHTTP/1.1 200 OK`));
  });

  it('keeps the length that a HEAD asks for', async () => {
    const rig = await mirror((_req, res) => {
      res.writeHead(200, { 'content-length': '12345' }).end();
    });
    const response = await request(rig.url, { method: 'HEAD' });
    expect(response.headers['content-length']).toBe('12345');
    expect(await response.body.text()).toBe('');
  });

  it('comes in pieces as they come, the head before all', async () => {
    let next = () => {};
    const rig = await mirror((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.flushHeaders();
      let n = 0;
      next = () => void res.write(`event ${++n}\n\n`);
    });
    const raw = client(rig);
    raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await raw.until(/event-stream/);
    next();
    await raw.until(/event 1/);
    next();
    expect(await raw.until(/event 2/)).toContain('event 2');
  });

  it('passes trailers on', async () => {
    const rig = await mirror((_req, res) => {
      res.writeHead(200, { trailer: 'X-Sum' });
      res.write('body');
      res.addTrailers({ 'X-Sum': '42' });
      res.end();
    });
    const response = await request(rig.url);
    expect(await response.body.text()).toBe('body');
    expect(response.trailers).toEqual({ 'x-sum': '42' });
  });

  it('passes informational answers on', async () => {
    const rig = await mirror((_req, res) => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload' });
      res.end('done');
    });
    const raw = client(rig);
    raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await raw.until(/done/)).toMatch(
      /^HTTP\/1.1 103 Early Hints\r\nlink: <\/style.css>; rel=preload\r\n\r\nHTTP\/1.1 200 OK/i,
    );
  });

  it('waits while the client does not take more', async () => {
    let written = 0;
    const total = 256;
    const chunk = Buffer.alloc(1024 * 1024);
    const rig = await mirror((_req, res) => {
      res.writeHead(200);
      const more = () => {
        while (written < total) {
          written++;
          if (!res.write(chunk)) return void res.once('drain', more);
        }
        res.end();
      };
      more();
    });
    const raw = client(rig);
    raw.socket.pause();
    raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await settled(() => written);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(total / 2);
  });

  it('is as large as anybody likes: fields beyond node’s own limits', async () => {
    const large = 'x'.repeat(40_000);
    const rig = await mirror((req, res) => {
      res.writeHead(200, { 'x-large': String(req.headers['x-large']).length }).end();
    });
    const raw = client(rig);
    raw.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${large}\r\nConnection: close\r\n\r\n`);
    // The answer comes from the service's own limit, not from the mirror's.
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1.1 431/);
    expect(rig.counters.primaryErrors).toBe(0);
  });
});

describe('connections', () => {
  it('to clients are kept; each request goes to the primary by one that nobody has used before', async () => {
    const sockets = new Set<unknown>();
    const rig = await mirror((req, res) => {
      sockets.add(req.socket);
      res.end('x');
    });
    const raw = client(rig);
    for (let i = 1; i <= 5; i++) {
      raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await raw.until(new RegExp(`(?:200 OK[\\s\\S]*){${i}}x$`));
    }
    expect(sockets.size).toBe(5);
  });

  it('that the primary closed just now cost no customer anything', async () => {
    let connections = 0;
    // Hangs up, without an answer, on the second request of its first connection.
    const primary = createServer((socket) => {
      const n = ++connections;
      let answered = false;
      socket.on('data', () => {
        if (answered && n === 1) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        answered = true;
      });
    });
    const rig = await mirror(primary);
    for (let i = 0; i < 3; i++) {
      const response = await request(rig.url);
      expect([response.statusCode, await response.body.text()]).toEqual([200, 'ok']);
    }
    expect(rig.counters.primaryErrors).toBe(0);
  });

  it('that fail with a request that must not be repeated end in 502, once', async () => {
    let requests = 0;
    const rig = await mirror((req) => {
      requests++;
      req.socket.destroy();
    });
    const response = await request(rig.url, { method: 'POST', body: 'x' });
    await response.body.dump();
    expect([response.statusCode, requests, rig.counters.primaryErrors]).toEqual([502, 1, 1]);
  });

  it('end at the client when the primary’s answer breaks off: half an answer is never a whole one', async () => {
    const rig = await mirror((_req, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('half');
      setImmediate(() => res.destroy());
    });
    const raw = client(rig);
    raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await raw.untilClosed()).toMatch(/Content-Length: 100[\s\S]*half$/i);
  });

  it.each([
    ['while it waits', never],
    [
      'in the middle of the answer',
      (_req, res) => {
        res.writeHead(200);
        res.write('x');
      },
    ],
  ] as [string, RequestListener][])('tell the primary when the client leaves %s', async (_name, answer) => {
    let left = () => {};
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    let arrived = () => {};
    const there = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const rig = await mirror((req, res) => {
      res.on('close', left);
      answer(req, res);
      arrived();
    });
    const raw = client(rig);
    raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await there;
    raw.destroy();
    await gone;
  });

  it('are told to end while the mirror drains', async () => {
    const rig = await mirror(json('{}'));
    rig.face.drain();
    const response = await request(rig.url);
    await response.body.dump();
    expect(response.headers.connection).toBe('close');
  });
});
