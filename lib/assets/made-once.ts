/** Bundling takes most of a synthesis, so a finished folder is reused while its sources are unchanged. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from './home.ts';

/** These stand for all packages, and for the way in which this room makes bundles. */
const always = () => [
  'package-lock.json',
  ...readdirSync(join(HOME, 'lib', 'assets')).map((file) => join('lib', 'assets', file)),
];

/**
 * Makes the folder, unless it was made from the same files before.
 * @param make returns the files that it read, relative to this repository's root
 * @throws what `make` throws; the folder then does not count as made
 */
export function madeOnce(folder: string, make: (folder: string) => readonly string[]): void {
  // Next to the folder, because everything in it is deployed.
  const record = `${folder}.made-of.json`;
  if (existsSync(folder) && isCurrent(record)) return;
  rmSync(record, { force: true });
  const ours = make(folder).filter((file) => !file.includes('node_modules'));
  const files = [...new Set([...always(), ...ours])].sort();
  writeFileSync(record, JSON.stringify(Object.fromEntries(files.map((file) => [file, digestOf(file)])), null, 1));
}

function isCurrent(record: string): boolean {
  if (!existsSync(record)) return false;
  try {
    const made: unknown = JSON.parse(readFileSync(record, 'utf8'));
    return (
      typeof made === 'object' &&
      made !== null &&
      Object.entries(made).every(([file, digest]) => existsSync(join(HOME, file)) && digestOf(file) === digest)
    );
  } catch {
    // Another process may be writing it.
    return false;
  }
}

function digestOf(file: string): string {
  return createHash('sha256')
    .update(readFileSync(join(HOME, file)))
    .digest('hex');
}
