import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { sampled } from '../../mirror/recorder/sampling.ts';
import { bodyOf, json, never, RawClient, type Rig, type RigOptions, startRig } from './rig.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const s of stops.splice(0).reverse()) await s();
});

async function mirror(stable: RequestListener, candidate: RequestListener, options: RigOptions = {}): Promise<Rig> {
  const rig = await startRig(stable, candidate, options);
  stops.push(() => rig.stop());
  return rig;
}

const get = async (rig: Rig, path = '/', headers: Record<string, string> = {}) =>
  (await request(`${rig.url}${path}`, { headers })).body.text();
const echo: RequestListener = async (req, res) => {
  res.end(await bodyOf(req));
};

describe('a copy', () => {
  it('goes to the other side, and both answers make a pair; the client gets the primary’s', async () => {
    const rig = await mirror(json('{"a":[]}'), json('{"a":null}'));
    expect(await get(rig, '/items/7?token=secret')).toBe('{"a":[]}');
    expect(await rig.captured()).toMatchObject({
      v: 3,
      route: 'GET /items/{id}',
      primary: 'stable',
      request: { method: 'GET' },
      stable: { outcome: 'response', status: 200, body: { data: '{"a":[]}', bytes: 8, truncated: false } },
      candidate: { outcome: 'response', body: { data: '{"a":null}' } },
    });
  });

  it('goes to the stable side when the candidate is the primary, and the record still says which is which', async () => {
    const rig = await mirror(json('"stable"'), json('"candidate"'), { primary: 'candidate' });
    expect(await get(rig)).toBe('"candidate"');
    expect(await rig.captured()).toMatchObject({
      primary: 'candidate',
      stable: { body: { data: '"stable"' } },
      candidate: { body: { data: '"candidate"' } },
    });
  });

  it.each([
    ['candidate', 200, { stableCopies: 1, stableCopyErrors: 0 }],
    ['candidate', 503, { stableCopies: 1, stableCopyErrors: 1 }],
    ['stable', 503, { stableCopies: 0, stableCopyErrors: 0 }],
  ] as const)(
    'tells the gate how stable answered, if the primary is the candidate: %s, %d',
    async (primary, status, told) => {
      const stable: RequestListener = (_req, res) => res.writeHead(status).end();
      const rig = await mirror(stable, json('{}'), { primary });
      await get(rig);
      await rig.captured();
      expect(rig.counters).toMatchObject(told);
    },
  );

  it('is marked, which a client’s request never is, and named like the original', async () => {
    const seen: Record<string, IncomingMessage['headers']> = {};
    const note =
      (side: string): RequestListener =>
      (req, res) => {
        seen[side] = req.headers;
        res.end('{}');
      };
    const rig = await mirror(note('stable'), note('candidate'));
    await get(rig, '/', { 'X-Shadow': '1', 'X-Amzn-Trace-Id': 'Root=1-67891233-abcdef012345678912345678' });
    await rig.captured();
    expect(seen.stable?.['x-shadow']).toBeUndefined();
    expect(seen.candidate?.['x-shadow']).toBe('1');
    for (const name of ['x-request-id', 'traceparent', 'x-amzn-trace-id', 'host', 'via'])
      expect(seen.candidate?.[name], name).toBe(seen.stable?.[name]);
    expect(seen.stable?.traceparent).toMatch(/^00-67891233abcdef012345678912345678-/);
  });

  it('is made of safe methods only, and of what is allowed by method and path', async () => {
    const copies: string[] = [];
    const rig = await mirror(
      echo,
      async (req, res) => {
        copies.push(`${req.method} ${req.url} ${await bodyOf(req)}`);
        res.end('{}');
      },
      { policy: { allowed: { candidate: [{ method: 'POST', template: '/search/{kind}' }], stable: [] } } },
    );
    const send = async (method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'DELETE', path: string, body?: string) =>
      (await request(`${rig.url}${path}`, { method, body: body ?? null })).body.dump();
    await send('POST', '/search/shoes?page=2', '{"q":1}');
    await send('POST', '/orders', '{}');
    await send('PUT', '/search/shoes', '{}');
    await send('DELETE', '/search/shoes');
    await send('GET', '/a');
    await send('HEAD', '/b');
    await send('OPTIONS', '/c');
    await rig.captured(3);
    expect(copies.sort()).toEqual(['GET /a ', 'HEAD /b ', 'OPTIONS /c ', 'POST /search/shoes?page=2 {"q":1}']);
    expect(rig.counters.dropped.get('method')).toBe(3);
    expect(rig.records.find((r) => r.request.method === 'POST')?.request.body).toMatchObject({
      data: '{"q":1}',
      bytes: 7,
    });
  });

  it('goes to the stable side with side effects only where that is allowed for the stable side', async () => {
    const done: string[] = [];
    const stable: RequestListener = async (req, res) => {
      done.push(`${req.method} ${req.url}`);
      res.end(await bodyOf(req));
    };
    const both = [{ method: 'POST', template: '/search' }];
    const candidate = [...both, { method: 'POST', template: '/orders' }];
    const policy = { allowed: { candidate, stable: both }, noiseRate: 1 };
    const post = async (rig: Rig, path: string) =>
      (await request(`${rig.url}${path}`, { method: 'POST', body: '{}' })).body.dump();
    const forward = await mirror(stable, echo, { policy });
    for (const path of ['/orders', '/search']) await post(forward, path);
    expect([(await forward.captured(1)).noise, forward.records.length]).toEqual([expect.anything(), 2]);
    expect(forward.records.find((r) => r.request.target === '/orders')?.noise).toBeUndefined();
    expect(done.splice(0).sort()).toEqual(['POST /orders', 'POST /search', 'POST /search']);
    const reverse = await mirror(stable, echo, { policy: { ...policy, noiseRate: 0 }, primary: 'candidate' });
    for (const path of ['/orders', '/search']) await post(reverse, path);
    await reverse.captured();
    expect(done).toEqual(['POST /search']);
    expect(reverse.counters.dropped.get('method')).toBe(1);
  });

  it('of a longer body than is kept is not sent; the primary gets all of it', async () => {
    let copies = 0;
    const rig = await mirror(
      async (req, res) => {
        res.end(String((await bodyOf(req)).length));
      },
      () => {
        copies++;
      },
      {
        policy: { allowed: { candidate: [{ method: 'POST', template: '/' }], stable: [] }, bodyCap: 10_000 },
        maxInFlight: 1,
      },
    );
    for (let i = 0; i < 3; i++) {
      const response = await request(rig.url, { method: 'POST', body: Buffer.alloc(50_000) });
      expect(await response.body.text()).toBe('50000');
    }
    expect([copies, rig.counters.dropped.get('oversize'), rig.counters.dropped.get('busy')]).toEqual([0, 3, undefined]);
  });

  it('keeps the beginning of a long answer, and a keyed hash by which two of them can be compared', async () => {
    const long = (last: string): RequestListener => {
      return (_req, res) => res.end(Buffer.concat([Buffer.alloc(30_000, 'x'), Buffer.from(last)]));
    };
    const policy = { bodyCap: 10_000 };
    const same = await mirror(long('a'), long('a'), { policy });
    await get(same);
    const { stable, candidate } = await same.captured();
    expect(stable).toMatchObject({ body: { bytes: 30_001, truncated: true, digest: expect.stringMatching(/^hmac:/) } });
    expect(candidate).toMatchObject({ body: stable.outcome === 'response' ? stable.body : {} });
    const other = await mirror(long('a'), long('b'), { policy });
    await get(other);
    const pair = await other.captured();
    const digests = [pair.stable, pair.candidate].map((leg) => (leg.outcome === 'response' ? leg.body.digest : ''));
    expect(new Set(digests).size).toBe(2);
  });

  it('is chosen by the request’s id: the same at every mirror, in the share that was asked for', async () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `request-${i}`);
    const share = ids.filter((id) => sampled(id, 0.05)).length / ids.length;
    // The count is binomial: allow five standard deviations.
    expect(Math.abs(share - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / ids.length));
    const chosen = ids.find((id) => sampled(id, 0.5)) ?? '';
    const passed = ids.find((id) => !sampled(id, 0.5)) ?? '';
    const rig = await mirror(json('{}'), json('{}'), { policy: { sampleRate: 0.5 } });
    for (const id of [passed, chosen, passed]) await get(rig, '/', { 'x-request-id': id });
    expect((await rig.captured()).requestId).toBe(chosen);
    expect(rig.counters.dropped.get('sample')).toBe(2);
  });

  it('may come with a second question to the stable side, so that what varies by itself is known', async () => {
    let n = 0;
    const rig = await mirror((_req, res) => res.end(`{"n":${++n}}`), json('{"n":0}'), { policy: { noiseRate: 1 } });
    const answer = await get(rig);
    const record = await rig.captured();
    expect(record.stable).toMatchObject({ body: { data: answer } });
    expect(record.noise).toMatchObject({ outcome: 'response', body: { data: '{"n":2}' } });
  });

  it('is a capture without its second question, where the stable side does not answer it: nothing was dropped', async () => {
    const stable: RequestListener = (req, res) => {
      if (req.headers['x-shadow'] === undefined) res.end('{}');
      else req.socket.destroy();
    };
    const rig = await startRig(stable, json('{}'), { policy: { noiseRate: 1 } });
    stops.push(() => rig.stop());
    // Send one request more than the number of failed control answers that opens the breaker.
    for (let n = 0; n <= 20; n++) {
      await (await fetch(`${rig.url}/items/${n}`)).text();
      await rig.captured(n);
    }
    expect([...rig.counters.dropped]).toEqual([]);
    expect(rig.records.at(-1)).not.toHaveProperty('noise');
  });
});

describe('the customer’s answer', () => {
  const sick: [string, RequestListener][] = [
    ['hangs', never],
    ['resets', (req) => req.socket.destroy()],
    ['answers garbage', (req) => req.socket.end('garbage\r\n\r\n')],
    ['answers in part', (_req, res) => void res.writeHead(200).write('{')],
    ['answers 500', (_req, res) => void res.writeHead(500).end()],
    ['sends fields without end', (req) => void req.socket.write(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(300_000)}`)],
  ];
  it.each(sick)('is the primary’s, whole, when the shadow %s', async (_name, shadow) => {
    const rig = await mirror(json('{"ok":true}'), shadow, { deadlineMs: 100 });
    for (let i = 0; i < 20; i++) {
      const response = await request(rig.url);
      expect([response.statusCode, await response.body.text()]).toEqual([200, '{"ok":true}']);
    }
    expect(rig.counters.primaryErrors).toBe(0);
  });

  it('says nothing of what went wrong on the other side; the record does', async () => {
    const rig = await mirror(json('{}'), never, { deadlineMs: 50 });
    await get(rig);
    expect(await rig.captured()).toMatchObject({
      stable: { outcome: 'response' },
      candidate: { outcome: 'failed', reason: 'timeout' },
    });
    const reset = await mirror(json('{}'), (req) => req.socket.destroy());
    await get(reset);
    expect(await reset.captured()).toMatchObject({ candidate: { outcome: 'failed', reason: 'reset' } });
    const garbage = await mirror(json('{}'), (req) => req.socket.end('garbage\r\n\r\n'));
    await get(garbage);
    expect(await garbage.captured()).toMatchObject({ candidate: { outcome: 'failed', reason: 'protocol' } });
  });

  it('does not wait for places: beyond the bound copies are dropped and counted', async () => {
    const rig = await mirror(json('{}'), never, { maxInFlight: 8, deadlineMs: 60_000 });
    await Promise.all(Array.from({ length: 30 }, () => get(rig)));
    expect([rig.counters.copies, rig.counters.dropped.get('busy')]).toEqual([8, 22]);
  });

  it('is no pair when the client left before it was complete', async () => {
    const asked = Promise.withResolvers<void>();
    const rig = await mirror(() => asked.resolve(), json('{}'));
    const client = new RawClient(rig.port);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await asked.promise;
    client.destroy();
    while (rig.counters.dropped.size === 0) await new Promise(setImmediate);
    expect([...rig.counters.dropped]).toEqual([['aborted', 1]]);
    expect(rig.records).toEqual([]);
  });
});

describe('the breaker', () => {
  it('leaves a dead shadow alone after some failures in a row, and asks once before it trusts again', async () => {
    let asked = 0;
    const dead = createServer((socket) => {
      asked++;
      socket.destroy();
    });
    const rig = await startRig(json('{}'), dead);
    stops.push(() => rig.stop());
    for (let i = 0; i < 30; i++) {
      await get(rig);
      if (i < 20) await rig.captured(i);
    }
    expect([asked, rig.counters.dropped.get('breaker')]).toEqual([20, 10]);
  });
});
