/**
 * Real clients see the same through the mirror as without it: each plays the same exchanges with the primary and with
 * each proxy. A client that this machine does not have is skipped, and reported as skipped.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MirrorProcess, PROXIES, portOf, startMirror } from '../mirror-process.ts';
import { bodyOf } from '../rig.ts';

const run = promisify(execFile);
const here = (name: string) => join(import.meta.dirname, name);
const LARGE = Buffer.alloc(1_000_000, 'primary ');
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
const PATHS = ['/plain', '/gzip', '/chunked', '/large', '/nothing', '/same'];

interface Client {
  readonly name: string;
  /** Command that succeeds if the client is installed. */
  readonly probe: readonly [string, ...string[]];
  /** Plays the exchanges. @returns what the client saw, one line for each exchange */
  play(origin: string): Promise<readonly string[]>;
}

const program = (name: string, probe: Client['probe'], ...command: readonly [string, ...string[]]): Client => ({
  name,
  probe,
  async play(origin) {
    const [file, ...args] = command;
    const { stdout } = await run(file, [...args, origin], { timeout: 120_000 });
    return stdout.trim().split('\n');
  },
});

const CURL: Client = {
  name: 'curl',
  probe: ['curl', '--version'],
  async play(origin) {
    const lines: string[] = [];
    for (const method of METHODS)
      for (const path of PATHS)
        for (const body of [[], ['--data-binary', `@${here('client.go')}`, '-H', 'Transfer-Encoding: chunked']]) {
          if (method === 'HEAD' && body.length > 0) continue;
          const how = method === 'HEAD' ? ['--head'] : ['--request', method];
          const args = [
            '--silent',
            '--show-error',
            '--max-time',
            '30',
            '--write-out',
            '\n%{http_code} %header{x-told}',
          ];
          const { stdout } = await run('curl', [...args, ...how, ...body, `http://${origin}${path}`], {
            encoding: 'latin1',
            maxBuffer: 10_000_000,
          });
          // For HEAD, curl prints the fields, including those of the connection itself.
          const end = stdout.lastIndexOf('\n');
          const got = method === 'HEAD' ? '' : stdout.slice(0, end);
          lines.push([method, path, body.length, stdout.slice(end + 1), hash(got)].join(' '));
        }
    return lines;
  },
};

const CLIENTS: readonly Client[] = [
  CURL,
  program('Python’s http.client', ['python3', '--version'], 'python3', here('client.py')),
  program('Go’s net/http', ['go', 'version'], 'go', 'run', here('client.go')),
  program('Java’s HttpClient', ['javac', '--version'], 'java', here('Client.java')),
];

function hash(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}

/** Answers by path, and reports in `X-Told` what arrived of the request. */
async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await bodyOf(req);
  res.setHeader('X-Told', `${req.method}:${body.length}:${hash(body)}`);
  const path = req.url ?? '';
  if (path === '/nothing') return void res.writeHead(204).end();
  if (path === '/same') return void res.writeHead(304, { ETag: '"e"' }).end();
  if (path === '/gzip') {
    const coded = gzipSync(LARGE);
    return void res.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': coded.length }).end(coded);
  }
  if (path === '/chunked') {
    for (let i = 0; i < 5; i++) res.write(`${i}`.repeat(20_000));
    return void res.end();
  }
  const whole = path === '/large' ? LARGE : Buffer.from('{"ok":true}');
  res.writeHead(200, { 'Content-Length': whole.length }).end(whole);
}

describe.each(CLIENTS)('$name', (client) => {
  const [probe, ...args] = client.probe;
  const present = spawnSync(probe, args).error === undefined;
  if (!present) console.log(`SKIPPED: ${client.name} through the mirror (no ${probe} on this machine)`);
  const primary = createServer((req, res) => void answer(req, res).catch(() => res.destroy()));
  const mirrors: MirrorProcess[] = [];
  let port = 0;
  let without: readonly string[] = [];
  beforeAll(async () => {
    if (!present) return;
    port = await portOf(primary);
    without = await client.play(`127.0.0.1:${port}`);
  });
  afterAll(async () => {
    for (const mirror of mirrors) await mirror.stop();
    primary.close();
  });

  it.runIf(present).each(PROXIES)('sees through %s what it sees without it', async (proxy) => {
    const mirror = await startMirror(proxy, { stable: port, candidate: port });
    mirrors.push(mirror);
    expect(without.length).toBeGreaterThan(30);
    expect(await client.play(`127.0.0.1:${mirror.port}`)).toEqual(without);
  });
});
