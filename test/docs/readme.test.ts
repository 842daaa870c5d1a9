import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../core/model/plan.ts';
import { project } from '../../core/phases/timeline.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(ROOT, 'README.md'), 'utf8');

const blocks = (language: string) =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm)]
    .filter(([, named]) => named === language)
    .map(([, , block]) => block ?? '');

describe('the README', () => {
  it('fits on a few screens, with one picture', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(120);
    const pictures = [...text.matchAll(/<picture>([\s\S]*?)<\/picture>/g)].map(([, inner]) => inner ?? '');
    expect(pictures).toHaveLength(1);
    const files = pictures.flatMap((inner) =>
      [...inner.matchAll(/src(?:set)?="([^"]+)"/g)].map(([, file]) => file ?? ''),
    );
    expect(files).toHaveLength(2);
    expect(files.every((file) => existsSync(join(ROOT, file)))).toBe(true);
  });

  it('has the two commands that a newcomer copies', () => {
    expect(blocks('sh')).toEqual(expect.arrayContaining(['npm ci && npm start', 'npm ci && npm test']));
  });

  it('shows a plan that could be started', () => {
    const [plan] = blocks('json').map((block) => parsePlan(JSON.parse(block)));
    expect(plan).toBeDefined();
    if (plan !== undefined) expect(project(plan, { rps: 100, errorRate: 0.001, slowRate: 0.001 }).problems).toEqual([]);
  });
});
