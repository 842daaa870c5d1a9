/** Where captured pairs go: a bounded queue, emptied in batches. A full queue or a failing sink drops and counts, never waits. */
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { CaptureRecord } from '../parity/record.ts';
import type { Counters } from './counters.ts';

const QUEUE_LIMIT = 2_000;
/** PutRecordBatch takes 500 records and 4 MiB. */
const BATCH_RECORDS = 200;
const BATCH_BYTES = 3_500_000;

export interface Sink {
  enqueue(record: CaptureRecord): void;
  /** Sends what is queued, once; rejects never. */
  flush(): Promise<void>;
}

export const nullSink: Sink = { enqueue: () => {}, flush: async () => {} };

export function firehoseSink(client: Pick<FirehoseClient, 'send'>, stream: string, counters: Counters): Sink {
  let queue: Buffer[] = [];
  return {
    enqueue(record) {
      if (queue.length >= QUEUE_LIMIT) counters.drop('queue');
      else queue.push(Buffer.from(`${JSON.stringify(record)}\n`));
    },
    async flush() {
      while (queue.length > 0) {
        const batch = takeBatch(queue);
        queue = queue.slice(batch.length);
        try {
          const command = new PutRecordBatchCommand({
            DeliveryStreamName: stream,
            Records: batch.map((Data) => ({ Data })),
          });
          const { FailedPutCount = 0 } = await client.send(command);
          counters.captured += batch.length - FailedPutCount;
          if (FailedPutCount > 0) counters.drop('sink', FailedPutCount);
        } catch {
          counters.drop('sink', batch.length);
          return;
        }
      }
    },
  };
}

function takeBatch(queue: readonly Buffer[]): Buffer[] {
  const batch: Buffer[] = [];
  let bytes = 0;
  for (const record of queue) {
    if (batch.length === BATCH_RECORDS || (batch.length > 0 && bytes + record.length > BATCH_BYTES)) break;
    batch.push(record);
    bytes += record.length;
  }
  return batch;
}

export function firehoseClient(): FirehoseClient {
  return new FirehoseClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } });
}
