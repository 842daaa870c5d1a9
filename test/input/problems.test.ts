import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { problemsOf, wordIssue } from '../../input/index.ts';

const schema = z.strictObject({
  share: z.number().gt(0).max(0.2),
  count: z.int().min(1),
  name: z.string().min(1).max(5),
  list: z.array(z.number()).min(1).max(2),
  on: z.enum(['rollback', 'hold']),
  url: z.url(),
});
const good = { share: 0.1, count: 1, name: 'a', list: [1], on: 'hold', url: 'http://shop.test' };

function problems(change: Record<string, unknown>): string[] {
  const result = schema.safeParse({ ...good, ...change }, { error: wordIssue });
  return result.success ? [] : problemsOf(result.error).map(({ path, message }) => `${path}: ${message}`);
}

describe('a problem of the input', () => {
  it.each([
    [{}, []],
    [{ share: 0.5 }, ['share: must be at most 0.2 (got 0.5)']],
    [{ share: 0 }, ['share: must be above 0 (got 0)']],
    [{ share: 'half' }, ['share: must be a number (got "half")']],
    [{ share: undefined }, ['share: is required']],
    [{ count: 0 }, ['count: must be at least 1 (got 0)']],
    [{ count: 1.5 }, ['count: must be a whole number (got 1.5)']],
    [{ name: '' }, ['name: must not be empty']],
    [{ name: 'longer' }, ['name: must have at most 5 characters (has 6)']],
    [{ list: [] }, ['list: must have at least 1 entry (has 0)']],
    [{ list: [1, 2, 3] }, ['list: must have at most 2 entries (has 3)']],
    [{ list: {} }, ['list: must be a list (got an object)']],
    [{ on: 'never' }, ['on: must be "rollback" or "hold" (got "never")']],
    [{ url: 'shop' }, ['url: must be a URL (got "shop")']],
    [{ shair: 1, nmae: 2 }, ['shair, nmae: unknown key']],
    [{ share: 'x'.repeat(5_000) }, [`share: must be a number (got "${'x'.repeat(59)}…)`]],
  ])('of %j names the field, the limit and what was there', (change, expected) => {
    expect(problems(change)).toEqual(expected);
  });

  it.each([
    ['a name of any length', { ['k'.repeat(200_000)]: 1 }, [`${'k'.repeat(60)}…: unknown key`]],
    [
      'keys without end',
      Object.fromEntries([...Array(3_000).keys()].map((i) => [`k${i}`, 1])),
      ['k0, k1, k2, k3, k4, k5, k6, k7, k8, k9: unknown key, and 2990 more'],
    ],
  ])('of %s stays short', (_, change, expected) => expect(problems(change)).toEqual(expected));

  it('without end: the first are told, and how many more there are', () => {
    const { error } = z.array(z.int()).safeParse(Array(60).fill('x'), { error: wordIssue });
    const told = error === undefined ? [] : problemsOf(error);
    expect([told.length, told.at(-2)?.path, told.at(-1)]).toEqual([
      51,
      '49',
      { path: '', message: '10 more problems' },
    ]);
  });

  it('keeps the sentence that a schema gives itself', () => {
    const own = z.object({ id: z.string().regex(/^[a-z]+$/, 'must be lower-case letters') });
    const { error } = own.safeParse({ id: '1' }, { error: wordIssue });
    expect(error === undefined ? [] : problemsOf(error)).toEqual([
      { path: 'id', message: 'must be lower-case letters' },
    ]);
  });
});
