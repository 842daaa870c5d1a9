/**
 * Runs the mirror as processes, with each proxy that this machine has, between a primary and a shadow that misbehaves.
 * Throughout, the primary's answers are byte-identical, none fails, and memory stays bounded.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { residentMb } from '../../bench/mirror/proc.ts';
import { type MirrorProcess, type MirrorProxy, PROXIES, startMirror } from './mirror-process.ts';

const MB = 1024 * 1024;
/**
 * How much memory a mirror may use beyond that at its start, in MB: the queue, samples of the pairs in progress, and
 * the engine's own slack.
 */
const MEMORY_MB = 300;

const folder = mkdtempSync(join(tmpdir(), 'mirror-chaos-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Answers of all kinds, always the same for the same path. */
const BODIES = new Map([
  ['/small', Buffer.from('{"ok":true}')],
  ['/large', randomBytes(700_000)],
  ['/empty', Buffer.alloc(0)],
]);
const primaryListener: RequestListener = (req, res) => {
  const body = BODIES.get(req.url ?? '') ?? Buffer.from('not found');
  res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length }).end(body);
};

const sockets = new Set<Socket>();
const servers: Server[] = [];
async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

let primaryPort = 0;
beforeAll(async () => {
  primaryPort = await listening(createHttpServer(primaryListener));
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
});

const mirrors: MirrorProcess[] = [];
const pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
  await Promise.all(mirrors.splice(0).map((mirror) => mirror.stop()));
});

interface Rig {
  readonly mirror: MirrorProcess;
  readonly pool: Pool;
  /** Resident memory of the proxy, in MB. */
  memory(): number;
}

async function start(proxy: MirrorProxy, shadowPort: number, env: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const mirror = await startMirror(proxy, {
    stable: primaryPort,
    candidate: shadowPort,
    env: { MIRROR_COPY_DEADLINE_MS: '1000', ...env },
  });
  mirrors.push(mirror);
  const pool = new Pool(`http://127.0.0.1:${mirror.port}`, { connections: 20 });
  pools.push(pool);
  return { mirror, pool, memory: () => residentMb(mirror.proxyPid) };
}

/** Sends requests of all kinds concurrently. Each answer must equal the primary's, byte for byte. */
async function customers({ pool }: Pick<Rig, 'pool'>, rounds: number): Promise<void> {
  const sha = (data: Buffer) => createHash('sha256').update(data).digest('hex');
  const expected = new Map([...BODIES].map(([path, body]) => [path, sha(body)]));
  const one = async (path: string) => {
    const { statusCode, body } = await pool.request({ method: 'GET', path });
    expect([statusCode, sha(Buffer.from(await body.arrayBuffer()))]).toEqual([200, expected.get(path)]);
  };
  const customer = async () => {
    for (let i = 0; i < rounds; i++) for (const path of BODIES.keys()) await one(path);
  };
  await Promise.all(Array.from({ length: 20 }, customer));
}

const raw = (onRequest: (socket: Socket) => void) =>
  createServer((socket) => {
    socket.once('data', () => onRequest(socket));
    socket.on('error', () => {});
  });

/** Writes up to 1 GB, as fast as the other side accepts it. */
function flood(socket: Socket): void {
  const chunk = Buffer.alloc(MB);
  let left = 1_024;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      left--;
      if (!socket.write(chunk)) return void socket.once('drain', more);
    }
    socket.end();
  };
  more();
}

/** New connections are accepted until the load balancer has noticed the drain. */
const DEPLOYED = { MIRROR_DRAIN_DELAY_MS: '1000' };

const SHADOWS: readonly (readonly [string, () => Server])[] = [
  ['hangs', () => raw(() => {})],
  ['does not even accept', () => createServer({ pauseOnConnect: true }, () => {})],
  ['resets', () => raw((socket) => socket.resetAndDestroy())],
  ['answers garbage', () => raw((socket) => socket.write(randomBytes(4_096)))],
  ['answers a head without end', () => raw((socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(400_000)}`))],
  [
    'answers 1 GB',
    () =>
      raw((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${1_024 * MB}\r\n\r\n`);
        flood(socket);
      }),
  ],
  ['is slow by 2 s', () => createHttpServer((_req, res) => void setTimeout(() => res.end('{}'), 2_000).unref())],
  [
    'sends more than it announced',
    () => raw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc')),
  ],
];

describe.each(PROXIES)('by %s the primary’s answers reach every customer to the byte', (proxy) => {
  const mirror = (shadowPort: number, env: Readonly<Record<string, string>> = {}) => start(proxy, shadowPort, env);

  it.each(SHADOWS)('when the shadow %s', async (_name, shadow) => {
    const rig = await mirror(await listening(shadow()));
    await customers(rig, 3);
    const before = rig.memory();
    await customers(rig, 10);
    expect(rig.memory() - before).toBeLessThan(MEMORY_MB);
  });

  it('when nobody listens where the shadow should be', async () => {
    const rig = await mirror(1);
    await customers(rig, 10);
    await rig.mirror.stop();
    expect(rig.mirror.metrics().breaker).toBeGreaterThan(0);
  });

  it('when the sink is down, and when its queue is full', async () => {
    const rig = await mirror(primaryPort, {
      MIRROR_SINK: `ndjson:${join(folder, 'no', 'such', 'folder')}`,
      MIRROR_FLUSH_MS: '2000',
    });
    await customers(rig, 30);
    const before = rig.memory();
    await customers(rig, 30);
    expect(rig.memory() - before).toBeLessThan(MEMORY_MB);
    await rig.mirror.stop();
    expect((rig.mirror.metrics().sink ?? 0) + (rig.mirror.metrics().queue ?? 0)).toBeGreaterThan(0);
  });

  it('when the sink is Firehose, and it hangs', async () => {
    const hanging = await listening(raw(() => {}));
    const rig = await mirror(primaryPort, {
      MIRROR_SINK: 'firehose:pairs',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${hanging}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      MIRROR_FLUSH_MS: '50',
    });
    await customers(rig, 20);
  });

  it('while 10,000 connections stand idle', async () => {
    const rig = await mirror(primaryPort);
    await customers(rig, 2);
    const before = rig.memory();
    const idle: Socket[] = [];
    const port = rig.mirror.port;
    const open = () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write('GET /small HTTP/1.1\r\nHost: x\r\n\r\n');
        });
        idle.push(socket);
        socket.once('data', () => resolve());
        socket.once('error', reject);
      });
    try {
      for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 100 }, open));
      await customers(rig, 5);
      // A connection costs about 30 kB for its parser, socket and buffers.
      expect(rig.memory() - before).toBeLessThan(2 * MEMORY_MB);
      expect(idle.every((socket) => !socket.destroyed)).toBe(true);
    } finally {
      for (const socket of idle) socket.destroy();
    }
  });

  it('while slow-loris clients hold their heads back', async () => {
    const rig = await mirror(primaryPort);
    const slow = Array.from({ length: 500 }, () => {
      const socket = connect(rig.mirror.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('GET /small HTTP/1.1\r\nHost: x\r\nX-');
      return socket;
    });
    const dripping = setInterval(() => {
      for (const socket of slow) socket.write('a');
    }, 50);
    try {
      await customers(rig, 10);
    } finally {
      clearInterval(dripping);
      for (const socket of slow) socket.destroy();
    }
  });

  it('while it is asked to end: what is under way ends well', async () => {
    const rig = await mirror(primaryPort, { MIRROR_DRAIN_DELAY_MS: '20000' });
    await customers(rig, 1);
    const running = customers(rig, 3);
    process.kill(rig.mirror.child.pid, 'SIGTERM');
    await running;
    // From now on every answer closes its connection, and readiness fails, so that the load balancer uses another
    // target.
    const { headers, body } = await rig.pool.request({ method: 'GET', path: '/small' });
    await body.dump();
    expect(headers.connection).toBe('close');
    const health = await fetch(`http://127.0.0.1:${rig.mirror.healthPort}/readyz/forward`);
    expect(health.status).toBe(503);
  });

  it('while one task takes the place of another that is configured otherwise: no request is lost, and each is counted once', async () => {
    const other = { ...DEPLOYED, MIRROR_SAMPLE_RATE: '0.2', MIRROR_BODY_CAP: '2048', MIRROR_KEEP_ALIVE_MS: '60000' };
    const [old, young] = [await mirror(primaryPort, DEPLOYED), await mirror(primaryPort, other)];
    // As a load balancer does, check the target's health, and send it no more requests once the check fails.
    let target = old;
    const balancer = setInterval(async () => {
      const health = await fetch(`http://127.0.0.1:${old.mirror.healthPort}/readyz/forward`).catch(() => null);
      if (health?.status !== 200) target = young;
    }, 100);
    let asked = 0;
    const request = (options: Parameters<Pool['request']>[0]) => {
      asked++;
      return target.pool.request(options);
    };
    const pool = { request } as Pool;
    try {
      const before = customers({ pool }, 40);
      const stopped = old.mirror.stop();
      await before;
      await customers({ pool }, 10);
      await stopped;
      expect(target).toBe(young);
    } finally {
      clearInterval(balancer);
    }
    await young.mirror.stop();
    const told = [old, young].map(({ mirror: { metrics } }) => metrics());
    const dropped = told.map((all) => Object.entries(all).filter(([name]) => /^[a-z]/.test(name)));
    for (const [i, { MirrorRequests, MirrorCaptured = 0 }] of told.entries())
      expect(dropped[i]?.reduce((sum, [, count]) => sum + count, MirrorCaptured)).toBe(MirrorRequests);
    expect(told.reduce((sum, { MirrorRequests = 0 }) => sum + MirrorRequests, 0)).toBe(asked);
    expect(dropped[0]?.some(([reason]) => reason === 'sample')).toBe(false);
    expect(dropped[1]?.some(([reason]) => reason === 'sample')).toBe(true);
  });
});

/** Process id of the current recorder. A new recorder replaces one that ended. */
function recorderOf({ child }: MirrorProcess): number | undefined {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(child.pid)], { encoding: 'utf8' });
  const line = children.split('\n').find((text) => text.includes('sidecar'));
  return line === undefined ? undefined : Number.parseInt(line, 10);
}

const RECORDER_FAULTS: readonly (readonly [string, NodeJS.Signals])[] = [
  ['is killed again and again', 'SIGKILL'],
  ['hangs', 'SIGSTOP'],
];
/** The worst shadows: one never answers, one answers too much, and one answers garbage. */
const WORST = SHADOWS.filter(([name]) => ['hangs', 'answers 1 GB', 'answers garbage'].includes(name));
const BOTH = RECORDER_FAULTS.flatMap(([fault, signal]) =>
  WORST.map(([name, shadow]) => [fault, name, signal, shadow] as const),
);

describe.runIf(PROXIES.includes('envoy'))('by envoy the primary’s answers reach every customer', () => {
  it.each(BOTH)('while the recorder %s and the shadow %s', async (_fault, _name, signal, shadow) => {
    const rig = await start('envoy', await listening(shadow()));
    await customers(rig, 1);
    const before = rig.memory();
    let faults = 0;
    const faulty = setInterval(() => {
      const recorder = recorderOf(rig.mirror);
      if (recorder !== undefined && process.kill(recorder, signal)) faults++;
    }, 200);
    try {
      for (let i = 0; i < 50 && (i < 3 || faults < 3); i++) await customers(rig, 3);
    } finally {
      clearInterval(faulty);
    }
    expect(faults).toBeGreaterThanOrEqual(3);
    expect(rig.memory() - before).toBeLessThan(MEMORY_MB);
    const hung = recorderOf(rig.mirror);
    if (hung !== undefined) process.kill(hung, 'SIGCONT');
    await customers(rig, 1);
  });
});

describe.each(PROXIES)('readiness by %s', (proxy) => {
  it('is of the face’s own primary: a dead candidate does not take the forward face out of service', async () => {
    const rig = await start(proxy, 1);
    const port = rig.mirror.healthPort;
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    let reverse = 200;
    for (let i = 0; i < 200 && reverse === 200; i++) {
      reverse = await status('/readyz/reverse');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect([reverse, await status('/readyz/forward'), await status('/healthz'), await status('/x')]).toEqual([
      503, 200, 200, 503,
    ]);
  });
});
