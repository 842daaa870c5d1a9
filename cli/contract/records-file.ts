/** Captured pairs as NDJSON, one a line, for `crossfade diff` or a look by hand. */
import { open } from 'node:fs/promises';
import type { CaptureRecord } from '../../parity/record.ts';

export interface RecordsFile {
  write(record: CaptureRecord): Promise<void>;
  close(): Promise<void>;
}

/** Without a file nothing is kept. */
export async function openRecords(file: string | undefined): Promise<RecordsFile> {
  if (file === undefined) return { write: async () => {}, close: async () => {} };
  const handle = await open(file, 'w', 0o600);
  let last = Promise.resolve();
  return {
    write(record) {
      last = last.then(async () => void (await handle.appendFile(`${JSON.stringify(record)}\n`)));
      return last;
    },
    async close() {
      await last.catch(() => {});
      await handle.close();
    },
  };
}
