/**
 * The reference application's assembly, synthesised once for all tests that read it, and again when a source has
 * changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { glob, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Assembly, loadAssembly } from '../../rehearsal/cloud/template/assembly.ts';
import { synthesiseInto } from '../../rehearsal/scenario/synth.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const KEPT = join(ROOT, '.crossfade', 'test-assemblies');
/** The files that a synthesis reads: constructs, handlers, the mirror, and what these import. */
const SOURCES = [
  '{bin,lib,lambdas,mirror,core,http,json,capture,input,parity}/**/*.{ts,json}',
  'mirror/**/Dockerfile',
  'cdk.json',
  'package-lock.json',
];
/** Age at which the lock of a synthesis is taken for abandoned, in milliseconds. */
const LOCK_EXPIRES_MS = 120_000;
const KEPT_MS = 3_600_000;

/** Returns an assembly that must not be written to, because other tests read it at the same time. */
export async function sharedAssembly(): Promise<Assembly> {
  const folder = join(KEPT, await keyOfSources());
  await mkdir(KEPT, { recursive: true });
  while (!existsSync(folder)) await alone(`${folder}.lock`, () => synthesiseOnce(folder));
  return loadAssembly(folder);
}

async function keyOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const files: string[] = [];
  for await (const file of glob(SOURCES, { cwd: ROOT })) files.push(file);
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

async function synthesiseOnce(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  for (const old of await readdir(KEPT)) await removeIfOld(join(KEPT, old));
  const unfinished = `${folder}.unfinished`;
  await synthesiseInto(unfinished);
  await rename(unfinished, folder);
}

/** Removes the folder only if it is old: another run may still read an assembly of other sources. */
async function removeIfOld(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > KEPT_MS) await rm(folder, { recursive: true, force: true });
}

/** Runs `work` unless another process holds the lock; in that case it only waits a moment. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  try {
    await mkdir(lock);
  } catch {
    const held = await stat(lock).catch(() => null);
    if (held !== null && Date.now() - held.mtimeMs > LOCK_EXPIRES_MS) await rm(lock, { recursive: true, force: true });
    await delay(100);
    return;
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}
