import { describe, expect, it } from 'vitest';
import type { CaptureRecord } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { compileRules, parseRules } from '../../parity/rules/index.ts';
import { StableOverTime, suggestRules } from '../../parity/tally/suggest-rules.ts';
import { answer, pairOf } from '../support/answer.ts';

const asked = (target: string, body: unknown, header = 'a'): CaptureRecord => {
  const leg = answer(JSON.stringify(body), [
    ['Content-Type', 'application/json'],
    ['X-Node', header],
  ]);
  return { ...pairOf(leg, leg, { target }), route: 'GET /items/{id}' };
};

describe('suggested rules', () => {
  it('name what varied in the stable side between two answers to one request, and how often', () => {
    const { rules } = suggestRules([
      asked('/items/1', { at: 1, tags: ['a', 'b', 'c'], id: 1 }),
      asked('/items/2', { at: 2, tags: ['a', 'b', 'c'], id: 2 }),
      asked('/items/1', { at: 3, tags: ['b', 'c', 'a'], id: 1 }),
      asked('/items/2', { at: 4, tags: ['a', 'b', 'c'], id: 2 }, 'b'),
    ]);
    expect(rules.map(({ kind, where, reason }) => [kind, where.pointer ?? where.header, reason])).toEqual([
      ['ignore', '/at', expect.stringContaining('2 of 2 repeats')],
      ['unordered', '/tags', expect.stringContaining('1 of 2 repeats')],
      ['ignore', 'x-node', expect.stringContaining('1 of 2 repeats')],
    ]);
  });

  it('are refused until an owner and an expiry are filled in, and then apply', () => {
    const suggested = suggestRules([asked('/items/1', { at: 1 }), asked('/items/1', { at: 2 })]);
    expect(() => parseRules(suggested)).toThrow(/rules\.0\.owner: .*\n.*rules\.0\.expires: /);
    const filled = { ...suggested, rules: suggested.rules.map((r) => ({ ...r, owner: 'me', expires: '2026-12-31' })) };
    const rules = compileRules(parseRules(filled), new Date('2026-03-01T00:00:00Z'));
    const record = { ...asked('/items/1', { at: 1 }), candidate: asked('/items/1', { at: 2 }).stable };
    expect(compareRecord(record).verdict).toBe('breaking');
    expect(compareRecord(record, { rules }).verdict).toBe('same');
  });

  it('take what comes and goes by its cause', () => {
    const { rules } = suggestRules([asked('/items/1', { a: 1, b: 'x' }), asked('/items/1', { a: 1 })]);
    expect(rules).toMatchObject([
      { kind: 'reclassify', severity: 'noise', where: { route: '/items/{id}', pointer: '/b', cause: 'key-missing' } },
    ]);
  });

  it('forget the oldest answers, so that memory is bounded', () => {
    const over = new StableOverTime();
    over.add(asked('/items/first', { at: 1 }));
    for (let i = 0; i < 2000; i++) over.add(asked(`/items/${i}`, { at: 1 }));
    over.add(asked('/items/first', { at: 2 }));
    expect(over.suggestRules().rules).toEqual([]);
    over.add(asked('/items/1999', { at: 2 }));
    expect(over.suggestRules().rules).toHaveLength(1);
  });
});
