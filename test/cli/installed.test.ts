import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Creates a checkout with only the entry point and the given packages. */
function checkoutWith(...packages: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'checkout-'));
  for (const file of ['run.js', 'installed.js']) cpSync(join(ROOT, 'bin', file), join(folder, 'bin', file));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'bin', 'crossfade.ts'), "console.log('started' as string);");
  for (const each of packages) mkdirSync(join(folder, 'node_modules', each), { recursive: true });
  return folder;
}

/** A call of a dependency that Node deprecates. */
const DEPRECATED = "process.emitWarning('old', 'DeprecationWarning'); console.log('started' as string);";

function start(cwd: string, ...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...options, 'bin/run.js'], { cwd, encoding: 'utf8' });
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
  cpSync(join(ROOT, 'bin', 'packaged.ts'), join(folder, 'dist', 'bin', 'packaged.ts'));
  writeFileSync(join(folder, 'dist', 'bin', 'crossfade.ts'), DEPRECATED);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', engines: { node } }));
  const ended = spawnSync(process.execPath, ['dist/bin/packaged.ts'], { cwd: folder, encoding: 'utf8' });
  expect(ended).toMatchObject({ status, stdout, stderr: expect.stringMatching(says) });
});
