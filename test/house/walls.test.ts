import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../../build/docs/rooms/index.ts';
import { breaches, readSource, type Source } from './walls.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...SOURCES], {
  cwd: ROOT,
  encoding: 'utf8',
});
const sources = [...new Set(listed.split('\n'))]
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts') && existsSync(join(ROOT, file)))
  .map((file) => readSource(ROOT, file));

/** Returns the breaches if a file is added to the sources, or lines to an existing one. */
function said(planted: Source): string[] {
  const before = sources.find(({ file }) => file === planted.file);
  const after = { file: planted.file, text: `${planted.text}\n${before?.text ?? ''}` };
  return breaches([...sources.filter(({ file }) => file !== planted.file), after]);
}

describe('the walls of the house', () => {
  it('stand: imports, faces, circles, pure rooms, sizes, lengths and names are as the table says', () => {
    expect(sources.length).toBeGreaterThan(300);
    expect(breaches(sources)).toEqual([]);
  });

  it.each([
    [
      'core → parity',
      'core/gate/planted.ts',
      "import { compareRecord } from '../../parity/compare/index.ts';\nexport const a = compareRecord;",
    ],
    [
      'parity → core',
      'parity/model/planted.ts',
      "import type { Plan } from '../../core/model/index.ts';\nexport type A = Plan;",
    ],
    [
      'mirror → cli',
      'mirror/recorder/planted.ts',
      "import { EXIT } from '../../cli/shared/index.ts';\nexport const a = EXIT;",
    ],
    [
      'lambdas → cli',
      'lambdas/tasks/planted.ts',
      "export const a = async () => await import('../../cli/shared/index.ts');",
    ],
    ['report → mirror', 'report/planted.ts', "export { Breaker } from '../mirror/recorder/index.ts';"],
    [
      'past a face',
      'cli/run/planted.ts',
      "import { rollBack } from '../../core/fence/rollback.ts';\nexport const a = rollBack;",
    ],
    [
      'node in a pure room',
      'json/planted.ts',
      "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;",
    ],
    [
      'AWS in a pure room',
      'core/fence/planted.ts',
      "import type { SFNClient } from '@aws-sdk/client-sfn';\nexport type A = SFNClient;",
    ],
    ['Date.now in parity', 'parity/tally/planted.ts', 'export const a = () => Date.now();'],
    ['a clock by new Date()', 'parity/compare/planted.ts', 'export const a = () => new Date();'],
    ['Math.random in parity', 'parity/rules/planted.ts', 'export const a = () => Math.random();'],
    ['fetch in parity', 'parity/explain/planted.ts', "export const a = () => fetch('http://127.0.0.1');"],
    ['a timer in core', 'core/phases/planted.ts', 'export const a = () => setTimeout(() => {}, 1);'],
    ['the environment in core', 'core/model/planted.ts', 'export const a = process.env.HOME;'],
    ['a global by globalThis', 'parity/model/planted.ts', "export const a = () => globalThis.fetch('x');"],
    ['a global handed on', 'parity/model/planted.ts', 'export const a = { fetch };'],
    [
      'a global beside an argument of its name',
      'parity/model/planted.ts',
      "export const a = (fetch: unknown) => fetch;\nexport const b = () => fetch('x');",
    ],
    ['randomness by a text', 'parity/model/planted.ts', "export const a = () => Math['random']();"],
    ['randomness taken apart', 'parity/model/planted.ts', 'const { random } = Math;\nexport const a = random;'],
    ['today by a format', 'parity/model/planted.ts', "export const a = () => new Intl.DateTimeFormat('en').format();"],
    ['a type by import()', 'core/phases/planted.ts', "export type A = typeof import('../../parity/compare/index.ts');"],
    ['a computed import', 'core/phases/planted.ts', 'export const a = async (n: string) => await import(n + n);'],
    ['a whole face passed on', 'core/phases/planted.ts', "export * from '../../parity/compare/index.ts';"],
    ['the CDK in a command', 'cli/run/planted.ts', "import { Stack } from 'aws-cdk-lib';\nexport const a = Stack;"],
    [
      'AWS in the CDK',
      'lib/stacks/planted.ts',
      "import { S3Client } from '@aws-sdk/client-s3';\nexport const a = S3Client;",
    ],
    ['an adjective for a name', 'report/worse.ts', 'export const a = 1;'],
    ['a file that nobody reads to its end', 'report/planted.ts', 'const a = 1;\n'.repeat(351)],
    ['a face without a sentence', 'lambdas/index.ts', "export { handler } from './watch.ts';"],
  ])('fall with %s', (_what, file, text) => {
    expect(said({ file, text }).filter((breach) => breach.includes(file))).toHaveLength(1);
  });

  it.each([
    [
      'a circle of types',
      'core/model/time.ts',
      "import type { Plan } from './plan.ts';\nexport type Circular = Plan;",
      /files in a circle: .*core\/model\/time\.ts/,
    ],
    [
      'a circle of rooms',
      'http/planted.ts',
      "import type { JsonDoc } from '../json/index.ts';\nexport type A = JsonDoc;",
      /rooms in a circle: http, json/,
    ],
    ['two exports of one name', 'report/planted.ts', 'export type Lease = string;', /Lease is exported by/],
    ['a file in no room', 'core/planted.ts', 'export const a = 1;', /stands in no room/],
  ])('fall with %s', (_what, file, text, breach) => {
    expect(said({ file, text }).join('\n')).toMatch(breach);
  });

  it('fall when nothing says what a room is for', () => {
    const without = sources.filter(({ file }) => file !== 'markdown/index.ts');
    expect(breaches(without).join('\n')).toMatch(/the purpose of markdown does not stand once/);
  });

  it('fall when a room becomes a hall', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ file: `report/planted-${i}.ts`, text: '' }));
    expect(breaches([...sources, ...many]).join('\n')).toMatch(/report has \d+ files/);
  });
});
