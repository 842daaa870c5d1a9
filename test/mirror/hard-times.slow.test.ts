/**
 * What happens to requests and metrics when a machine, a disk, a service or a client is at its limit, with each proxy
 * that this machine has.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { connect, createServer as createRawServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { residentMb } from '../../bench/mirror/proc.ts';
import type { CaptureRecord } from '../../capture/format/record.ts';
import { type MirrorProcess, PROXIES, portOf, startMirror } from './mirror-process.ts';
import { RawClient } from './rig.ts';

const CAP = 1_031;
const ENV = { MIRROR_METRICS_MS: '200', MIRROR_DRAIN_MS: '30000' };
/** The share of the requests of a minute that a report every 200 ms holds, and twice as much again. */
const ONE_REPORT = 0.01;
const plain: RequestListener = (req, res) => void req.resume().on('end', () => res.end('ok'));

function lengthOf({ stable }: CaptureRecord): number {
  return stable.outcome === 'response' ? stable.body.bytes : 0;
}

function reported(mirror: MirrorProcess) {
  const { MirrorRequests: requests = 0, MirrorCaptured: captured = 0, ...others } = mirror.metrics();
  const dropped = Object.entries(others).filter(([name]) => /^[a-z]/.test(name));
  const accounted = dropped.reduce((sum, [, count]) => sum + count, captured);
  return { requests, captured, dropped: Object.fromEntries(dropped), accounted, others };
}

/** Expects the reported metrics to add up: each request was captured or dropped. */
function accounts(mirror: MirrorProcess) {
  const { accounted, others, ...rest } = reported(mirror);
  expect([accounted, others]).toEqual([rest.requests, others]);
  return rest;
}

describe.each(PROXIES)('the mirror by %s', (proxy) => {
  const start = async (primary: RequestListener, env: Readonly<Record<string, string>> = {}, candidate = plain) => {
    const [stable, copies] = [await portOf(createServer(primary)), await portOf(createServer(candidate))];
    const mirror = await startMirror(proxy, { stable, candidate: copies, env: { ...ENV, ...env } });
    onTestFinished(() => mirror.stop());
    return mirror;
  };
  const url = (mirror: MirrorProcess, path = '/a') => `http://127.0.0.1:${mirror.port}${path}`;

  it('records bodies up to the cap to the byte, and counts what is one longer', async () => {
    const bodies = [CAP - 1, CAP, CAP + 1].flatMap((length) => [
      'x'.repeat(length),
      `${'é'.repeat(length / 2 - 1)}${'x'.repeat(length - 2 * Math.floor(length / 2 - 1))}`,
    ]);
    const echo: RequestListener = (req, res) => {
      const length = Number(/\d+/.exec(req.url ?? '')?.[0] ?? 0);
      req.resume().on('end', () => res.setHeader('Content-Type', 'text/plain').end('y'.repeat(length)));
    };
    const mirror = await start(echo, { MIRROR_BODY_CAP: String(CAP), MIRROR_COPY_ALLOW: 'POST /**' }, echo);
    for (const body of bodies) {
      const length = Buffer.byteLength(body);
      const answer = await fetch(url(mirror, `/${length}`), {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/plain' },
      });
      expect((await answer.text()).length).toBe(length);
    }
    for (const length of [CAP - 1, CAP, CAP + 1]) await (await fetch(url(mirror, `/${length}`))).text();
    await mirror.captured(7);
    await mirror.stop();
    const { requests, dropped } = accounts(mirror);
    expect([requests, dropped]).toEqual([9, { oversize: 2 }]);
    const seen = mirror
      .captures()
      .toSorted((a, b) => lengthOf(a) - lengthOf(b))
      .map(({ request, stable }) => [
        request.method,
        request.body?.bytes,
        request.body?.truncated,
        stable.outcome === 'response' ? [stable.body.bytes, stable.body.truncated, stable.body.data.length] : null,
      ]);
    const of = (length: number) => [length, length > CAP, length > CAP ? 0 : length];
    expect(seen.filter(([method]) => method === 'GET')).toEqual(
      [CAP - 1, CAP, CAP + 1].map((n) => ['GET', undefined, undefined, of(n)]),
    );
    expect(seen.filter(([method]) => method === 'POST')).toEqual(
      [CAP - 1, CAP - 1, CAP, CAP].map((n) => ['POST', n, false, of(n)]),
    );
    expect(mirror.metrics().MirrorCut).toBe(1);
  });

  it('lives through answers that unfold to gigabytes, in any coding, and records none of them', async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const gzip = zlib.gzipSync(zeros, { level: 9 });
    const all: Record<string, [string, Buffer]> = {
      gzip: ['gzip', gzip],
      deflate: ['deflate', zlib.deflateSync(zeros, { level: 9 })],
      br: ['br', zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } })],
      twice: ['gzip, gzip', zlib.gzipSync(gzip)],
      raw: ['deflate', zlib.deflateRawSync(zeros)],
      cut: ['gzip', gzip.subarray(0, 1_000)],
      tail: ['gzip', Buffer.concat([zlib.gzipSync('{"password":"hunter2x"}'), Buffer.from('tail password=hunter2x')])],
      members: ['gzip', Buffer.concat(Array.from({ length: 500 }, () => zlib.gzipSync('{"password":"hunter2x"}')))],
      fifty: [Array(50).fill('gzip').join(', '), zlib.gzipSync('x')],
      false: ['gzip', Buffer.from('{"password":"hunter2x"}')],
    };
    const bombs: RequestListener = (req, res) => {
      const [coding, body] = all[req.url?.slice(1) ?? ''] ?? ['identity', Buffer.from('ok')];
      res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': coding }).end(body);
    };
    const mirror = await start(bombs, {}, bombs);
    const raw = (path: string) =>
      new Promise<number>((resolve, reject) => {
        const client = new RawClient(mirror.port);
        client.write(`GET /${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        client.untilClosed().then((text) => resolve(text.length), reject);
      });
    const before = residentMb(mirror.proxyPid);
    for (const name of Object.keys(all)) expect(await raw(name)).toBeGreaterThan(all[name]?.[1].length ?? 0);
    await mirror.captured(Object.keys(all).length);
    expect(residentMb(mirror.proxyPid) - before).toBeLessThan(200);
    await mirror.stop();
    expect(accounts(mirror).captured).toBe(Object.keys(all).length);
    const text = JSON.stringify(mirror.captures());
    expect(text).not.toContain('hunter2x');
    for (const { stable } of mirror.captures()) {
      if (stable.outcome !== 'response') continue;
      const bytes = Buffer.from(stable.body.data, stable.body.encoding);
      for (const decode of [zlib.gunzipSync, zlib.inflateSync]) {
        try {
          expect(decode(bytes).toString('latin1')).not.toContain('hunter2x');
        } catch (error) {
          if (error instanceof Error && error.name === 'AssertionError') throw error;
        }
      }
    }
  });

  it('serves where the sink’s disk is full: what is lost is counted, and the counts add up', async () => {
    const mirror = await start(plain, { MIRROR_SINK: 'ndjson:/dev/full' });
    for (let i = 0; i < 40; i++) expect(await (await fetch(url(mirror))).text()).toBe('ok');
    await mirror.stop();
    const { requests, captured, dropped } = accounts(mirror);
    expect([requests, captured]).toEqual([40, 0]);
    expect(dropped.sink).toBeGreaterThan(0);
  });

  it('answers 502 in the place of a primary that expects TLS, and says why', async () => {
    const tls = createRawServer((socket) => {
      socket.on('error', () => {});
      // OpenSSL's answer to plain HTTP.
      socket.once('data', () => socket.end(Buffer.from('15030100020246', 'hex')));
    });
    const mirror = await startMirror(proxy, {
      stable: await portOf(tls),
      candidate: await portOf(createServer(plain)),
      env: ENV,
    });
    onTestFinished(() => mirror.stop());
    expect((await fetch(url(mirror))).status).toBe(502);
    // The embedded mirror writes this line to standard error.
    if (proxy === 'envoy') await expect.poll(() => mirror.lines.join('\n'), { timeout: 5_000 }).toMatch(/502/);
    await mirror.stop();
    expect(accounts(mirror).requests).toBe(1);
  });

  it.skipIf(spawnSync('prlimit', ['--version']).error !== undefined)(
    'survives that it may open no more files, and serves once clients have gone',
    async () => {
      const mirror = await start(plain);
      execFileSync('prlimit', ['--pid', String(mirror.proxyPid), '--nofile=90:90']);
      const sockets: Socket[] = [];
      for (let i = 0; i < 300; i++) {
        const socket = connect(mirror.port, '127.0.0.1');
        socket.on('error', () => {});
        sockets.push(socket);
      }
      await after(500);
      for (const socket of sockets) socket.destroy();
      await expect
        .poll(async () => (await fetch(url(mirror)).catch(() => null))?.status, { timeout: 20_000 })
        .toBe(200);
      await mirror.stop();
      accounts(mirror);
    },
  );
});

describe.skipIf(!PROXIES.includes('envoy'))('the mirror by envoy', () => {
  it('tells each request once, though its recorder is killed fifteen times within a minute, before it listens and while it works: but for what one report holds', async () => {
    const [stable, candidate] = [await portOf(createServer(plain)), await portOf(createServer(plain))];
    const mirror = await startMirror('envoy', { stable, candidate, env: ENV });
    onTestFinished(() => mirror.stop());
    let [sent, going] = [0, true];
    const load = (async () => {
      while (going) {
        await Promise.all(
          Array.from({ length: 4 }, async () => {
            sent++;
            expect(await (await fetch(`http://127.0.0.1:${mirror.port}/a`)).text()).toBe('ok');
          }),
        );
        await after(10);
      }
    })();
    const { recorderPid } = mirror.child.listening;
    for (let kill = 0; kill < 15; kill++) {
      await after(600 + 900 * (kill % 5));
      const pid = kill === 0 ? Number(recorderPid) : recorderOf(mirror);
      if (pid !== null) process.kill(pid, 'SIGKILL');
    }
    await expect.poll(() => mirror.metrics().MirrorCaptured, { timeout: 60_000 }).toBeGreaterThan(0);
    going = false;
    await load;
    // A kill may fall between the two writes of one report: what people read, and what Envoy stores.
    const isNear = (count: number) => Math.abs(count - sent) <= ONE_REPORT * sent;
    await expect.poll(() => isNear(reported(mirror).requests), { timeout: 60_000 }).toBe(true);
    await mirror.stop();
    const { requests, accounted } = reported(mirror);
    expect(
      [requests, accounted].filter((count) => !isNear(count)),
      `of ${sent}`,
    ).toEqual([]);
  }, 240_000);
});

it('a file that can take no more has taken those lines of a batch that were written whole', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'mirror-sink-')), 'sink.ndjson');
  const sink = new URL('../../mirror/recorder/sink.ts', import.meta.url).href;
  // The file's size is limited, and the limit falls in the middle of the second line.
  const script = `
    const { ndjsonSink } = await import(${JSON.stringify(sink)});
    const sink = ndjsonSink(${JSON.stringify(file)});
    const line = (size) => Buffer.from('x'.repeat(size - 1) + '\\n');
    console.log(await sink.send([line(700), line(700), line(10)]), await sink.send([line(10)]));
  `;
  const limited = ['-c', `trap '' XFSZ; ulimit -f 1; exec "$0" --input-type=module -e "$1"`, process.execPath, script];
  expect(execFileSync('bash', limited, { encoding: 'utf8' })).toBe('1 0\n');
});

/**
 * Returns the process id of the current recorder: the mirror's child that is neither Envoy's process 1 nor a watcher.
 */
function recorderOf(mirror: MirrorProcess): number | null {
  const children = readFileSync(`/proc/${mirror.child.pid}/task/${mirror.child.pid}/children`, 'latin1')
    .trim()
    .split(' ');
  return children.map(Number).find((pid) => pid > 0 && isRecorder(pid)) ?? null;
}

function isRecorder(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('sidecar');
  } catch {
    return false;
  }
}
