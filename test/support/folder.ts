/** Creates a temporary folder for the files of one test file, and removes it after the tests of that file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export interface Folder {
  readonly path: string;
  /** Writes a file and returns its path. A file without a given name gets a unique one. */
  file(content: string | Buffer, name?: string): Promise<string>;
}

/** Must be called where hooks are allowed. The path is set once the tests run. */
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
