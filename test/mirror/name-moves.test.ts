/**
 * The name of a primary moves to another address while customers send requests, or has addresses that nobody serves. Runs Envoy with a DNS server of this
 * test; the embedded mirror resolves the name for each request.
 */
import { createSocket, type Socket as DnsSocket } from 'node:dgram';
import { createServer, type Server } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { envoyBinary } from '../../mirror/local/index.ts';
import { freePorts, startEnvoy } from '../../mirror/local/processes.ts';

const binary = envoyBinary(process.env);
const A = 1;
const AAAA = 28;
const LOOPBACK_6 = [...Array.from({ length: 15 }, () => 0), 1];
const HEADER_BYTES = 12;
const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** Starts a DNS server that answers every query with the current addresses of its family, valid for one second. */
async function dnsServer(addresses: () => readonly string[]): Promise<number> {
  const socket: DnsSocket = createSocket('udp4');
  socket.on('message', (query, from) => {
    let end = HEADER_BYTES;
    while (query[end] !== 0) end += (query[end] ?? 0) + 1;
    const question = query.subarray(HEADER_BYTES, end + 5);
    const asksForA = query.readUInt16BE(end + 1) === A;
    const records = addresses()
      .filter((address) => address.includes(':') !== asksForA)
      .map((address) => {
        const bytes = asksForA ? address.split('.').map(Number) : LOOPBACK_6;
        return Buffer.from([0xc0, HEADER_BYTES, 0, asksForA ? A : AAAA, 0, 1, 0, 0, 0, 1, 0, bytes.length, ...bytes]);
      });
    const head = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, records.length, 0, 0, 0, 0]);
    socket.send(Buffer.concat([head, question, ...records]), from.port, from.address);
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

/** Starts services at some addresses, and Envoy, whose sides have a name with these addresses. */
async function envoyBy(addresses: () => readonly string[], services: Readonly<Record<string, string>>) {
  const resolver = await dnsServer(addresses);
  const [port = 0, forward = 0, reverse = 0, health = 0, recorder = 0, admin = 0, one = 0, two = 0] =
    await freePorts(8);
  for (const [host, text] of Object.entries(services)) await service(host, port, text);
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
  return async (method: 'GET' | 'POST' = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${forward}`, { method, ...(method === 'POST' ? { body: 'x' } : {}) });
    return answer.status === 200 ? answer.text() : String(answer.status);
  };
}

describe.runIf(binary !== null)('a name that moves', () => {
  it('is followed while its old address still answers, and no request fails', async () => {
    let address = '127.0.0.1';
    const ask = await envoyBy(() => [address], { '127.0.0.1': 'old', '127.0.0.2': 'new' });
    for (let i = 0; i < 10; i++) expect(await ask()).toBe('old');
    address = '127.0.0.2';
    for (let answer = await ask(); answer !== 'new'; answer = await ask()) {
      expect(answer).toBe('old');
      await after(100);
    }
  });
});

describe.runIf(binary !== null)('a name with several addresses', () => {
  it.each([
    ['both families, of which only the old one is served', ['::1', '127.0.0.1'], ['GET', 'POST']],
    // A GET is repeated once, over a new connection, for which Envoy chooses among all addresses.
    ['three tasks, of which one is dead', ['127.0.0.2', '127.0.0.1', '127.0.0.3'], ['POST']],
  ] as const)('of %s: no request fails', async (_name, addresses, methods) => {
    const ask = await envoyBy(() => addresses, { '127.0.0.1': 'ok', '127.0.0.3': 'ok' });
    const answers = [];
    for (let i = 0; i < 20; i++) for (const method of methods) answers.push(await ask(method));
    expect(answers.filter((answer) => answer !== 'ok')).toEqual([]);
  });
});
