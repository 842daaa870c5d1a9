import { FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LocalFirehose } from '../../../rehearsal/cloud/services/firehose.ts';
import { type Served, serve } from './support.ts';

const eventSchema = z.object({ records: z.array(z.object({ recordId: z.string(), data: z.string() })) });
type Result = { recordId: string; result: string; data: string };
const text = (data: string) => Buffer.from(data, 'base64').toString('utf8');
const base64 = (line: string) => Buffer.from(line).toString('base64');

let served: Served;
let client: FirehoseClient;
let calls: string[][];

async function start(answer: (record: { recordId: string; data: string }) => Result[], failing = 0) {
  calls = [];
  const stream = new LocalFirehose({
    streamName: 's',
    streamArn: 'arn:s',
    now: () => 0,
    transform: async (event) => {
      const { records } = eventSchema.parse(event);
      calls.push(records.map((r) => text(r.data)));
      if (calls.length <= failing) throw new Error('not now');
      return { records: records.flatMap(answer) };
    },
  });
  served = await serve({ json: { Firehose_20150804: { service: 'firehose', operations: stream.operations } } });
  client = new FirehoseClient(served.client);
  return stream;
}

const upper = ({ recordId, data }: { recordId: string; data: string }): Result[] => [
  { recordId, result: 'Ok', data: base64(text(data).toUpperCase()) },
];
const put = (...lines: string[]) =>
  client.send(
    new PutRecordBatchCommand({ DeliveryStreamName: 's', Records: lines.map((l) => ({ Data: Buffer.from(l) })) }),
  );

afterEach(async () => {
  client.destroy();
  await served.stop();
});

describe('a delivery stream', () => {
  it('delivers what its transform makes of each record, in order', async () => {
    const stream = await start(upper);
    expect(await put('a', 'b')).toMatchObject({ FailedPutCount: 0, RequestResponses: [{}, {}] });
    await client.send(new PutRecordCommand({ DeliveryStreamName: 's', Record: { Data: Buffer.from('c') } }));
    expect(stream.delivered).toEqual([]);
    await stream.flush();
    await stream.flush();
    expect(stream.delivered).toEqual(['A', 'B', 'C']);
    expect(calls).toHaveLength(1);
  });

  it('drops what it is told to drop, and counts what failed or was not answered', async () => {
    const stream = await start(({ recordId, data }) => {
      const line = text(data);
      if (line === 'lost') return [];
      return [{ recordId, result: line === 'keep' ? 'Ok' : line, data }];
    });
    await put('keep', 'Dropped', 'ProcessingFailed', 'lost');
    await stream.flush();
    expect(stream.delivered).toEqual(['keep']);
    expect(stream.failed).toBe(2);
  });

  it('calls a transform that fails three times more, with the same records', async () => {
    const stream = await start(upper, 3);
    await put('a');
    await stream.flush();
    expect(calls).toEqual([['a'], ['a'], ['a'], ['a']]);
    expect(stream.delivered).toEqual(['A']);
  });

  it('gives up after that', async () => {
    const stream = await start(upper, 4);
    await put('a', 'b');
    await stream.flush();
    expect(stream.failed).toBe(2);
    expect(stream.delivered).toEqual([]);
  });

  it('takes records of 1,000 KiB and calls of 4 MiB, and of a call beyond them nothing', async () => {
    const stream = await start(upper);
    const line = (kib: number) => 'a'.repeat(kib * 1024);
    await put(line(1_000), line(1_000), line(1_000), line(1_000), line(96));
    await stream.flush();
    expect(stream.delivered).toHaveLength(5);
    await expect(put('b', `${line(1_000)}a`)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(line(1_000), line(1_000), line(1_000), line(1_000), line(97))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await stream.flush();
    expect(stream.delivered).toHaveLength(5);
  });

  it('is refused by a name that it does not have', async () => {
    await start(upper);
    const Record = { Data: Buffer.from('a') };
    await expect(client.send(new PutRecordCommand({ DeliveryStreamName: 'other', Record }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('a recorder in real time', () => {
  it('has its captures counted at the simulated time, and anything else passed on as it is', async () => {
    const stream = new LocalFirehose({
      streamName: 's',
      streamArn: 'arn:s',
      now: () => 0,
      simulatedBefore: () => 60_000,
    });
    served = await serve({ json: { Firehose_20150804: { service: 'firehose', operations: stream.operations } } });
    client = new FirehoseClient(served.client);
    await put('{"at":"1970-01-01T00:00:06.000Z","v":2}\n', 'not JSON\n', '{"at":7}\n');
    await stream.flush();
    expect(stream.delivered).toEqual(['{"at":"1970-01-01T00:01:00.000Z","v":2}\n', 'not JSON\n', '{"at":7}\n']);
  });
});
