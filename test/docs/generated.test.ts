import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generatedPages } from '../../build/docs/index.ts';
import type { Page } from '../../build/docs/page.ts';
import { sharedAssembly } from '../support/assembly.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The keywords of https://json-schema.org/draft/2020-12/schema that zod writes. */
const KEYWORDS = new Set(
  `$schema additionalProperties anyOf const default description enum exclusiveMaximum exclusiveMinimum format items maxItems
  maxLength maximum minItems minLength minimum oneOf pattern prefixItems properties propertyNames required type`.split(
    /\s+/,
  ),
);

/** Returns the keywords of a schema and of every schema in it. */
function keywordsOf(schema: unknown): Set<string> {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return new Set();
  const inner = Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null || keyword === 'default' || keyword === 'const') return [];
    const isNamed = keyword === 'properties' || Array.isArray(value);
    return isNamed ? Object.values(value) : [value];
  });
  return new Set([...Object.keys(schema), ...inner.flatMap((below) => [...keywordsOf(below)])]);
}

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
      '| `gate.alpha` | number | `0.01` | ≥ 1e-9, ≤ 0.2 | The highest probability that a healthy candidate is rolled back during the whole cutover. |',
    );
    expect(plan).toContain('| `stages[].bake` | duration | required | PT1M to P7D |');
  });

  it('publishes schemas in the standard’s own keywords, which a strict validator takes', () => {
    const schemas = pages.filter(({ file }) => file.endsWith('.schema.json'));
    expect(schemas.length).toBeGreaterThanOrEqual(3);
    const foreign = (schema: unknown) => [...keywordsOf(schema)].filter((keyword) => !KEYWORDS.has(keyword));
    for (const { file, text } of schemas) expect(foreign(JSON.parse(text)), file).toEqual([]);
    expect(foreign({ properties: { own: { 'x-own': 1 } } })).toEqual(['x-own']);
  });

  it('gives the plan’s schema the same descriptions', () => {
    const schema = pages.find(({ file }) => file.endsWith('plan.schema.json'))?.text ?? '';
    expect(JSON.parse(schema)).toMatchObject({
      properties: {
        stages: {
          items: { properties: { percent: { description: 'Percentage of the requests that the candidate answers.' } } },
        },
      },
    });
  });
});
