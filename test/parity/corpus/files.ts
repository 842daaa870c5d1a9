import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where what the corpus makes is kept: the folder below it, and the Go services. */
export const MADE = join(import.meta.dirname, '..', '..', '..', '.crossfade');
export const FILE_DATE = new Date('2026-11-24T08:00:00Z');

/** Creates a folder with one file, with the same modification time on every machine. */
export function writeFiles(): string {
  const folder = join(MADE, 'corpus-files');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'one.txt'), 'one\n');
  for (const path of [join(folder, 'one.txt'), folder]) utimesSync(path, FILE_DATE, FILE_DATE);
  return folder;
}
