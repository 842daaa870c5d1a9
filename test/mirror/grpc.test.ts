/**
 * Plays gRPC with its own library through Envoy, as behind a target group of protocol version GRPC. The embedded mirror
 * does not speak HTTP/2.
 */
import { connect as connectHttp2 } from 'node:http2';
import { Client, credentials, Metadata, type Server, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaptureRecord } from '../../capture/format/record.ts';
import { bytes, ORDERS_ALLOWED, orders, path } from './grpc-orders.ts';
import { type MirrorProcess, PROXIES, portOf, startMirror } from './mirror-process.ts';
import { OK, primary } from './raw-primary.ts';
import { RawClient } from './rig.ts';

const LARGE = Buffer.alloc(3_000_000, 'order ');

type Answer = Buffer | ServiceError;

describe.runIf(PROXIES.includes('envoy'))('gRPC through Envoy', () => {
  let mirror: MirrorProcess;
  let client: Client;
  const servers: Server[] = [];
  beforeAll(async () => {
    const [stable, candidate] = await Promise.all([orders('stable'), orders('candidate')]);
    servers.push(stable.server, candidate.server);
    const env = { MIRROR_COPY_ALLOW: ORDERS_ALLOWED, MIRROR_DRAIN_DELAY_MS: '0' };
    mirror = await startMirror('envoy', { stable: stable.port, candidate: candidate.port, env });
    client = new Client(`127.0.0.1:${mirror.port}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': 10_000_000,
    });
  });
  afterAll(async () => {
    client.close();
    await mirror.stop();
    for (const server of servers) server.forceShutdown();
  });

  const ask = (method: string, request: Buffer, id: string, deadlineMs?: number): Promise<Answer> => {
    const metadata = new Metadata();
    metadata.set('x-request-id', id);
    const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
    return new Promise((resolve) =>
      client.makeUnaryRequest(path(method), bytes, bytes, request, metadata, options, (error, answer) =>
        resolve(error ?? answer ?? Buffer.alloc(0)),
      ),
    );
  };
  const captureOf = async (id: string): Promise<CaptureRecord | undefined> => {
    const found = () => mirror.captures().find(({ requestId }) => requestId === id);
    await expect.poll(found).toBeDefined();
    return found();
  };
  const fieldsOf = (leg: CaptureRecord['stable'] | undefined) =>
    leg?.outcome === 'response' ? Object.fromEntries(leg.headers) : {};

  it('gives the primary’s message and trailers, and a capture of both sides’ status and trailers', async () => {
    expect(String(await ask('Get', Buffer.from('7'), 'get'))).toBe('stable 7');
    const capture = await captureOf('get');
    for (const leg of [capture?.stable, capture?.candidate]) {
      expect(leg).toMatchObject({ outcome: 'response', status: 200 });
      expect(fieldsOf(leg)).toMatchObject({ 'grpc-status': '0', 'x-cost': '7', 'x-raw-bin': 'AP8K' });
      expect(fieldsOf(leg)).not.toHaveProperty('x-shadow');
    }
    expect(capture?.route).toContain('/shop.Orders');
  });

  it('gives a failure by its code and text, which is an answer of trailers alone', async () => {
    const details = (side: string) => `no such order at ${side}: 50 % ü`;
    expect(await ask('Fail', Buffer.from('7'), 'fail')).toMatchObject({
      code: status.NOT_FOUND,
      details: details('stable'),
    });
    const capture = await captureOf('fail');
    for (const [side, leg] of [['stable', capture?.stable] as const, ['candidate', capture?.candidate] as const]) {
      expect(leg).toMatchObject({ outcome: 'response', status: 200 });
      expect(fieldsOf(leg)).toMatchObject({ 'grpc-status': '5' });
      expect(decodeURIComponent(String(fieldsOf(leg)['grpc-message']))).toBe(details(side));
    }
  });

  it('gives messages of megabytes, of which no copy is made', async () => {
    const answer = await ask('Large', LARGE, 'large');
    expect(Buffer.isBuffer(answer) && answer.equals(LARGE)).toBe(true);
  });

  it('streams both ways: each answer comes before the next question is asked', async () => {
    const talk = client.makeBidiStreamRequest(path('Talk'), bytes, bytes, new Metadata());
    const heard: string[] = [];
    const next = () => new Promise<string>((resolve) => talk.once('data', (data: Buffer) => resolve(String(data))));
    for (const word of ['a', 'b', 'c']) {
      const answer = next();
      talk.write(Buffer.from(word));
      heard.push(await answer);
    }
    const ended = new Promise<number>((resolve) => talk.once('status', ({ code }) => resolve(code)));
    talk.resume();
    talk.end();
    expect([heard, await ended]).toEqual([['stable a', 'stable b', 'stable c'], status.OK]);
  });

  it('ends what its client gives up, and harms no other call on the connection', async () => {
    const [late, well] = await Promise.all([
      ask('Never', Buffer.from('7'), 'late', 300),
      ask('Get', Buffer.from('8'), 'well'),
    ]);
    expect(late).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(String(well)).toBe('stable 8');
    expect(String(await ask('Get', Buffer.from('9'), 'after'))).toBe('stable 9');
  });
});

it('is not spoken by the embedded mirror, which refuses HTTP/2 and serves on', async () => {
  const { server } = primary((socket) => void socket.write(OK));
  const port = await portOf(server);
  const mirror = await startMirror('embedded', { stable: port, candidate: port, env: { MIRROR_DRAIN_DELAY_MS: '0' } });
  const session = connectHttp2(`http://127.0.0.1:${mirror.port}`);
  await new Promise((resolve) => session.once('error', resolve));
  const raw = new RawClient(mirror.port);
  raw.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK/);
  await mirror.stop();
  server.close();
});
