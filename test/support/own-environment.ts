/**
 * For every test file: what it sets in the environment, and its temporary files and those of what it starts, go with it. Properties
 * are tried from one seed, so that a change fails for its own sake; `CROSSFADE_SEED=$RANDOM` tries others.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll } from 'vitest';

fc.configureGlobal({ seed: Number(process.env.CROSSFADE_SEED ?? 20_261_126) });

const before = { ...process.env };
// Below the run's folder, which temporary-files.ts removes: a file whose tests are all skipped comes to no `afterAll`.
const folder = mkdtempSync(join(process.env.CROSSFADE_TESTS_TMPDIR ?? tmpdir(), 'file-'));
process.env.TMPDIR = folder;

afterAll(() => {
  for (const name of Object.keys(process.env)) if (before[name] === undefined) delete process.env[name];
  Object.assign(process.env, before);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
