/**
 * Size and start-up time of each Lambda bundle: a fresh process imports it; the references, in turns, are an empty
 * handler and the rollback as CDK's NodejsFunction bundles it by default (CommonJS, not minified, the SDK left to the
 * runtime).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { median } from '../../core/gate/bets/median.ts';
import { HANDLERS, handlerCode } from '../../lib/assets/handlers.ts';
import { eagerBytes } from './eager-bytes.ts';

const ROUNDS = 7;
const BUNDLES = join(import.meta.dirname, '..', '..', '.crossfade', 'bundles');

export async function run(): Promise<void> {
  handlerCode(HANDLERS[0]);
  const dir = mkdtempSync(join(tmpdir(), 'crossfade-bench-'));
  const empty = join(dir, 'index.mjs');
  writeFileSync(empty, 'export const handler = async () => {};\n');
  const files = new Map<string, string>([
    ['(empty handler)', empty],
    ['(rollback, NodejsFunction defaults)', nodejsFunctionDefault()],
    ...HANDLERS.map((name): [string, string] => [name, join(BUNDLES, name, 'index.mjs')]),
  ]);
  const times = new Map<string, number[]>([...files.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) for (const [name, file] of files) times.get(name)?.push(importMs(file));
  const reference = median(times.get('(empty handler)') ?? []);
  console.log('bundle                                   kB   gzip kB   import ms   × empty');
  for (const [name, file] of files) {
    const bytes = eagerBytes(file);
    const ms = median(times.get(name) ?? []);
    console.log(
      `${name.padEnd(36)} ${kb(bytes.length)} ${kb(gzipSync(bytes).length).padStart(9)} ${ms.toFixed(1).padStart(11)} ${(ms / reference).toFixed(1).padStart(9)}`,
    );
  }
  rmSync(dir, { recursive: true });
}

/** Written inside this project, where `@aws-sdk/*` can be resolved, as it can in the runtime. */
function nodejsFunctionDefault(): string {
  const root = join(import.meta.dirname, '..', '..');
  const outfile = join(root, '.crossfade', 'nodejs-function', 'index.cjs');
  buildSync({
    entryPoints: [join(root, 'lambdas', 'rollback.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: ['@aws-sdk/*', '@smithy/*'],
    logLevel: 'error',
  });
  return outfile;
}

function importMs(file: string): number {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

function kb(bytes: number): string {
  return (bytes / 1024).toFixed(0).padStart(5);
}
