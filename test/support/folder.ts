/** A temporary folder for the files of one test file, gone when that ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export interface Folder {
  readonly path: string;
  /** Writes a file, under a name of its own where none is given, and answers its path. */
  file(content: string | Buffer, name?: string): Promise<string>;
}

/** To be called where hooks may be. The path is there once the tests run. */
export function temporaryFolder(): Folder {
  let path = '';
  let files = 0;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  });
  afterAll(() => rm(path, { recursive: true }));
  return {
    get path() {
      return path;
    },
    async file(content, name = `${++files}.ndjson`) {
      const written = join(path, name);
      await writeFile(written, content);
      return written;
    },
  };
}
