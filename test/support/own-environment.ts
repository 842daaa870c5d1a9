/**
 * Setup for every test file: restores the environment and removes the temporary files of the test file and of its child
 * processes when it ends. Property tests use a fixed seed, so that only a change of the code can make them fail;
 * `CROSSFADE_SEED=$RANDOM` tries another.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll } from 'vitest';

fc.configureGlobal({ seed: Number(process.env.CROSSFADE_SEED ?? 20_261_126) });

const before = { ...process.env };
// The folder is inside the run's folder, which temporary-files.ts removes: `afterAll` does not run in a file whose
// tests are all skipped.
const folder = mkdtempSync(join(process.env.CROSSFADE_TESTS_TMPDIR ?? tmpdir(), 'file-'));
process.env.TMPDIR = folder;

afterAll(() => {
  for (const name of Object.keys(process.env)) if (before[name] === undefined) delete process.env[name];
  Object.assign(process.env, before);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
