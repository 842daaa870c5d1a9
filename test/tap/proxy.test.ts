import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyOf, json, never, type Rig, startRig } from './rig.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const s of stops.splice(0).reverse()) await s();
});
async function tap(stable: RequestListener, candidate: RequestListener): Promise<Rig> {
  const rig = await startRig(stable, candidate);
  stops.push(() => rig.stop());
  return rig;
}

describe('the tap', () => {
  it('answers from its primary and captures both sides', async () => {
    const rig = await tap(json('{"a":[]}'), json('{"a":null}'));
    const response = await request(`${rig.url}/items/7?token=secret`);
    expect(await response.body.text()).toBe('{"a":[]}');
    expect(await rig.captured()).toMatchObject({
      route: 'GET /items/{id}',
      primary: 'stable',
      stable: { outcome: 'response', status: 200, body: { data: '{"a":[]}', bytes: 8, truncated: false } },
      candidate: { outcome: 'response', body: { data: '{"a":null}' } },
    });
    expect(JSON.stringify(rig.records)).not.toContain('secret');
  });

  it('keeps header order, case and duplicates, and the body to the byte', async () => {
    const body = randomBytes(300_000);
    const rig = await tap((_req, res) => {
      res.writeHead(200, [
        'X-b',
        '1',
        'Set-Cookie',
        'a=1',
        'x-A',
        '2',
        'Set-Cookie',
        'b=2',
        'Content-Type',
        'image/png',
      ]);
      res.end(body);
    }, json('{}'));
    const response = await request(rig.url, { responseHeaders: 'raw' });
    const raw = (Array.isArray(response.headers) ? response.headers : []).map(String);
    expect(raw.slice(0, 10)).toEqual([
      'X-b',
      '1',
      'Set-Cookie',
      'a=1',
      'x-A',
      '2',
      'Set-Cookie',
      'b=2',
      'Content-Type',
      'image/png',
    ]);
    const received = Buffer.from(await response.body.arrayBuffer());
    expect(createHash('sha256').update(received).digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
    const record = await rig.captured();
    expect(record.stable).toMatchObject({ body: { encoding: 'base64', bytes: 300_000, truncated: true } });
    expect(JSON.stringify(record.stable)).not.toContain('a=1');
  });

  it('streams an upload to the primary and copies no request with side effects', async () => {
    let copies = 0;
    const rig = await tap(
      async (req, res) => {
        const size = (await bodyOf(req)).length;
        res.writeHead(201).end(String(size));
      },
      () => {
        copies++;
      },
    );
    const response = await request(rig.url, { method: 'POST', body: randomBytes(1_000_000) });
    expect([response.statusCode, await response.body.text()]).toEqual([201, '1000000']);
    expect(copies).toBe(0);
    expect(rig.counters.dropped.get('method')).toBe(1);
  });

  it('marks the copy, strips a mark from a client, and names the request for both', async () => {
    const seen: Record<string, IncomingMessage['headers']> = {};
    const note =
      (side: string): RequestListener =>
      (req, res) => {
        seen[side] = req.headers;
        res.end('{}');
      };
    const rig = await tap(note('stable'), note('candidate'));
    await (await request(rig.url, { headers: { 'X-Shadow': '1', 'X-Amzn-Trace-Id': 'Root=1' } })).body.dump();
    await rig.captured();
    expect(seen.stable?.['x-shadow']).toBeUndefined();
    expect(seen.candidate?.['x-shadow']).toBe('1');
    for (const name of ['x-request-id', 'traceparent', 'x-amzn-trace-id']) {
      expect(seen.stable?.[name]).toBeTruthy();
      expect(seen.candidate?.[name]).toBe(seen.stable?.[name]);
    }
  });

  const sick: [string, RequestListener][] = [
    ['hangs', never],
    ['resets', (req) => req.socket.destroy()],
    ['answers garbage', (req) => req.socket.end('garbage\r\n\r\n')],
    [
      'answers slowly',
      (_req, res) => {
        res.writeHead(200);
        res.write('{');
      },
    ],
    [
      'answers 500',
      (_req, res) => {
        res.writeHead(500).end();
      },
    ],
    ['answers more than anybody asked for', (_req, res) => flood(res)],
  ];
  it.each(sick)('gives the client the primary’s answer when the shadow %s', async (_name, shadow) => {
    const rig = await tap(json('{"ok":true}'), shadow);
    for (let i = 0; i < 20; i++) {
      const response = await request(rig.url);
      expect([response.statusCode, await response.body.text()]).toEqual([200, '{"ok":true}']);
    }
  });

  it('bounds the copies in flight and counts what it drops', async () => {
    const rig = await tap(json('{}'), never);
    await Promise.all(Array.from({ length: 100 }, async () => (await request(rig.url)).body.dump()));
    expect(rig.counters.copies).toBe(64);
    expect(rig.counters.dropped.get('busy')).toBe(36);
  });

  it('answers 502 when the primary is down, and counts it', async () => {
    const rig = await tap((req) => req.socket.destroy(), json('{}'));
    const response = await request(rig.url);
    await response.body.dump();
    expect(response.statusCode).toBe(502);
    expect(rig.counters.primaryErrors).toBe(1);
  });

  it('lets the primary know that the client has gone', async () => {
    let gone: (() => void) | undefined;
    const left = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const rig = await tap((_req, res) => {
      res.writeHead(200);
      res.write('x');
      res.on('close', () => gone?.());
    }, json('{}'));
    const { port } = new URL(rig.url);
    const client = connect(Number(port), '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(client, 'data');
    client.destroy();
    await left;
  });

  it.each([
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bad chunk', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n'],
  ])('refuses a request with %s', async (_name, bytes) => {
    const rig = await tap(async (req, res) => {
      await bodyOf(req).catch(() => {});
      res.end();
    }, json('{}'));
    const client = connect(Number(new URL(rig.url).port), '127.0.0.1');
    client.write(bytes);
    const [data] = await once(client, 'data');
    client.destroy();
    expect(String(data)).toMatch(/^HTTP\/1.1 (400|502)/);
  });
});

function flood(res: ServerResponse): void {
  res.writeHead(200);
  const chunk = Buffer.alloc(65_536);
  let left = 200;
  const more = () => {
    while (left-- > 0) if (!res.write(chunk)) return void res.once('drain', more);
    res.end();
  };
  more();
}
