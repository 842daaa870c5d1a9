/**
 * Where captures go. A sink is called from the capture thread, one batch at a time. What it rejects is lost and
 * counted.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';

export type SinkConfig =
  | { readonly kind: 'firehose'; readonly stream: string }
  /** `-` is standard output. */
  | { readonly kind: 'ndjson'; readonly path: string }
  | { readonly kind: 'none' };

export interface Sink {
  /** Returns how many of the lines were delivered. Never rejects. */
  send(lines: readonly Buffer[]): Promise<number>;
}

/**
 * PutRecordBatch takes 500 records and 4 MiB
 * (https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html).
 */
const BATCH_RECORDS = 500;
const BATCH_BYTES = 4 * 1024 * 1024;
const ATTEMPTS = 4;
const BACKOFF_MS = 100;

export function sinkOf(config: SinkConfig): Sink {
  switch (config.kind) {
    case 'firehose':
      return firehoseSink(firehoseClient(), config.stream);
    case 'ndjson':
      return ndjsonSink(config.path);
    case 'none':
      return { send: async ({ length }) => length };
  }
}

export function firehoseSink(client: Pick<FirehoseClient, 'send'>, stream: string): Sink {
  return {
    async send(lines) {
      let delivered = 0;
      for (const batch of batches(lines)) delivered += await putBatch(client, stream, batch);
      return delivered;
    },
  };
}

/**
 * Firehose rejects records individually, and only those are sent again. Stops after some attempts, at randomised
 * intervals.
 */
async function putBatch(
  client: Pick<FirehoseClient, 'send'>,
  stream: string,
  batch: readonly Buffer[],
): Promise<number> {
  let left = batch;
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    if (attempt > 0) await after(Math.random() * BACKOFF_MS * 2 ** attempt);
    try {
      const Records = left.map((Data) => ({ Data }));
      const { RequestResponses = [], FailedPutCount = 0 } = await client.send(
        new PutRecordBatchCommand({ DeliveryStreamName: stream, Records }),
      );
      // Only records with an id were taken.
      left = FailedPutCount === 0 ? [] : left.filter((_line, i) => RequestResponses[i]?.RecordId === undefined);
    } catch {
      // The client throws after its own time limits. The outcome of the batch is then unknown, so it may arrive twice.
    }
  }
  return batch.length - left.length;
}

function* batches(lines: readonly Buffer[]): Generator<readonly Buffer[]> {
  let from = 0;
  let bytes = 0;
  for (const [i, line] of lines.entries()) {
    if (i > from && (i - from === BATCH_RECORDS || bytes + line.length > BATCH_BYTES)) {
      yield lines.slice(from, i);
      [from, bytes] = [i, 0];
    }
    bytes += line.length;
  }
  if (from < lines.length) yield lines.slice(from);
}

/** Appends to a file. What could not be written is lost and counted; the next batch tries again. */
export function ndjsonSink(path: string): Sink {
  if (path === '-') return standardOutput();
  let file: FileHandle | undefined;
  return {
    async send(lines) {
      let written = 0;
      try {
        file ??= await openAtLine(path);
        const data = Buffer.concat(lines);
        while (written < data.length) written += (await file.write(data, written)).bytesWritten;
      } catch {
        await file?.close().catch(() => {});
        file = undefined;
      }
      return linesWithin(lines, written);
    },
  };
}

/** Half a line that a full disk or a killed recorder left behind must not swallow the first line that follows it. */
async function openAtLine(path: string): Promise<FileHandle> {
  const file = await open(path, 'a');
  try {
    if ((await file.stat()).isFile() && !(await endsALine(path))) await file.write('\n');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function endsALine(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const last = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    return last.bytesRead === 0 || last.buffer[0] === 0x0a;
  } finally {
    await file.close();
  }
}

function linesWithin(lines: readonly Buffer[], bytes: number): number {
  let end = 0;
  const first = lines.findIndex(({ length }) => {
    end += length;
    return end > bytes;
  });
  return first < 0 ? lines.length : first;
}

function standardOutput(): Sink {
  return {
    send: (lines) =>
      new Promise((resolve) => {
        process.stdout.write(Buffer.concat(lines), (error) => resolve(error ? 0 : lines.length));
      }),
  };
}

function firehoseClient(): FirehoseClient {
  // The client's own retries are off, because rejected records and a rejected batch are handled differently above.
  return new FirehoseClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
}
