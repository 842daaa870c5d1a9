/** Size and start-up time of each Lambda bundle: a fresh process imports it; the reference is an empty handler, in turns. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { HANDLERS, handlerCode } from '../../lib/handlers.ts';

const ROUNDS = 7;
const BUNDLES = join(import.meta.dirname, '..', '..', '.crossfade', 'bundles');

export async function run(): Promise<void> {
  handlerCode(HANDLERS[0]);
  const dir = mkdtempSync(join(tmpdir(), 'crossfade-bench-'));
  const empty = join(dir, 'index.mjs');
  writeFileSync(empty, 'export const handler = async () => {};\n');
  const files = new Map<string, string>([
    ['(empty handler)', empty],
    ...HANDLERS.map((name): [string, string] => [name, join(BUNDLES, name, 'index.mjs')]),
  ]);
  const times = new Map<string, number[]>([...files.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) for (const [name, file] of files) times.get(name)?.push(importMs(file));
  const reference = median(times.get('(empty handler)') ?? []);
  console.log('bundle              kB   gzip kB   import ms   × empty');
  for (const [name, file] of files) {
    const bytes = readFileSync(file);
    const ms = median(times.get(name) ?? []);
    console.log(
      `${name.padEnd(18)} ${kb(bytes.length)} ${kb(gzipSync(bytes).length).padStart(9)} ${ms.toFixed(1).padStart(11)} ${(ms / reference).toFixed(1).padStart(9)}`,
    );
  }
  rmSync(dir, { recursive: true });
}

function importMs(file: string): number {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function kb(bytes: number): string {
  return (bytes / 1024).toFixed(0).padStart(5);
}
