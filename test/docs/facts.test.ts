/** Names in the handwritten pages: plan fields, files and environment variables must be those of the program. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parsePlan } from '../../core/model/plan.ts';
import { project } from '../../core/phases/timeline.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Pages that describe the program as it is now. Decisions and the change log describe the program of their time. */
const pages = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md'], { cwd: ROOT, exclude: ['docs/adr/*'] });
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Former names of plan fields that are still accepted. */
const FORMER = ['shadow.minPairsPerRoute', 'gate.errorBunch', 'gate.slowBunch'];
const objectSchema = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });

/** Returns the code in the pages that matches `shape`, each with its page. */
function named(shape: RegExp): { readonly page: string; readonly name: string }[] {
  return pages.flatMap((page) => [...read(page).matchAll(shape)].map(([, name = '']) => ({ page, name })));
}

function isField(path: string, schema: unknown): boolean {
  const [first = '', ...rest] = path.split('.');
  const field = objectSchema.parse(schema).properties?.[first];
  return field !== undefined && (rest.length === 0 || isField(rest.join('.'), field));
}

const plan: unknown = JSON.parse(read('docs/reference/plan.schema.json'));

describe('what a page names', () => {
  it('as a field of a plan is one', () => {
    const fields = named(/`((?:baseline|shadow|cohort|gate|soak|signoff|decommission)(?:\.[a-z]\w*)+)`/g);
    expect(fields.length).toBeGreaterThan(100);
    const unknown = fields.filter(({ name }) => !FORMER.includes(name) && !isField(name, plan));
    expect(unknown).toEqual([]);
    expect([isField('gate.alpha', plan), isField('gate.gamma', plan), isField('gate.alpha.x', plan)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('as a whole plan could be started at 500 rps', () => {
    const shown = named(/^```json\n(\{[\s\S]*?\n\})\n```$/gm).map(({ page, name }) => ({
      page,
      json: objectSchema.parse(JSON.parse(name)),
    }));
    const plans = shown.filter(({ json }) => 'metrics' in json || 'stages' in json);
    expect(plans.map(({ page }) => page)).toEqual(
      expect.arrayContaining(['README.md', 'docs/how-to/watch-own-metrics.md']),
    );
    const problems = plans.flatMap(
      ({ json }) => project(parsePlan(json), { rps: 500, errorRate: 0.001, slowRate: 0.001 }).problems,
    );
    expect(problems).toEqual([]);
  });

  it('as a file or folder of the repository is there', () => {
    const top = 'bench|bin|build|capture|cli|console|core|docs|examples|http|input|json|lambdas|lib|mirror|parity|test';
    const files = named(new RegExp(`\`((?:${top}|rehearsal|report)/[\\w./@*-]+)\``, 'g'));
    expect(files.length).toBeGreaterThan(100);
    const missing = files.filter(({ name }) =>
      name.includes('*') ? globSync(name, { cwd: ROOT }).length === 0 : !existsSync(join(ROOT, name)),
    );
    expect(missing).toEqual([]);
  });

  it('as a variable of the environment is read somewhere', () => {
    const variables = named(/\b((?:MIRROR|CROSSFADE)_[A-Z_]+[A-Z])\b/g);
    expect(variables.length).toBeGreaterThan(30);
    const sources = globSync('{bench,bin,build,cli,console,core,lambdas,lib,mirror,rehearsal,test}/**/*.{ts,sh}', {
      cwd: ROOT,
    });
    const code = ['.ci/run', ...sources].map(read).join('\n');
    expect(variables.filter(({ name }) => !code.includes(name))).toEqual([]);
  });
});
