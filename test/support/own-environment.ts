/** For every test file: what it sets in the environment, and its temporary files and those of what it starts, go with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

// A file whose tests are all skipped puts nothing back, and leaves its folder to the next of the worker.
process.env.CROSSFADE_TESTS_TMPDIR ??= tmpdir();
const before = { ...process.env };
const folder = mkdtempSync(join(process.env.CROSSFADE_TESTS_TMPDIR, 'crossfade-tests-'));
process.env.TMPDIR = folder;

afterAll(() => {
  for (const name of Object.keys(process.env)) if (before[name] === undefined) delete process.env[name];
  Object.assign(process.env, before);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
