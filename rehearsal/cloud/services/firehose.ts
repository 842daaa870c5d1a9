/**
 * Firehose: buffers records, passes batches to the transform, and stores the results. Delivery to S3 is a list in
 * memory.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';

/**
 * Limits for a record and for a call, before base64:
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
const MAX_RECORD = 1_000 * 1024;
const MAX_BATCH = 4 * 1024 * 1024;
const bytesOf = (data: string) => Buffer.byteLength(data, 'base64');

const streamName = z
  .string()
  .max(64)
  .regex(/^[\w.-]+$/);
const recordSchema = z.strictObject({
  Data: z.base64().refine((data) => bytesOf(data) <= MAX_RECORD, `more than ${MAX_RECORD} bytes`),
});
const putSchema = z.strictObject({ DeliveryStreamName: streamName, Record: recordSchema });
const batchSchema = z.strictObject({
  DeliveryStreamName: streamName,
  Records: z
    .array(recordSchema)
    .min(1)
    .max(500)
    .refine((records) => records.reduce((sum, r) => sum + bytesOf(r.Data), 0) <= MAX_BATCH, `over ${MAX_BATCH} bytes`),
});
const resultSchema = z.object({
  records: z.array(
    z.object({
      recordId: z.string(),
      result: z.enum(['Ok', 'Dropped', 'ProcessingFailed']),
      data: z.string().optional(),
    }),
  ),
});

export interface FirehoseOptions {
  readonly streamName: string;
  readonly streamArn: string;
  /** @default records are delivered unchanged */
  readonly transform?: (event: unknown) => Promise<unknown>;
  /** Simulated time, in milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * The simulated time so many real milliseconds ago: recorders run in real time, but a run counts the captures since
   * it began, in simulated time.
   * @default captures keep the time that they state
   */
  readonly simulatedBefore?: (realMs: number) => number;
}

const captureSchema = z.looseObject({ at: z.iso.datetime() });

/** A record at its simulated time, if it is a capture. */
function inSimulatedTime(data: string, simulatedBefore: (realMs: number) => number): string {
  const capture = captureIn(Buffer.from(data, 'base64').toString('utf8'));
  if (capture === null) return data;
  const at = new Date(simulatedBefore(Date.now() - Date.parse(capture.at))).toISOString();
  return Buffer.from(`${JSON.stringify({ ...capture, at })}\n`).toString('base64');
}

/** null for anything else. */
function captureIn(line: string): z.infer<typeof captureSchema> | null {
  try {
    return captureSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** A failing transform is called three more times with the same records; after that they count as failed. */
const ATTEMPTS = 4;

export class LocalFirehose {
  /** Lines that the transform passed. */
  readonly delivered: string[] = [];
  failed = 0;
  #buffer: string[] = [];
  readonly #options: FirehoseOptions;

  constructor(options: FirehoseOptions) {
    this.#options = options;
  }

  readonly operations: JsonOperations = {
    PutRecord: (input) => {
      const { DeliveryStreamName, Record } = parse(putSchema, input);
      return this.#accept(DeliveryStreamName, [Record.Data])[0];
    },
    PutRecordBatch: (input) => {
      const { DeliveryStreamName, Records } = parse(batchSchema, input);
      const data = Records.map((r) => r.Data);
      return { FailedPutCount: 0, RequestResponses: this.#accept(DeliveryStreamName, data) };
    },
  };

  /** Called after each buffer interval. */
  async flush(): Promise<void> {
    const taken = this.#buffer;
    this.#buffer = [];
    if (taken.length === 0) return;
    const { transform, streamArn, now } = this.#options;
    if (transform === undefined) {
      for (const data of taken) this.#deliver(data);
      return;
    }
    const approximateArrivalTimestamp = now();
    const records = taken.map((data) => ({ recordId: randomUUID(), data, approximateArrivalTimestamp }));
    const event = { invocationId: randomUUID(), deliveryStreamArn: streamArn, region: 'local-1', records };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const results = await this.#attempt(transform, event);
      if (results === null) continue;
      for (const { recordId } of records) this.#settle(results.find((r) => r.recordId === recordId));
      return;
    }
    this.failed += records.length;
  }

  /** null if the transform failed, or gave an invalid answer. */
  async #attempt(transform: (event: unknown) => Promise<unknown>, event: unknown) {
    try {
      return resultSchema.parse(await transform(event)).records;
    } catch {
      return null;
    }
  }

  /** A record that the transform did not return counts as failed. */
  #settle(result: z.infer<typeof resultSchema>['records'][number] | undefined): void {
    if (result?.result === 'Ok' && result.data !== undefined) this.#deliver(result.data);
    else if (result?.result !== 'Dropped') this.failed++;
  }

  #deliver(data: string): void {
    this.delivered.push(Buffer.from(data, 'base64').toString('utf8'));
  }

  #accept(streamName: string, data: readonly string[]): { RecordId: string }[] {
    if (streamName !== this.#options.streamName)
      throw new CloudError('ResourceNotFoundException', `Firehose ${streamName} not found`);
    const { simulatedBefore } = this.#options;
    this.#buffer.push(
      ...(simulatedBefore === undefined ? data : data.map((record) => inSimulatedTime(record, simulatedBefore))),
    );
    return data.map(() => ({ RecordId: randomUUID() }));
  }
}
