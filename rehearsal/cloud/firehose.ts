/** Firehose: buffers, hands batches to the transform, keeps what it returns. Delivery to S3 is a list in memory. */
import * as z from 'zod';
import { type JsonOperations, parse } from './protocol.ts';

const putSchema = z.object({
  DeliveryStreamName: z.string(),
  Records: z
    .array(z.object({ Data: z.string() }))
    .min(1)
    .max(500),
});
const resultSchema = z.object({
  records: z.array(
    z.object({ recordId: z.string(), result: z.enum(['Ok', 'Dropped', 'ProcessingFailed']), data: z.string() }),
  ),
});

export class LocalFirehose {
  /** Lines that the transform let through. */
  readonly delivered: string[] = [];
  failed = 0;
  #buffer: string[] = [];
  #sequence = 0;
  readonly #transform: (event: unknown) => Promise<unknown>;

  constructor(transform: (event: unknown) => Promise<unknown>) {
    this.#transform = transform;
  }

  readonly operations: JsonOperations = {
    PutRecordBatch: (input) => {
      const { Records } = parse(putSchema, input);
      this.#buffer.push(...Records.map((r) => r.Data));
      return { FailedPutCount: 0, RequestResponses: Records.map(() => ({ RecordId: String(++this.#sequence) })) };
    },
  };

  /** What the buffer interval does. A failing transform is tried again with the same records next time. */
  async flush(): Promise<void> {
    if (this.#buffer.length === 0) return;
    const taken = this.#buffer;
    this.#buffer = [];
    const records = taken.map((data, i) => ({ recordId: `r${i}`, data, approximateArrivalTimestamp: 0 }));
    try {
      const { records: results } = resultSchema.parse(
        await this.#transform({ invocationId: 'local', deliveryStreamArn: 'local', region: 'local', records }),
      );
      for (const r of results) {
        if (r.result === 'Ok') this.delivered.push(Buffer.from(r.data, 'base64').toString('utf8'));
        else this.failed++;
      }
    } catch {
      this.#buffer = [...taken, ...this.#buffer];
    }
  }
}
