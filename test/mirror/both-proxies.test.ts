/**
 * Lists what past issues asked of the mirror, with the test that plays it through each proxy that this machine has.
 * What had no such test, or one for a single proxy only, is tested here.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type MirrorProcess, PROXIES, portOf, startMirror } from './mirror-process.ts';
import { OK, primary } from './raw-primary.ts';
import { RawClient } from './rig.ts';

/** The subject, and the file and title of its test. The file goes through PROXIES. */
const ELSEWHERE: readonly (readonly [what: string, file: string, title: string])[] = [
  ['HEAD', 'contract', 'the length of an answer to HEAD'],
  ['204 and 304', 'contract', 'never lets an answer begin with a part of the one before'],
  [
    'answers before the request has ended',
    'contract',
    'records an answer that began while the request was still coming',
  ],
  ['a refusal before the body', 'hostile-peers', 'passes on a refusal that comes before the body was asked for'],
  [
    'aborts of either side, after each byte',
    'fuzz/fuzz',
    'passes on nothing half as a whole, wherever a client or the primary leaves',
  ],
  ['trailers of answers', 'contract', 'trailers, to a client that gets chunks'],
  ['trailers of requests', 'strangers', 'trailers, but none that frames, routes or marks'],
  ['1xx', 'hostile-peers', 'gives the answer that follows fifty thousand early ones'],
  ['upgrades', 'contract', 'passes WebSockets on, in both directions'],
  ['gRPC', 'grpc', 'is not spoken by the embedded mirror, which refuses HTTP/2'],
  ['100 kB of fields', 'contract', '100 kB of fields'],
  ['drain with readiness', 'chaos.slow', 'while it is asked to end: what is under way ends well'],
  [
    'a rolling deployment',
    'chaos.slow',
    'while one task takes the place of another that is configured otherwise: no request is lost',
  ],
  ['10,000 idle clients', 'chaos.slow', 'while 10,000 connections stand idle'],
  ['idle connections', 'idle-connections.slow', 'for as long as it is told and no longer'],
];

it.each(ELSEWHERE)('by each proxy: %s (%s.test.ts)', (_what, file, title) => {
  const text = readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8');
  expect(text).toContain(title);
  expect(text).toContain('PROXIES');
});

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

/** Makes the server listen at `host`, by default on a free port, and returns the port. */
async function listening(server: Server, host: string, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  stops.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const hasIpv6 = await listening(createServer(), '::1').then(
  () => true,
  () => false,
);

describe.each(PROXIES)('the mirror by %s', (proxy) => {
  const start = async (stable: number, env: Readonly<Record<string, string>> = {}): Promise<MirrorProcess> => {
    const mirror = await startMirror(proxy, {
      stable,
      candidate: stable,
      env: { MIRROR_DRAIN_DELAY_MS: '0', MIRROR_SAMPLE_RATE: '0', ...env },
    });
    stops.push(() => mirror.stop());
    return mirror;
  };
  const clientOf = ({ port }: MirrorProcess) => {
    const raw = new RawClient(port);
    stops.push(() => raw.destroy());
    return raw;
  };

  it.runIf(hasIpv6)('reaches a primary by IPv6, with a WebSocket too', async () => {
    const { server } = primary((socket, request) =>
      socket.write(
        request.includes('websocket')
          ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello'
          : OK,
      ),
    );
    const port = await listening(server, '::1');
    const mirror = await start(1, { MIRROR_STABLE_URL: `http://[::1]:${port}` });
    const plain = clientOf(mirror);
    plain.write(GET);
    expect(await plain.until(/ok$|Gateway\n$/)).toMatch(/^HTTP\/1\.1 200 OK/);
    const socket = clientOf(mirror);
    socket.write(GET.replace('\r\n\r\n', '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'));
    expect(await socket.until(/hello$|Gateway\n$/)).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('does not start with a side’s URL that has a path', async () => {
    await expect(start(1, { MIRROR_STABLE_URL: 'http://127.0.0.1:1/base' })).rejects.toThrow(/MIRROR_STABLE_URL/);
  });

  it('calls no client that waited one that left: an answer that the primary breaks off is a failure of its own', async () => {
    const half = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello';
    const { server } = primary((socket, request) => {
      socket.write(request.includes('/healthz') ? OK : half);
      if (request.includes('/cut')) setTimeout(() => socket.destroy(), 50);
    });
    const mirror = await start(await portOf(server), { MIRROR_SAMPLE_RATE: '1' });
    const [patient, hasty] = [clientOf(mirror), clientOf(mirror)];
    patient.write(GET.replace('/', '/cut'));
    hasty.write(GET);
    expect(await patient.untilClosed()).toMatch(/hello$/);
    await hasty.until(/hello$/);
    hasty.destroy();
    await mirror.stop();
    // Envoy's script learns nothing more about an answer that has begun. The embedded mirror still has its beginning.
    const fate = proxy === 'envoy' ? { error: 1, MirrorCaptured: 0 } : { MirrorCaptured: 1 };
    expect(mirror.metrics()).toMatchObject({ MirrorRequests: 2, aborted: 1, ...fate });
  });

  it('logs no secret that stands where an id should, and logs an id', async () => {
    const { server } = primary((socket, request) =>
      request.includes('/healthz') ? socket.write(OK) : socket.resetAndDestroy(),
    );
    const mirror = await start(await portOf(server));
    for (const id of ['Bearer sesame', 'token=sesame', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJzZXNhbWUifQ.c2VzYW1l', 'id-1']) {
      const client = clientOf(mirror);
      client.write(GET.replace('\r\n\r\n', `\r\nX-Request-Id: ${id}\r\n\r\n`));
      await client.until(/Gateway\n$/);
    }
    await mirror.stop();
    const said = mirror.lines.join('\n');
    expect(said).not.toMatch(/sesame|c2VzYW1l/);
    // The embedded mirror does not log request ids.
    if (proxy === 'envoy')
      expect(said.match(/"requestId":"[^"]*"/g)).toEqual([
        ...Array.from({ length: 3 }, () => '"requestId":"[redacted]"'),
        '"requestId":"id-1"',
      ]);
  });

  it('says 100 to a client that waits for it, and takes a body that does not', async () => {
    const shop = createServer((req, res) => {
      let body = '';
      req.setEncoding('latin1').on('data', (chunk) => {
        body += chunk;
      });
      req.once('end', () => res.end(`got ${body}`));
    });
    const mirror = await start(await portOf(shop));
    const POST = 'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
    const patient = clientOf(mirror);
    patient.write(POST);
    expect(await patient.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    patient.write('hello');
    expect(await patient.until(/got/)).toContain('got hello');
    const hasty = clientOf(mirror);
    hasty.write(`${POST}hello`);
    expect(await hasty.until(/got/)).toContain('got hello');
  });

  it('drains once, however often it is told to end: an upload goes on, and is recorded', async () => {
    let arrived = () => {};
    const begun = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const shop = createServer((req, res) => {
      let bytes = 0;
      req.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        arrived();
      });
      req.once('end', () => res.end(`got ${bytes}`));
    });
    const env = { MIRROR_SAMPLE_RATE: '1', MIRROR_COPY_ALLOW: 'POST /{any}', MIRROR_DRAIN_DELAY_MS: '100' };
    const mirror = await start(await portOf(shop), env);
    const client = clientOf(mirror);
    client.write('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello');
    await begun;
    const { pid, listening } = mirror.child;
    const told = listening.recorderPid === undefined ? [pid] : [pid, Number(listening.recorderPid)];
    for (let times = 0; times < 3; times++) {
      for (const each of told) process.kill(each, 'SIGTERM');
      await pause(200);
    }
    client.write('hello');
    expect(await client.until(/got/)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*got 10$/);
    client.destroy();
    await mirror.stop();
    expect(mirror.metrics()).toMatchObject({ MirrorRequests: 1, MirrorCaptured: 1 });
  });

  it('takes a client that ends its half for one that has left, and answers the next', async () => {
    let asked = 0;
    const slow = createServer((_req, res) => {
      asked++;
      setTimeout(() => res.end('ok'), asked === 1 ? 300 : 0);
    });
    const mirror = await start(await portOf(slow));
    const leaving = connect(mirror.port, '127.0.0.1');
    const gone = new Promise((resolve) => leaving.once('close', resolve));
    leaving.on('error', () => {}).resume();
    leaving.end(GET);
    await gone;
    const next = clientOf(mirror);
    next.write(GET);
    expect(await next.until(/ok$/)).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});

it('the embedded mirror follows a name that moves with the next request (by Envoy: name-moves.test.ts)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'name-moves-'));
  const [address, hook] = [join(folder, 'address'), join(folder, 'hook.mjs')];
  writeFileSync(address, '127.0.0.1');
  writeFileSync(
    hook,
    `import dns from 'node:dns';
    import { readFileSync } from 'node:fs';
    const real = dns.lookup;
    dns.lookup = (host, options, done = options) => {
      if (host !== 'moves.test') return real(host, options, done);
      const address = readFileSync(${JSON.stringify(address)}, 'utf8');
      process.nextTick(() => (options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)));
    };`,
  );
  const service = (text: string) => createServer((_req, res) => void res.end(text));
  const port = await listening(service('old'), '127.0.0.1');
  await listening(service('new'), '127.0.0.2', port);
  const mirror = await startMirror('embedded', {
    stable: port,
    candidate: port,
    env: { MIRROR_STABLE_URL: `http://moves.test:${port}`, NODE_OPTIONS: `--import=${pathToFileURL(hook)}` },
  });
  stops.push(() => mirror.stop());
  const ask = async () => (await fetch(`http://127.0.0.1:${mirror.port}/`)).text();
  expect(await ask()).toBe('old');
  writeFileSync(address, '127.0.0.2');
  expect(await ask()).toBe('new');
});
