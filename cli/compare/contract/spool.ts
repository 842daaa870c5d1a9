/**
 * Stores captures until all have arrived, in a temporary file that nobody else can open, and that is deleted however
 * the run ends.
 */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type CaptureRecord, captureRecordSchema } from '../../../capture/format/index.ts';
import { cutAtLines, eachLine, LIMITS } from '../../../capture/index.ts';
import type { Position } from '../../../parity/tally/index.ts';
import { Lines } from './records-file.ts';

export interface SpooledCapture {
  readonly at: Position;
  readonly record: CaptureRecord;
}

const lineSchema = z.strictObject({
  at: z.strictObject({ source: z.int(), line: z.int() }),
  record: captureRecordSchema,
});

/** What was written is no longer than its source. */
const UNLIMITED = { ...LIMITS, longestLine: Number.POSITIVE_INFINITY };

export class Spool {
  readonly #handle: FileHandle;
  readonly #lines: Lines;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
    this.#lines = new Lines(handle);
  }

  static async open(): Promise<Spool> {
    const directory = await mkdtemp(join(tmpdir(), 'crossfade-contract-'));
    try {
      return new Spool(await open(join(directory, 'pairs.ndjson'), 'wx+', 0o600));
    } finally {
      // An open file needs no name, so even a killed process leaves nothing behind.
      await rm(directory, { recursive: true, force: true });
    }
  }

  add(pair: SpooledCapture): Promise<void> {
    return this.#lines.write(pair);
  }

  /** Passes on everything that was added, in order; memory is bounded by the longest capture. */
  async each(take: (pair: SpooledCapture) => void, signal: AbortSignal): Promise<void> {
    const bytes = this.#handle.createReadStream({ start: 0, autoClose: false, signal });
    for await (const piece of cutAtLines(bytes, UNLIMITED)) {
      if ('data' in piece)
        eachLine(
          piece,
          (text) => take(lineSchema.parse(JSON.parse(text))),
          (line, reason) => {
            throw new Error(`capture ${line} of the temporary file cannot be read: ${reason}`);
          },
          UNLIMITED,
        );
    }
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}
