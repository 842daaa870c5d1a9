import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../parity/compare/record.ts';
import { type Difference, why } from '../../parity/model/difference.ts';
import { countOf } from '../../parity/tally/histogram.ts';
import { MAX_ROUTES, OTHER_ROUTES, type RouteTallies, totalOf } from '../../parity/tally/routes.ts';
import {
  EMPTY_TALLY,
  findingsOf,
  MAX_COMBINATIONS,
  MAX_FINDINGS,
  merge,
  type RouteTally,
  tallyOf,
} from '../../parity/tally/tally.ts';
import { captured } from '../support/captured.ts';

const CAUSES = ['type', 'key-added', 'header-missing', 'charset', 'server-identity', 'body-uncomparable'] as const;

const differences: fc.Arbitrary<Difference> = fc.record({ cause: fc.constantFrom(...CAUSES), index: fc.nat(80) }).map(
  ({ cause, index }): Difference => ({
    in: 'body',
    pointer: `/items/${index}/k${index}`,
    stable: '1',
    candidate: `"${index}"`,
    ...why(cause),
  }),
);

function comparisonOf(found: readonly Difference[]): Comparison {
  const has = (kind: string) => found.some((d) => d.severity === kind);
  const verdict = has('breaking') ? 'breaking' : has('undecided') ? 'undecided' : has('benign') ? 'benign' : 'same';
  return { route: '/items', verdict, differences: found, newError: false };
}

const aggregates: fc.Arbitrary<RouteTally> = fc
  .record({ found: fc.array(differences, { maxLength: 60 }), id: fc.nat(9), second: fc.nat(59) })
  .map(({ found, id, second }) => {
    const at = `2026-11-24T08:00:${String(second).padStart(2, '0')}.000Z`;
    const record = captured({ requestId: `r${id}`, at });
    const counts = Object.fromEntries(
      found.map(({ cause }, i) => [`body/k${i} ${cause}`, { both: 1, onlyStable: 0, onlyCandidate: 0 }]),
    );
    return tallyOf(record, comparisonOf(found), { [record.route]: { records: 1, counts } });
  });

describe('an aggregate', () => {
  it('counts a pair once, by its gravest difference', () => {
    const [breaking, undecided, benign, noise] = [
      why('type'),
      why('header-missing'),
      why('charset'),
      why('server-identity'),
    ];
    const of = (...all: ReturnType<typeof why>[]) =>
      tallyOf(captured(), comparisonOf(all.map((w) => ({ in: 'body', pointer: '', stable: '', candidate: '', ...w }))));
    expect(of(benign, breaking, undecided)).toMatchObject({ pairs: 1, breaking: 1, undecided: 0, benign: 0 });
    expect(of(benign, undecided, noise)).toMatchObject({ pairs: 1, undecided: 1, benign: 0 });
    expect(of(benign, noise)).toMatchObject({ pairs: 1, benign: 1, noise: 0 });
    expect(of(noise)).toMatchObject({ pairs: 1, noise: 1, same: 0 });
    expect(of()).toMatchObject({ pairs: 1, same: 1, noise: 0 });
  });

  it('counts a record without a stable answer as no pair, and times no side of it', () => {
    const unmatched = tallyOf(captured(), {
      route: '/items',
      verdict: 'unmatched',
      differences: [],
      newError: false,
    });
    expect(unmatched).toEqual({ ...EMPTY_TALLY, unmatched: 1 });
  });

  it('takes the elements of an array as one place, and a pair once for each of its findings', () => {
    const at = (pointer: string): Difference => ({
      in: 'body',
      pointer,
      stable: '1',
      candidate: '"1"',
      ...why('type'),
    });
    const a = tallyOf(captured(), comparisonOf([at('/items/0/id'), at('/items/17/id'), at('/total')]));
    expect(findingsOf(a)).toEqual([
      { severity: 'breaking', cause: 'type', place: 'body/items/*/id', pairs: 1 },
      { severity: 'breaking', cause: 'type', place: 'body/total', pairs: 1 },
    ]);
  });

  it('keeps a pair for each cause, by which it is found again', () => {
    const found: Difference = {
      in: 'header',
      name: 'etag',
      stable: 'W/"1"',
      candidate: null,
      ...why('header-missing'),
    };
    expect(tallyOf(captured({ requestId: 'r7' }), comparisonOf([found])).samples).toEqual({
      'header-missing': [
        {
          requestId: 'r7',
          at: '2026-11-24T08:00:00.000Z',
          target: 'GET /items',
          place: 'header:etag',
          stable: 'W/"1"',
          candidate: '(absent)',
        },
      ],
    });
  });

  it('is the same in whatever order and grouping its parts are merged, with the empty one as zero', () => {
    fc.assert(
      fc.property(aggregates, aggregates, aggregates, (a, b, c) => {
        expect(merge([merge([a, b]), c])).toEqual(merge([a, merge([b, c])]));
        expect(merge([a, b])).toEqual(merge([b, a]));
        expect(merge([a, b, c])).toEqual(merge([merge([a, b]), c]));
        expect(merge([a, EMPTY_TALLY])).toEqual(a);
      }),
    );
  });

  it('stays bounded: the gravest findings keep their whole counts, the others are added up by class', () => {
    fc.assert(
      fc.property(fc.array(fc.array(differences, { maxLength: 40 }), { minLength: 1, maxLength: 20 }), (pairs) => {
        const parts = pairs.map((found) => tallyOf(captured(), comparisonOf(found)));
        const all = merge(parts);
        const exact = new Map<string, number>();
        for (const found of pairs)
          for (const key of new Set(
            found.map((d) => `${d.severity} ${d.cause} ${d.in === 'body' ? d.pointer.replace(/\d+\//, '*/') : ''}`),
          ))
            exact.set(key, (exact.get(key) ?? 0) + 1);
        for (const { severity: kind, cause, place, pairs: count } of findingsOf(all))
          expect(exact.get(`${kind} ${cause} ${place.slice('body'.length)}`)).toBe(count);
        expect(Object.keys(all.findings).length).toBe(Math.min(MAX_FINDINGS, exact.size));
        expect(Object.keys(all.combinations).length).toBeLessThanOrEqual(MAX_COMBINATIONS);
        const counted = countOf(all.findings) + countOf(all.otherFindings);
        expect(counted).toBe([...exact.values()].reduce((sum, n) => sum + n, 0));
        expect(Object.values(all.samples).flat().length).toBeLessThanOrEqual(32);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the aggregates of all routes', () => {
  const routes: fc.Arbitrary<RouteTallies> = fc
    .array(fc.nat(400), { maxLength: 300 })
    .map((names) => totalOf(names.map((n) => ({ [`/r${n}`]: { ...EMPTY_TALLY, pairs: 1 } }))));
  const pairs = (all: RouteTallies) => Object.values(all).reduce((sum, a) => sum + a.pairs, 0);

  it('are the same in whatever order they are merged, lose no pair, and stay bounded whatever paths clients think of', () => {
    fc.assert(
      fc.property(routes, routes, routes, (a, b, c) => {
        const all = totalOf([totalOf([a, b]), c]);
        expect(totalOf([c, totalOf([b, a])])).toEqual(all);
        expect(pairs(all)).toBe(pairs(a) + pairs(b) + pairs(c));
        expect(Object.keys(all).filter((r) => r !== OTHER_ROUTES).length).toBeLessThanOrEqual(MAX_ROUTES);
      }),
      { numRuns: 50 },
    );
  });

  it('may be called as an object’s own members are', () => {
    const odd = totalOf([Object.fromEntries([['__proto__', { ...EMPTY_TALLY, pairs: 1 }]])]);
    expect(Object.entries(totalOf([odd, odd]))).toEqual([['__proto__', { ...EMPTY_TALLY, pairs: 2 }]]);
  });
});
