/**
 * Every folder of every test file goes below one of the run's own, which goes with the run: also those of files that failed, whose
 * tests were all skipped, and of a run that is ended.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function setup(): void {
  // Each project of a run is set up.
  if (process.env.CROSSFADE_TESTS_TMPDIR !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'crossfade-tests-'));
  process.env.CROSSFADE_TESTS_TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  // A signal that nobody hears ends a process without its `exit`.
  process.once('SIGTERM', () => process.exit(143));
}
