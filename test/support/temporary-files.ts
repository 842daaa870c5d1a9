/**
 * Puts all folders of all test files into one folder per test run, which is removed with the run. This covers files
 * that failed, files whose tests were all skipped, and a run that is interrupted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function setup(): void {
  // Vitest calls this once for each project of a run.
  if (process.env.CROSSFADE_TESTS_TMPDIR !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'crossfade-tests-'));
  process.env.CROSSFADE_TESTS_TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  // A signal without a handler ends the process without an `exit` event.
  process.once('SIGTERM', () => process.exit(143));
}
