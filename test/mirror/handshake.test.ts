import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyOf, json, RawClient, type Rig, startRig } from './rig.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const s of stops.splice(0).reverse()) await s();
});

async function mirror(stable: RequestListener | Server): Promise<{ rig: Rig; client: RawClient }> {
  const rig = await startRig(stable, json('{}'));
  const client = new RawClient(rig.port);
  stops.push(
    () => rig.stop(),
    () => client.destroy(),
  );
  return { rig, client };
}

describe('a client that expects to be told to go on', () => {
  const POST = 'POST /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';

  it('is told so when the primary says so, and not before', async () => {
    const primary = createServer();
    let agree = () => {};
    const asked = new Promise<void>((resolve) => {
      primary.on('checkContinue', (req, res) => {
        agree = () => {
          res.writeContinue();
          void bodyOf(req).then((body) => res.end(`got ${body}`));
        };
        resolve();
      });
    });
    const { client } = await mirror(primary);
    client.write(POST);
    await asked;
    expect(client.text).toBe('');
    agree();
    expect(await client.until(/100 Continue\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.write('hello');
    expect(await client.until(/got/)).toContain('got hello');
  });

  it('gets the primary’s refusal instead, and the connection ends: what follows on it would be anybody’s guess', async () => {
    const primary = createServer();
    primary.on('checkContinue', (_req, res) => {
      res.writeHead(417, { 'content-type': 'text/plain' }).end('too large');
    });
    const { client } = await mirror(primary);
    client.write(POST);
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1.1 417 [\s\S]*Connection: close[\s\S]*too large/i);
  });

  it('gets 502 when the primary is gone', async () => {
    const { client, rig } = await mirror(
      createServer((req) => req.socket.destroy()).on('checkContinue', (req) => req.socket.destroy()),
    );
    client.write(POST);
    expect(await client.until(/502/)).toContain('502 Bad Gateway');
    expect(rig.counters.primaryErrors).toBe(1);
  });
});

describe('an upgrade', () => {
  const UPGRADE =
    'GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\nX-Shadow: 1\r\n\r\n';

  it('is the primary’s alone: from then on both ends are one line, whatever is spoken on it', async () => {
    let copies = 0;
    const primary = createServer();
    let seen: readonly string[] = [];
    primary.on('upgrade', (req, socket, first) => {
      seen = req.rawHeaders;
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: a\r\n\r\n',
      );
      socket.write(first);
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    const rig = await startRig(primary, () => {
      copies++;
    });
    const client = new RawClient(rig.port);
    stops.push(
      () => rig.stop(),
      () => client.destroy(),
    );
    client.write(UPGRADE);
    const head = await client.until(/\r\n\r\n/);
    expect(head).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n/);
    expect(head.match(/^upgrade: websocket/gim)).toHaveLength(1);
    expect(head).toMatch(/Sec-WebSocket-Accept: a/);
    client.write('\x81\x05hello');
    expect(await client.until(/hello/)).toContain('\x81\x05hello');
    expect(seen).toContain('Sec-WebSocket-Key');
    expect(seen.map((name) => name.toLowerCase())).not.toContain('x-shadow');
    expect([copies, rig.counters.dropped.get('upgrade')]).toEqual([0, 1]);
  });

  it('ends at both ends when one of them leaves', async () => {
    const primary = createServer();
    const left = new Promise<void>((resolve) => {
      primary.on('upgrade', (_req, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
        socket.on('error', () => {});
        socket.on('end', () => socket.end());
        socket.on('close', () => resolve());
        socket.resume();
      });
    });
    const { client } = await mirror(primary);
    client.write(UPGRADE);
    await client.until(/101/);
    client.destroy();
    await left;
  });

  it('that the primary refuses is answered by it, and nothing after it gets through on that line', async () => {
    const requests: (string | undefined)[] = [];
    const { client } = await mirror((req, res) => {
      requests.push(req.url);
      res.writeHead(426, { 'content-type': 'text/plain' }).end('no');
    });
    client.write(`${UPGRADE}GET /smuggled HTTP/1.1\r\nHost: x\r\nX-Shadow: 1\r\n\r\n`);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 426 [\s\S]*no/);
    expect(requests).toEqual(['/chat']);
  });

  it('gets 502 when the primary is gone', async () => {
    const primary = createServer();
    primary.on('upgrade', (_req, socket) => socket.destroy());
    const { client } = await mirror(primary);
    client.write(UPGRADE);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 502/);
  });
});

describe('other requests that are not plain', () => {
  it('keep the trailers that a client announces', async () => {
    let trailers: NodeJS.Dict<string> = {};
    const { client } = await mirror(async (req, res) => {
      const body = await bodyOf(req);
      trailers = req.trailers;
      res.end(`got ${body}`);
    });
    client.write(
      'POST / HTTP/1.1\r\nHost: x\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 42\r\n\r\n',
    );
    expect(await client.until(/got/)).toContain('got body');
    expect(trailers).toEqual({ 'x-sum': '42' });
  });

  it('may ask for the server as a whole', async () => {
    let url: string | undefined;
    const { client } = await mirror((req, res) => {
      url = req.url;
      res.writeHead(200, { allow: 'GET' }).end();
    });
    client.write('OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await client.until(/\r\n\r\n/)).toMatch(/200 OK[\s\S]*allow: GET/i);
    expect(url).toBe('*');
  });
});

describe('the mirror refuses', () => {
  it.each([
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['the same length twice', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'chunks and a length',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n',
    ],
    ['a coding after chunked', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a folded field', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n'],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: x\n\n'],
    ['a bare carriage return', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\rB: c\r\n\r\n'],
    ['a NUL in a field', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'],
    ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a space in the target', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('a request with %s', async (_name, bytes) => {
    let asked = 0;
    const { client } = await mirror((_req, res) => {
      asked++;
      res.end();
    });
    client.write(bytes);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 400/);
    expect(asked).toBe(0);
  });

  it('a chunk whose length is no number, though the request has begun', async () => {
    const { client, rig } = await mirror(async (req, res) => {
      await bodyOf(req).catch(() => {});
      res.end();
    });
    client.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 400/);
    expect(rig.records).toEqual([]);
  });

  it('HTTP/0.9', async () => {
    const { client } = await mirror(json('{}'));
    client.write('GET /\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 505/);
  });

  it('what it has seen before: a side’s URL that leads back to the load balancer would go round for ever', async () => {
    const { client } = await mirror(json('{}'));
    client.write('GET / HTTP/1.1\r\nHost: x\r\nVia: 1.1 crossfade-mirror-g\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 508/);
  });
});
