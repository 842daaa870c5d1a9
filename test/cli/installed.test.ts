import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');
const MANIFEST = z.object({ bin: z.object({ crossfade: z.string() }), files: z.array(z.string()) });
/** The entry is one for a checkout and for the package, so that `npx crossfade` works in both: all messages name it. */
const {
  bin: { crossfade: BIN },
  files: FILES,
} = MANIFEST.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

/** Creates a checkout with only the entry point and the given packages. */
function checkoutWith(...packages: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'checkout-'));
  for (const file of [BIN, 'bin/installed.js', 'bin/compile-cache.js']) cpSync(join(ROOT, file), join(folder, file));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'bin', 'crossfade.ts'), "console.log('started' as string);");
  for (const each of packages) mkdirSync(join(folder, 'node_modules', each), { recursive: true });
  return folder;
}

/** A call of a dependency that Node deprecates. */
const DEPRECATED = "process.emitWarning('old', 'DeprecationWarning'); console.log('started');";

function start(cwd: string, ...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...options, BIN], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('a checkout that is installed runs', () => {
  expect(start(checkoutWith('commander'))).toMatchObject({ status: 0, stdout: 'started\n' });
});

it('a checkout that is not installed, or for production only, says so before anything is started', () => {
  const { stderr, ...rest } = start(checkoutWith('zod'));
  expect(rest).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^This checkout is not installed, .* Nothing was started\.\nNext: npm ci --include=dev\.\n$/);
});

it('a Node that does not run TypeScript is told of, with what to do', () => {
  const { stderr, ...rest } = start(checkoutWith('commander'), '--no-experimental-strip-types');
  expect(rest).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`Node ${process.versions.node} does not run TypeScript`);
  expect(stderr).toContain('Next: npm rebuild node --ignore-scripts=false;');
});

it.each([
  ['>=22.12', 0, 'started\n', /^$/],
  ['>=999.1', 2, '', `crossfade needs Node 999.1 or newer, and this is Node ${process.versions.node} `],
  [`>=${process.versions.node.split('.')[0]}.999`, 2, '', 'Nothing was started.\nNext: run it with a newer Node.\n'],
])('the package, which needs Node %s, ends with %d', (node, status, stdout, says) => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  for (const file of [BIN, ...FILES.filter((file) => file.startsWith('bin/'))])
    cpSync(join(ROOT, file), join(folder, file));
  mkdirSync(join(folder, 'dist', 'bin'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'bin', 'crossfade.js'), DEPRECATED);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', engines: { node } }));
  expect(start(folder)).toMatchObject({ status, stdout, stderr: expect.stringMatching(says) });
});
