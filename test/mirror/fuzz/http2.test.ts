/**
 * Plays HTTP/2 as nobody should speak it through Envoy, as behind a target group that uses HTTP/2: frames of any type,
 * order and length. `CROSSFADE_FUZZ=<conversations>` plays more, `CROSSFADE_FUZZ_SEED` plays others. The embedded
 * mirror refuses HTTP/2 (grpc.test.ts).
 */
import { readdirSync } from 'node:fs';
import { connect as connectHttp2, createServer } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { END_HEADERS, END_STREAM, frame, PREFACE, TYPE } from '../http2-frames.ts';
import { PROXIES, portOf, startMirror } from '../mirror-process.ts';

const COUNT = Math.ceil(Number(process.env.CROSSFADE_FUZZ ?? 3_000) / 10);
const SEED = Number(process.env.CROSSFADE_FUZZ_SEED ?? 1);
const AT_ONCE = 20;
const STAY_MS = 20;
const LEAK_MS = 20_000;
/** Open files that belong to no client: log files, connections kept to the primary, the recorder's connections. */
const SLACK_FILES = 40;

/**
 * Returns the fields of a request, from HPACK's static table (RFC 7541, A): GET or POST, http, `/`, and an authority.
 */
const asking = (method: 0x82 | 0x83) => Buffer.from([method, 0x86, 0x84, 0x41, 0x01, 0x78]);

const GREETING = Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0, Buffer.alloc(0))]);
const stream = fc.oneof(fc.constantFrom(1, 3, 5, 7), fc.nat(9), fc.constant(0x7fff_ffff), fc.constant(0x8000_0001));
const bytes = (most: number) => fc.uint8Array({ maxLength: most });
const rightFrame = fc.oneof(
  fc
    .tuple(
      stream,
      fc.constantFrom(asking(0x82), asking(0x83)),
      fc.constantFrom(END_HEADERS, END_HEADERS | END_STREAM, 0),
    )
    .map(([id, block, flags]) => frame(TYPE.headers, flags, id, block)),
  fc.tuple(stream, bytes(200), fc.nat(1)).map(([id, data, flags]) => frame(TYPE.data, flags, id, data)),
  bytes(60).map((pairs) => frame(TYPE.settings, 0, 0, pairs.subarray(0, pairs.length - (pairs.length % 6)))),
  fc.tuple(stream, fc.integer({ min: 0, max: 0x7fff_ffff })).map(([id, more]) => {
    const increment = Buffer.alloc(4);
    increment.writeUInt32BE(more);
    return frame(TYPE.window, 0, id, increment);
  }),
  fc.constant(frame(TYPE.ping, 0, 0, Buffer.alloc(8))),
  fc.tuple(stream, bytes(40)).map(([id, rest]) => frame(TYPE.continuation, END_HEADERS, id, rest)),
);
const wrongFrame = fc
  .tuple(fc.nat(12), fc.nat(255), stream, bytes(100), fc.option(fc.nat(0xff_ffff), { nil: undefined }))
  .map(([type, flags, id, payload, length]) => frame(type, flags, id, payload, length));
const conversation = fc.record({
  begins: fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .constantFrom(asking(0x82), asking(0x83))
        .map((block) => Buffer.concat([GREETING, frame(TYPE.headers, END_HEADERS | END_STREAM, 1, block)])),
    },
    { weight: 2, arbitrary: fc.constant(GREETING) },
    { weight: 1, arbitrary: bytes(30).map((junk) => Buffer.concat([PREFACE, junk])) },
  ),
  frames: fc.array(fc.oneof({ weight: 3, arbitrary: rightFrame }, { weight: 1, arbitrary: wrongFrame }), {
    maxLength: 15,
  }),
  end: fc.constantFrom('end', 'destroy', 'reset'),
});

it.runIf(PROXIES.includes('envoy'))(
  'lives, serves on and lets go of connections, whatever frames come',
  { timeout: 3_600_000 },
  async () => {
    const asked: string[] = [];
    const primary = createServer((req, res) => {
      asked.push(`${req.method} ${req.url}`);
      req.resume();
      res.end('ok');
    });
    primary.on('sessionError', () => {});
    const port = await portOf(primary);
    const mirror = await startMirror('envoy', { stable: port, candidate: port, env: { MIRROR_DRAIN_DELAY_MS: '0' } });
    const files = () => readdirSync(`/proc/${mirror.proxyPid}/fd`).length;
    const bystander = connectHttp2(`http://127.0.0.1:${mirror.port}`);
    const served = () =>
      new Promise<number>((resolve, reject) => {
        const request = bystander.request({ ':path': '/' });
        request.once('response', (fields) => resolve(Number(fields[':status'])));
        request.once('error', reject);
        request.resume();
      });
    expect(await served()).toBe(200);
    const before = files();
    const drawn = fc.sample(conversation, { seed: SEED, numRuns: COUNT });
    const player = async () => {
      for (let next = drawn.pop(); next !== undefined; next = drawn.pop()) {
        const socket = connect(mirror.port, '127.0.0.1').on('error', () => {});
        const gone = new Promise((resolve) => socket.once('close', resolve));
        socket.resume();
        socket.write(Buffer.concat([next.begins, ...next.frames]));
        await Promise.race([gone, after(STAY_MS)]);
        if (next.end === 'end') socket.end();
        else if (next.end === 'reset') socket.resetAndDestroy();
        else socket.destroy();
        await Promise.race([gone, after(STAY_MS)]);
        socket.destroy();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, player));
    expect(await served()).toBe(200);
    expect(asked.length).toBeGreaterThan(COUNT / 10);
    expect(new Set(asked)).toEqual(new Set(['GET /', 'POST /']));
    for (const until = Date.now() + LEAK_MS; files() > before + SLACK_FILES && Date.now() < until; ) await after(100);
    expect(files()).toBeLessThanOrEqual(before + SLACK_FILES);
    bystander.destroy();
    await mirror.stop();
    primary.close();
  },
);
