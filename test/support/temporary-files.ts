/** Every folder of every test file goes below one of the run's own, which goes with it: also those of files that failed, or whose tests were all skipped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function setup(): (() => void) | undefined {
  // Each project of a run is set up.
  if (process.env.CROSSFADE_TESTS_TMPDIR !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'crossfade-tests-'));
  process.env.CROSSFADE_TESTS_TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
