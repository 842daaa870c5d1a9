/**
 * Peers that do what no fuzzer draws: floods, bombs, early answers, and HTTP/2. The process survives, and other clients
 * are still served.
 */
import { connect as connectHttp2, constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { residentMb } from '../../bench/mirror/proc.ts';
import { readRequest } from './fuzz/strict-reader.ts';
import { type MirrorProcess, PROXIES, portOf, startMirror } from './mirror-process.ts';
import { OK, primary } from './raw-primary.ts';
import { RawClient } from './rig.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
/** 200 MB of zeros when decompressed. */
const BOMB = gzipSync(Buffer.alloc(200_000_000), { level: 1 });
const EARLY = '100 Continue\r\n\r\nHTTP/1.1 '.repeat(50_000);
const MEMORY_MB = 200;

describe.each(PROXIES)('the mirror by %s', (proxy) => {
  const heads: string[] = [];
  const service = primary((socket, request) => {
    heads.push(request);
    const path = /^\S+ (\S+)/.exec(request)?.[1];
    if (path === '/flood') return void socket.write(`HTTP/1.1 ${EARLY}200 OK\r\nContent-Length: 2\r\n\r\nok`);
    if (path === '/no') return void socket.end('HTTP/1.1 403 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno');
    if (path === '/bomb') {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${BOMB.length}\r\n\r\n`,
      );
      return void socket.write(BOMB);
    }
    socket.write(OK);
  });
  let mirror: MirrorProcess;
  let bystander: RawClient;
  beforeAll(async () => {
    const port = await portOf(service.server);
    mirror = await startMirror(proxy, { stable: port, candidate: port, env: { MIRROR_DRAIN_DELAY_MS: '0' } });
    bystander = new RawClient(mirror.port);
  });
  afterAll(async () => {
    bystander.destroy();
    await mirror.stop();
  });
  const clients: RawClient[] = [];
  const client = () => {
    const raw = new RawClient(mirror.port);
    clients.push(raw);
    return raw;
  };
  let served = 0;
  /** Checks after each test that another client is still served, on one connection throughout. */
  afterEach(async () => {
    for (const raw of clients.splice(0)) raw.destroy();
    bystander.write(GET);
    served++;
    const text = await bystander.until(new RegExp(`(?:HTTP/1.1 200 OK[\\s\\S]*?\\r\\n\\r\\nok){${served}}$`));
    expect(text.match(/200 OK/g)).toHaveLength(served);
  });

  it('gives the answer that follows fifty thousand early ones', async () => {
    const before = residentMb(mirror.proxyPid);
    const raw = client();
    raw.write('GET /flood HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await raw.until(/(?:ok|Gateway\n)$/)).toMatch(/HTTP\/1\.1 (?:200 OK|502)[\s\S]*$/);
    expect(residentMb(mirror.proxyPid) - before).toBeLessThan(MEMORY_MB);
  });

  it('passes on a refusal that comes before the body was asked for, and takes no body for a request', async () => {
    const raw = client();
    raw.write('POST /no HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 60\r\n\r\n');
    expect(await raw.until(/no$/)).toMatch(/HTTP\/1\.1 403 No\r\n/);
    heads.length = 0;
    raw.write('GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'.padEnd(60, 'x'));
    raw.write(GET);
    await raw.until(/200 OK/);
    expect(heads.join()).not.toContain('/smuggled');
  });

  it('gives a bomb as it is, and unfolds none of it', async () => {
    const pid = proxy === 'envoy' ? Number(mirror.child.listening.recorderPid) : mirror.proxyPid;
    const before = residentMb(pid);
    const raw = client();
    raw.write('GET /bomb HTTP/1.1\r\nHost: x\r\nX-Request-Id: bomb\r\nConnection: close\r\n\r\n');
    expect((await raw.untilClosed()).endsWith(BOMB.subarray(-1_000).toString('latin1'))).toBe(true);
    await expect.poll(() => mirror.captures().some(({ requestId }) => requestId === 'bomb')).toBe(true);
    expect(residentMb(pid) - before).toBeLessThan(MEMORY_MB);
  });

  it.each([
    ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n'],
    ['OPTIONS of the server as a whole', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a target of another scheme', 'GET ftp://a/ HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an absolute target beside two Hosts', 'GET http://a/ HTTP/1.1\r\nHost: b\r\nHost: c\r\n\r\n'],
    [
      'a body of HEAD',
      'HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 38\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\nxx\r\n',
    ],
    ['a bare LF', 'GET / HTTP/1.1\nHost: x\nX-A: b\n\n'],
    ['a Host of anything', 'GET / HTTP/1.1\r\nHost: u:p@[::1]:99999/?#\r\n\r\n'],
    ['ten thousand fields', `GET / HTTP/1.1\r\nHost: x\r\n${'a:b\r\n'.repeat(9_990)}\r\n`],
  ])('answers or refuses %s, and what goes on has one meaning', async (_name, sent) => {
    heads.length = 0;
    const raw = client();
    raw.write(sent);
    expect(await raw.until(/^HTTP\/1\.1 \d\d\d [\s\S]*\r\n\r\n/)).toMatch(/^(?:HTTP\/1\.1 \d\d\d |$)/);
    for (const came of heads)
      for (let from = 0; from < came.length; ) {
        // Throws for two Hosts, a bare LF, and whatever else could be read in two ways.
        const request = readRequest(came, from);
        expect(request?.startLine).not.toContain('/smuggled');
        from = request?.end ?? came.length;
      }
  });

  it.runIf(proxy === 'envoy')(
    'serves on while a client of HTTP/2 opens and resets streams by the thousand',
    async () => {
      const session = connectHttp2(`http://127.0.0.1:${mirror.port}`);
      session.on('error', () => {});
      const before = residentMb(mirror.proxyPid);
      for (let i = 0; i < 5_000 && !session.destroyed; i++) {
        const stream = session.request({ ':path': '/', ':authority': 'x' });
        stream.on('error', () => {});
        stream.close(constants.NGHTTP2_CANCEL);
        if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      const raw = client();
      raw.write(GET);
      expect(await raw.until(/ok$/)).toMatch(/^HTTP\/1\.1 200 OK/);
      session.destroy();
      expect(residentMb(mirror.proxyPid) - before).toBeLessThan(MEMORY_MB);
    },
  );
});
