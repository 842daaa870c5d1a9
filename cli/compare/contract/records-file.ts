/** Captures as NDJSON, for `crossfade diff` or for inspection. */
import { type FileHandle, open } from 'node:fs/promises';
import type { CaptureRecord } from '../../../capture/format/index.ts';

export interface RecordsFile {
  write(record: CaptureRecord): Promise<void>;
  close(): Promise<void>;
}

/** Without a file nothing is written. */
export async function openRecords(file: string | undefined): Promise<RecordsFile> {
  if (file === undefined) return { write: async () => {}, close: async () => {} };
  const lines = new Lines(await open(file, 'w', 0o600));
  return { write: (record) => lines.write(record), close: () => lines.close() };
}

/** Writes JSON lines one after another, whatever the order of the callers. */
export class Lines {
  readonly #handle: FileHandle;
  #last = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  write(value: unknown): Promise<void> {
    this.#last = this.#last.then(() => this.#handle.appendFile(`${JSON.stringify(value)}\n`));
    return this.#last;
  }

  async close(): Promise<void> {
    await this.#last.catch(() => {});
    await this.#handle.close();
  }
}
