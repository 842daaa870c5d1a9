/**
 * The name of a primary moves to another address while customers send requests. Runs Envoy with a DNS server of this
 * test; the embedded mirror resolves the name for each request.
 */
import { createSocket, type Socket as DnsSocket } from 'node:dgram';
import { createServer, type Server } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { Pool } from 'undici';
import { afterAll, describe, expect, it } from 'vitest';
import { envoyBinary } from '../../mirror/local/index.ts';
import { freePorts, startEnvoy } from '../../mirror/local/processes.ts';

const binary = envoyBinary(process.env);
const A = 1;
const HEADER_BYTES = 12;
const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** Starts a DNS server that answers every A query with the current result of `address`, valid for one second. */
async function dnsServer(address: () => string): Promise<number> {
  const socket: DnsSocket = createSocket('udp4');
  socket.on('message', (query, from) => {
    let end = HEADER_BYTES;
    while (query[end] !== 0) end += (query[end] ?? 0) + 1;
    const question = query.subarray(HEADER_BYTES, end + 5);
    const asksForA = query.readUInt16BE(end + 1) === A;
    const record = Buffer.from([0xc0, HEADER_BYTES, 0, A, 0, 1, 0, 0, 0, 1, 0, 4, ...address().split('.').map(Number)]);
    const head = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, asksForA ? 1 : 0, 0, 0, 0, 0]);
    socket.send(Buffer.concat([head, question, ...(asksForA ? [record] : [])]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  stops.push(() => socket.close());
  return socket.address().port;
}

async function service(host: string, port: number, text: string): Promise<Server> {
  const server = createServer((_req, res) => void res.end(text));
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  stops.push(() => server.close());
  return server;
}

describe.runIf(binary !== null)('a name that moves', () => {
  it('is followed while its old address still answers, and no request fails', async () => {
    let address = '127.0.0.1';
    const resolver = await dnsServer(() => address);
    const [port = 0, forward = 0, reverse = 0, health = 0, recorder = 0, admin = 0, one = 0, two = 0] =
      await freePorts(8);
    await service('127.0.0.1', port, 'old');
    await service('127.0.0.2', port, 'new');
    const side = { host: 'stable.test', port };
    const envoy = await startEnvoy({
      binary: binary ?? '',
      settings: {
        ingress: 'g',
        sides: { stable: side, candidate: side },
        bind: '127.0.0.1',
        ports: { forward, reverse, health, recorder, admin, copy: { stable: one, candidate: two } },
        sampleRate: 0,
        bodyCap: 2_048,
        allowed: { stable: [], candidate: [] },
        healthPath: '/',
        keepAliveMs: 75_000,
        resolver: { host: '127.0.0.1', port: resolver },
      },
      drainDelayMs: 0,
      drainMs: 1_000,
    });
    stops.push(() => envoy.kill('SIGTERM'));
    const pool = new Pool(`http://127.0.0.1:${forward}`, { connections: 2 });
    stops.push(() => pool.destroy());
    const ask = async () => {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/' });
      expect(statusCode).toBe(200);
      return body.text();
    };
    for (let i = 0; i < 10; i++) expect(await ask()).toBe('old');
    address = '127.0.0.2';
    while ((await ask()) !== 'new') await after(100);
  });
});
