import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { PutRecordBatchCommand, PutRecordBatchCommandOutput } from '@aws-sdk/client-firehose';
import { afterEach, describe, expect, it } from 'vitest';
import { type RawCapture, sizeOf } from '../../capture/raw-capture.ts';
import { Counters } from '../../mirror/recorder/counters.ts';
import { type CaptureSettings, ThreadCapture } from '../../mirror/recorder/delivery.ts';
import { firehoseSink, ndjsonSink } from '../../mirror/recorder/sink.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const folder = mkdtempSync(join(tmpdir(), 'mirror-capture-'));
afterEach(() => {
  rmSync(join(folder, 'pairs.ndjson'), { force: true });
});

const settings = (sink: CaptureSettings['sink']): CaptureSettings => ({
  flushMs: 10,
  sink,
  rules: {
    ingress: 'g',
    routes: [],
    redaction: { key: 'a-key-of-sixteen-bytes', fields: [], parameters: [], pointers: [] },
  },
});
const pair = (requestId: string, size = 10): RawCapture => {
  const body = { data: new Uint8Array(size).fill(120), bytes: size, truncated: false };
  const answer = { outcome: 'response', status: 200, headers: [], firstByteMs: 1, totalMs: 2 } as const;
  return {
    at: 0,
    requestId,
    method: 'GET',
    target: '/',
    headers: [],
    primary: 'stable',
    stable: { ...answer, body },
    candidate: { ...answer, body: { ...body, data: new Uint8Array(size).fill(121) } },
  };
};

describe('the capture’s thread', () => {
  it('writes what it is handed as lines, in order, and counts them', async () => {
    const path = join(folder, 'pairs.ndjson');
    const counters = new Counters();
    const capture = new ThreadCapture(settings({ kind: 'ndjson', path }), counters);
    for (let i = 0; i < 500; i++) capture.offer(pair(`r${i}`));
    await capture.close(10_000);
    const ids = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).requestId);
    expect(ids).toEqual(Array.from({ length: 500 }, (_, i) => `r${i}`));
    expect([counters.captured, counters.dropped.size]).toEqual([500, 0]);
  });

  it('is bounded by bytes: what comes faster than it goes is dropped and counted', async () => {
    const counters = new Counters();
    const capture = new ThreadCapture(settings({ kind: 'none' }), counters);
    const large = pair('r', 500_000);
    // No batch can settle within this turn of the event loop.
    for (let i = 0; i < 200; i++) capture.offer(structuredClone(large));
    const room = Math.floor((64 * 1024 * 1024) / sizeOf(large));
    expect(room).toBeLessThan(200);
    expect(counters.dropped.get('queue')).toBe(200 - room);
    await capture.close(0);
    expect(counters.captured + (counters.dropped.get('sink') ?? 0)).toBe(room);
  });

  it('gives bodies back as soon as they are lines, whatever the collector does', async () => {
    const counters = new Counters();
    const capture = new ThreadCapture(settings({ kind: 'none' }), counters);
    const held = () => process.memoryUsage().arrayBuffers / 1_000_000;
    const freed = () => {
      const was = held();
      collectGarbage();
      return was - held();
    };
    // Earlier tests' buffers, collected in between, would hide these. V8 frees them beside the program, and some only in
    // the collection after the one that found them.
    await expect.poll(() => Math.abs(freed()) + Math.abs(freed())).toBeLessThan(0.1);
    const before = held();
    for (let i = 0; i < 10; i++) capture.offer(pair(`r${i}`, 250_000));
    expect(held() - before).toBeGreaterThan(4);
    await expect.poll(() => counters.captured).toBe(10);
    expect(held() - before).toBeLessThan(1);
    await capture.close(0);
  });

  it('counts fields as well as bodies: ten thousand of them are no small capture', () => {
    const fields = Array.from({ length: 10_000 }, (_, i) => [`x-${i}`, 'v'.repeat(100)]).flat();
    expect(sizeOf({ ...pair('r'), headers: fields })).toBeGreaterThan(10_000 * 100);
  });

  it('counts as lost what a sink that is down did not take', async () => {
    const counters = new Counters();
    const capture = new ThreadCapture(
      settings({ kind: 'ndjson', path: join(folder, 'no', 'such', 'folder') }),
      counters,
    );
    for (let i = 0; i < 10; i++) capture.offer(pair(`r${i}`));
    await capture.close(10_000);
    expect([counters.captured, counters.dropped.get('sink')]).toEqual([0, 10]);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});

describe('Firehose', () => {
  /** Returns a client that answers each call with `answer`, and the sizes of the batches that it received. */
  function firehose(answer: (records: number, call: number) => Partial<PutRecordBatchCommandOutput> | Error) {
    const batches: number[] = [];
    const client = {
      send: async (command: PutRecordBatchCommand) => {
        const records = command.input.Records ?? [];
        batches.push(records.length);
        const result = answer(records.length, batches.length);
        if (result instanceof Error) throw result;
        return { $metadata: {}, FailedPutCount: 0, RequestResponses: [], ...result };
      },
    };
    return { sink: firehoseSink(client as Parameters<typeof firehoseSink>[0], 's'), batches };
  }
  const lines = (count: number, size = 10) => Array.from({ length: count }, () => Buffer.alloc(size));

  it('gets batches within its limits of 500 records and 4 MiB', async () => {
    const { sink, batches } = firehose(() => ({}));
    expect(await sink.send(lines(1_201))).toBe(1_201);
    expect(await sink.send(lines(10, 1_000_000))).toBe(10);
    expect(batches).toEqual([500, 500, 201, 4, 4, 2]);
  });

  it('gets again only those records that it refused', async () => {
    const { sink, batches } = firehose((records, call) =>
      call === 1
        ? {
            FailedPutCount: 3,
            RequestResponses: Array.from({ length: records }, (_, i) =>
              i < 3 ? { ErrorCode: 'ServiceUnavailableException' } : { RecordId: 'x' },
            ),
          }
        : {},
    );
    expect(await sink.send(lines(10))).toBe(10);
    expect(batches).toEqual([10, 3]);
  });

  it('has taken only what it gave an id', async () => {
    const refused = { FailedPutCount: 2, RequestResponses: [{ RecordId: 'a' }] };
    const { sink, batches } = firehose((_records, call) => (call === 1 ? refused : {}));
    expect(await sink.send(lines(3))).toBe(3);
    expect(batches).toEqual([3, 2]);
  });

  it('is given up after some attempts; the loss is counted, nothing is thrown', async () => {
    const { sink, batches } = firehose(() => new Error('down'));
    expect(await sink.send(lines(5))).toBe(0);
    expect(batches).toEqual([5, 5, 5, 5]);
  });
});

describe('a file that takes captures', () => {
  const file = join(folder, 'sink.ndjson');
  afterEach(() => rmSync(file, { force: true, recursive: true }));
  const line = (text: string) => Buffer.from(`${text}\n`);

  it('takes them again after it has failed', async () => {
    mkdirSync(file);
    const sink = ndjsonSink(file);
    expect(await sink.send([line('lost'), line('too')])).toBe(0);
    rmSync(file, { recursive: true });
    expect(await sink.send([line('a'), line('b')])).toBe(2);
    expect(await sink.send([line('c')])).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('a\nb\nc\n');
  });

  it('begins on a line of its own behind what a killed recorder left', async () => {
    writeFileSync(file, 'whole\nhal');
    expect(await ndjsonSink(file).send([line('a')])).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('whole\nhal\na\n');
  });
});
