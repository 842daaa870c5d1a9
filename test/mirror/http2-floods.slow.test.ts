/**
 * Floods and broken frames of HTTP/2 against Envoy, as it is deployed, with every request recorded: another connection is
 * served meanwhile, nothing stays open behind them, nothing of them is taken for a whole request, and every request is
 * counted.
 */
import { type ClientHttp2Session, connect as connectHttp2, createServer, type ServerHttp2Stream } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { END_HEADERS, END_STREAM, type Fields, frame, literals, PREFACE, TYPE } from './http2-frames.ts';
import { type MirrorProcess, PROXIES, portOf, startMirror } from './mirror-process.ts';

const NOTHING = Buffer.alloc(0);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const setting = (id: number, value: number) => Buffer.concat([Buffer.from([0, id]), u32(value)]);
const settings = (...all: Buffer[]) => frame(TYPE.settings, 0, 0, Buffer.concat(all));
const head = (path: string, method = 'GET'): Fields => [
  [':method', method],
  [':scheme', 'http'],
  [':path', path],
  [':authority', 'x'],
];
const asks = (stream: number, path = '/flood') =>
  frame(TYPE.headers, END_HEADERS | END_STREAM, stream, literals(head(path)));
/** Begins a request whose body does not come. */
const begins = (stream: number, path = '/flood') =>
  frame(TYPE.headers, END_HEADERS, stream, literals(head(path, 'POST')));
const times = (count: number, one: (stream: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => one(i * 2 + 1)));

const FLOODS: readonly (readonly [string, () => readonly Buffer[]])[] = [
  ['rapid reset', () => [times(5_000, (n) => Buffer.concat([asks(n), frame(TYPE.reset, 0, n, u32(8))]))]],
  [
    'updates of a window by nothing',
    () => [times(3_000, (n) => Buffer.concat([asks(n), frame(TYPE.window, 0, n, u32(0))]))],
  ],
  [
    'data behind the end',
    () => [times(3_000, (n) => Buffer.concat([asks(n), frame(TYPE.data, 0, n, Buffer.from('x'))]))],
  ],
  [
    'continuations',
    () => [
      frame(TYPE.headers, 0, 1, literals(head('/flood'))),
      times(3_000, () => frame(TYPE.continuation, 0, 1, literals([['x-a', 'b'.repeat(1_000)]]))),
    ],
  ],
  [
    'empty continuations',
    () => [
      frame(TYPE.headers, 0, 1, literals(head('/flood'))),
      times(100_000, () => frame(TYPE.continuation, 0, 1, NOTHING)),
    ],
  ],
  ['settings', () => [times(50_000, () => settings(setting(3, 100)))]],
  ['pings', () => [times(100_000, () => frame(TYPE.ping, 0, 0, Buffer.alloc(8)))]],
  ['empty data', () => [begins(1), times(50_000, () => frame(TYPE.data, 0, 1, NOTHING))]],
  ['priorities', () => [begins(1), times(50_000, (n) => frame(2, 0, n, Buffer.from([0, 0, 0, 0, 1])))]],
  ['updates of a window by one', () => [begins(1), times(50_000, () => frame(TYPE.window, 0, 1, u32(1)))]],
  ['a window beyond its limit', () => [times(2, () => frame(TYPE.window, 0, 0, u32(0x7fffffff)))]],
  ['frames of an unknown type', () => [times(50_000, () => frame(0xbe, 0, 0, Buffer.from('x')))]],
  [
    'a table of 4 GB',
    () => [
      settings(setting(1, 0xffffffff)),
      frame(
        TYPE.headers,
        END_HEADERS | END_STREAM,
        1,
        Buffer.concat([Buffer.from([0x3f, 0xe1, 0xff, 0xff, 0xff, 0x0f]), literals(head('/flood'))]),
      ),
    ],
  ],
  ['a frame that is too long', () => [begins(1), frame(TYPE.data, 0, 1, Buffer.alloc(20_000))]],
  ['padding longer than its frame', () => [begins(1), frame(TYPE.data, 8, 1, Buffer.from([200, 1, 2]))]],
  ['a stream of an even number', () => [asks(2)]],
  ['a stream that was passed over', () => [asks(3), asks(1, '/evil')]],
  ['fields within fields', () => [frame(TYPE.headers, 0, 1, literals(head('/evil'))), asks(3, '/evil')]],
  [
    'trailers that do not end',
    () => [begins(1, '/evil'), frame(TYPE.headers, END_HEADERS, 1, literals([['x-t', '1']]))],
  ],
  [
    'a trailer that is a path',
    () => [begins(1, '/evil'), frame(TYPE.headers, END_HEADERS | END_STREAM, 1, literals([[':path', '/x']]))],
  ],
  ['a push', () => [asks(1), frame(5, END_HEADERS, 1, Buffer.concat([u32(2), literals(head('/evil'))]))]],
  ['ten thousand requests that do not end', () => [times(10_000, (n) => begins(n, '/hang'))]],
  ['a window of nothing for a hundred answers', () => [settings(setting(4, 0)), times(100, (n) => asks(n, '/large'))]],
  ['a setting beyond its limit', () => [settings(setting(4, 0xffffffff))]],
  ['settings of a stream', () => [frame(TYPE.settings, 0, 1, setting(3, 1))]],
  ['a ping of seven bytes', () => [frame(TYPE.ping, 0, 0, Buffer.alloc(7))]],
];

describe.runIf(PROXIES.includes('envoy'))('HTTP/2 by Envoy', () => {
  /** Whole requests, by path. */
  const whole = new Map<string, number>();
  const open = new Set<ServerHttp2Stream>();
  const primary = createServer();
  primary.on('sessionError', () => {});
  primary.on('stream', (stream, fields) => {
    const path = String(fields[':path']);
    open.add(stream);
    stream.once('close', () => open.delete(stream));
    stream.on('error', () => {});
    stream.resume();
    stream.once('end', () => {
      if (!stream.aborted) whole.set(path, (whole.get(path) ?? 0) + 1);
      if (!stream.destroyed) stream.respond({ ':status': 200 });
      stream.end(path === '/large' ? 'x'.repeat(100_000) : 'ok');
    });
  });
  let mirror: MirrorProcess;
  let bystander: ClientHttp2Session;
  beforeAll(async () => {
    const port = await portOf(primary);
    mirror = await startMirror('envoy', { stable: port, candidate: port, env: { MIRROR_DRAIN_MS: '60000' } });
    bystander = connectHttp2(`http://127.0.0.1:${mirror.port}`);
  });
  afterAll(async () => {
    bystander.destroy();
    await mirror.stop();
    primary.close();
  });
  const witness = () =>
    new Promise<string>((resolve) => {
      const stream = bystander.request({ ':path': '/witness', ':authority': 'x' });
      let body = '';
      stream.on('data', (chunk) => {
        body += chunk;
      });
      stream.once('error', (error) => resolve(String(error)));
      stream.once('close', () => resolve(body));
    });

  it.each(FLOODS)('serves others during and after %s', async (_name, frames) => {
    const socket = connect(mirror.port, '127.0.0.1');
    socket.on('error', () => {});
    let answered = 0;
    socket.on('data', ({ length }) => {
      answered += length;
    });
    socket.write(Buffer.concat([PREFACE, settings(), ...frames()]));
    for (let before = -1; before < answered && !socket.destroyed; await after(200)) {
      before = answered;
      expect(await witness()).toBe('ok');
    }
    socket.destroy();
    await expect.poll(() => open.size, { timeout: 20_000 }).toBe(0);
    expect(whole.get('/evil')).toBeUndefined();
    expect(await witness()).toBe('ok');
  });

  it('counts every request of them once', async () => {
    bystander.destroy();
    await mirror.stop();
    const told = mirror.metrics();
    const { MirrorRequests: requests = 0, MirrorCaptured: captured = 0 } = told;
    const dropped = Object.entries(told).filter(([name]) => /^[a-z]/.test(name));
    expect([dropped.reduce((sum, [, count]) => sum + count, captured), told]).toEqual([requests, told]);
    expect(requests).toBeGreaterThan(1_000);
  });
});
