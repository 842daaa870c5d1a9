import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generatedPages } from '../../build/docs/index.ts';
import type { Page } from '../../build/docs/page.ts';
import { sharedAssembly } from '../support/assembly.ts';

const ROOT = join(import.meta.dirname, '..', '..');

let pages: readonly Page[];
beforeAll(async () => {
  pages = generatedPages(await sharedAssembly());
});

describe('a generated page', () => {
  it('says what the code says; if not, run `npm run docs`', () => {
    for (const { file, text } of pages) expect(readFileSync(join(ROOT, file), 'utf8'), file).toBe(text);
  });

  it('describes every field of a plan', () => {
    const plan = pages.find(({ file }) => file.endsWith('plan.md'))?.text ?? '';
    expect(plan).toContain(
      '| `gate.alpha` | number | `0.01` | ≥ 1e-9, ≤ 0.2 | Chance that a healthy candidate is rolled back during the whole cutover. |',
    );
    expect(plan).toContain('| `stages[].bake` | duration | required | PT1M to P7D |');
  });

  it('gives the plan’s schema the same descriptions', () => {
    const schema = pages.find(({ file }) => file.endsWith('plan.schema.json'))?.text ?? '';
    expect(JSON.parse(schema)).toMatchObject({
      properties: {
        stages: {
          items: { properties: { percent: { description: 'Percent of requests that the candidate answers.' } } },
        },
      },
    });
  });
});
