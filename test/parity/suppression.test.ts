import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureRecord, HeaderList } from '../../capture/format/record.ts';
import { type CompareOptions, compareRecord } from '../../parity/compare/record.ts';
import { compileRules, type RuleSet } from '../../parity/rules/index.ts';
import { judgeLine } from '../../parity/tally/batch.ts';
import { LEAST_VARIED, withNoise } from '../../parity/tally/noise.ts';
import { type RouteTallies, totalOf } from '../../parity/tally/routes.ts';
import { noiseIn, suppressNoise } from '../../parity/tally/suppression.ts';
import { EMPTY_TALLY, findingsOf, type RouteTally, tallyOf } from '../../parity/tally/tally.ts';
import { answer, pairOf } from '../support/answer.ts';

const NOW = new Date('2026-03-10T00:00:00Z');
const rulesOf = (...rules: RuleSet['rules']) => compileRules({ v: 1, rules }, NOW);
const JSON_TYPE: HeaderList = [['Content-Type', 'application/json']];
const CHARSET: HeaderList = [['Content-Type', 'application/json; charset=utf-8']];

function recordOf(stable: unknown, candidate: unknown, again?: unknown, headers = JSON_TYPE): CaptureRecord {
  const pair = pairOf(answer(JSON.stringify(stable)), answer(JSON.stringify(candidate), headers));
  return again === undefined ? pair : { ...pair, noise: answer(JSON.stringify(again)) };
}

/** Counts the records as the transform does: each by itself, without the noise learned from others. */
function counted(records: readonly CaptureRecord[], options: CompareOptions = {}): RouteTallies {
  return totalOf(
    records
      .map((record) => judgeLine(JSON.stringify(record), (one) => compareRecord(one, options)))
      .map((judged) => ('refused' in judged ? {} : judged.routes)),
  );
}
/** Repeats the record so often that its place is known to vary. */
const often = (record: CaptureRecord) => Array.from({ length: LEAST_VARIED }, () => record);
const of = (routes: RouteTallies): RouteTally => routes['GET /x'] ?? EMPTY_TALLY;
const outcomes = ({ pairs, same, noise, benign, undecided, breaking }: RouteTally) => ({
  pairs,
  same,
  noise,
  benign,
  undecided,
  breaking,
});

describe('counted pairs', () => {
  it('are suppressed where the stable side turns out to vary by itself, also those that were counted before', () => {
    const before = recordOf({ at: 'a', n: 1 }, { at: 'b', n: 1 });
    const teacher = recordOf({ at: 'c', n: 1 }, { at: 'd', n: 1 }, { at: 'e', n: 1 });
    const all = [before, ...often(teacher)];
    expect(of(counted(all))).toMatchObject({ breaking: 6, noise: 0 });
    const after = of(suppressNoise(counted(all)));
    expect(after).toMatchObject({ pairs: 6, breaking: 0, noise: 6 });
    expect(findingsOf(after)).toEqual([{ severity: 'noise', cause: 'value', place: 'body/at', pairs: 6 }]);
  });

  it('are suppressed however many ids name the entries of a map, and stay if a member of the entries is lost', () => {
    const charge = (side: number, i: number, rest = {}) => ({
      [`ch_a${(3 * i + side + 11) ** 7}`]: { n: i % 4, ...rest },
    });
    const all = (rest: object) =>
      Array.from({ length: 60 }, (_, i) =>
        recordOf(charge(0, i, { m: 1 }), charge(1, i, rest), charge(2, i, { m: 1 })),
      );
    expect(of(suppressNoise(counted(all({ m: 1 }))))).toMatchObject({ pairs: 60, breaking: 0, noise: 60 });
    expect(of(suppressNoise(counted(all({}))))).toMatchObject({ pairs: 60, breaking: 60 });
  });

  it('stay against the candidate for what else is in them', () => {
    const teacher = recordOf({ at: 'c', n: 1 }, { at: 'd', n: 1 }, { at: 'e', n: 1 });
    const after = of(suppressNoise(counted([...often(teacher), recordOf({ at: 'a', n: 1 }, { at: 'b', n: 2 })])));
    expect(after).toMatchObject({ breaking: 1, noise: 5 });
    expect(findingsOf(after)).toEqual([
      { severity: 'breaking', cause: 'number-value', place: 'body/n', pairs: 1 },
      { severity: 'noise', cause: 'value', place: 'body/at', pairs: 6 },
    ]);
  });

  it('stay where an owner has decided that it breaks', () => {
    const rule = {
      kind: 'reclassify',
      id: 'r1',
      owner: 'shop',
      reason: 'clients read it',
      expires: '2026-12-31',
      where: { pointer: '/at' },
      severity: 'breaking',
    } as const;
    const teacher = recordOf({ at: 'c' }, { at: 'd' }, { at: 'e' });
    expect(of(suppressNoise(counted(often(teacher), { rules: rulesOf(rule) })))).toMatchObject({
      breaking: 5,
      noise: 0,
    });
  });

  it('stay where not all of a body could be compared, though the stable side does that by itself', () => {
    const { body } = answer('{"a":1}');
    const cut = (digest: string) => ({ ...answer('{"a":1}'), body: { ...body, bytes: 9, truncated: true, digest } });
    const record = {
      ...pairOf(cut('hmac:0000000000000001'), cut('hmac:0000000000000002')),
      noise: cut('hmac:0000000000000003'),
    };
    const after = of(suppressNoise(counted(often(record))));
    expect(after.noise).toBe(0);
    expect(after.pairs).toBe(5);
  });

  it('are suppressed by what was learned elsewhere as well', () => {
    const elsewhere = noiseIn(counted(often(recordOf({ at: 'c' }, { at: 'd' }, { at: 'e' }))));
    const here = counted([recordOf({ at: 'a' }, { at: 'b' })]);
    expect(of(suppressNoise(here))).toMatchObject({ breaking: 1 });
    expect(of(suppressNoise(here, elsewhere))).toMatchObject({ breaking: 0, noise: 1 });
  });

  const value = fc.constantFrom<unknown>('a', 'b', 'c', 1, 2, null, '2026-01-01T00:00:00Z');
  const body = fc.record({ x: value, y: value, z: fc.constantFrom(1, 1, 1, 2) }, { requiredKeys: ['x'] });
  const record = fc
    .record({
      stable: body,
      candidate: fc.option(body, { nil: null }),
      again: fc.option(body, { nil: undefined }),
      headers: fc.constantFrom(JSON_TYPE, CHARSET),
    })
    .map(({ stable, candidate, again, headers }) => recordOf(stable, candidate ?? stable, again, headers));

  it('come to what they would if all had been known before the first comparison', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 40 }), (all) => {
        const records = all.map((one, i) => ({ ...one, requestId: `r${i}` }));
        const routes = counted(records);
        const rules = withNoise(rulesOf(), noiseIn(routes));
        const known = records.map((one) => tallyOf(one, compareRecord(one, { rules })));
        const expected = totalOf(known.map((a) => ({ 'GET /x': a })));
        const after = of(suppressNoise(routes));
        expect(outcomes(after)).toEqual(outcomes(of(expected)));
        const against = (a: RouteTally) =>
          findingsOf(a).filter((f) => f.severity === 'breaking' || f.severity === 'undecided');
        expect(against(after)).toEqual(against(of(expected)));
      }),
      { numRuns: 200 },
    );
  });
});
