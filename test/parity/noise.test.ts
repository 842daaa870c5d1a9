import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureRecord, HeaderList } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { compileRules } from '../../parity/rules/rules.ts';
import {
  GatheredNoise,
  LEAST_VARIED,
  MAX_PLACES,
  mergeNoise,
  NO_NOISE,
  type NoiseModel,
  noiseOf,
  noisyPlaces,
  withNoise,
} from '../../parity/tally/noise.ts';
import { answer, pairOf } from '../support/answer.ts';

const NOW = new Date('2026-03-10T00:00:00Z');
const none = compileRules({ v: 1, rules: [] }, NOW);

function recordOf(stable: unknown, candidate: unknown, again?: unknown): CaptureRecord {
  const [a, b, c] = [stable, candidate, again].map((body) => answer(JSON.stringify(body) ?? 'null'));
  if (a === undefined || b === undefined || c === undefined) throw new Error('three answers');
  return { ...pairOf(a, b), ...(again === undefined ? {} : { noise: c }) };
}
const learnedFrom = (times: number, record: CaptureRecord) =>
  Array.from({ length: times }, () => noiseOf(record, compareRecord)).reduce(mergeNoise, NO_NOISE);
const learned = (record: CaptureRecord) => learnedFrom(LEAST_VARIED, record);
const compared = (model: NoiseModel, record: CaptureRecord) => {
  const { verdict, differences } = compareRecord(record, { rules: withNoise(none, model) });
  return [verdict, ...differences.map((d) => `${d.in === 'body' ? d.pointer : d.in} ${d.cause} ${d.severity}`)];
};

describe('gathered noise', () => {
  it('is what its models come to one after another, and goes on after it was read', () => {
    const gathered = new GatheredNoise();
    let merged = NO_NOISE;
    for (let i = 0; i < 50; i++) {
      const model = noiseOf(
        recordOf({ [`k${i % 7}`]: i }, { [`k${i % 7}`]: -i }, { [`k${i % 7}`]: i + 1 }),
        compareRecord,
      );
      gathered.add(model);
      merged = mergeNoise(merged, model);
      if (i % 20 === 0) expect(gathered.model).toEqual(merged);
    }
    expect(gathered.model).toEqual(merged);
  });
});

describe('a place in which the stable side varies by itself', () => {
  const model = learned(recordOf([{ at: 'x1', n: 1 }], [{ at: 'x2', n: 1 }], [{ at: 'x3', n: 1 }]));

  it('excuses no field that the candidate loses, however often stable goes without it', () => {
    const [sent, lost] = [answer('a', [['X-Total-Count', '3']]), answer('a', [])];
    const known = learned({ ...pairOf(sent, lost), noise: lost });
    expect(compared(known, pairOf(sent, lost))[0]).toBe('undecided');
  });

  it('is what an owner says where a rule has decided', () => {
    const decided = { id: 'r', owner: 'o', reason: 'r', expires: '9999-12-31' };
    const where = { pointer: '/*/at' };
    const rules = compileRules({ v: 1, rules: [{ kind: 'reclassify', ...decided, where, severity: 'breaking' }] }, NOW);
    const record = recordOf([{ at: 'x1', n: 1 }], [{ at: 'x2', n: 1 }]);
    expect(compared(model, record)[0]).toBe('same');
    expect(compareRecord(record, { rules: withNoise(rules, model) }).verdict).toBe('breaking');
  });

  it('is suppressed in every XML element of one name, but not in every element of a page', () => {
    const items = (type: string, ...texts: string[]) =>
      answer(`<ul>${texts.map((text) => `<li>${text}</li>`).join('')}</ul>`, [['Content-Type', type]]);
    const verdictIn = (type: string) => {
      const [stable, again] = [items(type, 'a', 'x1', 'c1'), items(type, 'a', 'x2', 'c1')];
      const known = learned({ ...pairOf(stable, stable), noise: again });
      return compared(known, pairOf(stable, items(type, 'a', 'x1', 'c2')))[0];
    };
    expect([verdictIn('application/xml'), verdictIn('text/html')]).toEqual(['same', 'breaking']);
  });

  it('is suppressed, in every element of the array, and is said to be noise', () => {
    const record = recordOf(
      [
        { at: 't2', n: 1 },
        { at: 't3', n: 1 },
      ],
      [
        { at: 't4', n: 1 },
        { at: 't5', n: 1 },
      ],
    );
    expect(compared(model, record)).toEqual(['same', '/0/at value noise']);
  });

  it('is not suppressed as long as it has varied in too few captures, and says so', () => {
    const few = learnedFrom(LEAST_VARIED - 1, recordOf({ at: 'a' }, { at: 'b' }, { at: 'c' }));
    expect(compared(few, recordOf({ at: 'a' }, { at: 'b' }))[0]).toBe('breaking');
    expect(noisyPlaces(few)).toMatchObject([{ suppressed: false, tooFew: true }]);
  });

  it('is counted', () => {
    expect(noisyPlaces(mergeNoise(model, model))).toEqual([
      {
        route: 'GET /x',
        place: 'body/*/at value',
        records: 10,
        both: 10,
        onlyStable: 0,
        onlyCandidate: 0,
        suppressed: true,
        tooFew: false,
      },
    ]);
  });

  it.each([
    ['another type', 7, 'number-type'],
    ['null', null, 'type'],
    ['another format', '0b0b2c5e-6b52-4f55-9a7e-0c5a3c1d2e3f', 'value'],
    ['the zero time', '0001-01-01T00:00:00Z', 'zero-time'],
  ])('is not suppressed for %s', (_, value, cause) => {
    const record = recordOf([{ at: '20260101', n: 1 }], [{ at: value, n: 1 }]);
    expect(compared(model, record)).toEqual(['breaking', `/0/at ${cause} breaking`]);
  });

  it('is not suppressed where the key is missing, nor is any other place or route', () => {
    expect(compared(model, recordOf([{ at: 'b', n: 1 }], [{ n: 1 }]))).toEqual([
      'breaking',
      '/0/at key-missing breaking',
    ]);
    expect(compared(model, recordOf([{ at: 'b', n: 1 }], [{ at: 'c', n: 2 }]))).toContain('/0/n number-value breaking');
    const elsewhere = { ...recordOf([{ at: 'x4' }], [{ at: 'x5' }]), route: '/other' };
    expect(compared(model, elsewhere)).toEqual(['breaking', '/0/at value breaking']);
  });

  it('excuses a key that is missing if the candidate sends it more than once where stable does not', () => {
    const [sent, lacks] = [{ o: 1 }, {}];
    const goes = recordOf(sent, lacks, lacks);
    const judged = (gained: number) =>
      compared(mergeNoise(learnedFrom(9, goes), learnedFrom(gained, recordOf(lacks, sent, lacks))), goes);
    expect(judged(1)).toEqual(['breaking', '/o key-missing breaking']);
    expect(judged(2)).toEqual(['same', '/o key-missing noise']);
    const kept = mergeNoise(learnedFrom(9, recordOf(sent, lacks, sent)), learnedFrom(5, recordOf(lacks, sent, lacks)));
    expect(compared(kept, goes)).toEqual(['breaking', '/o key-missing breaking']);
  });

  it('may be a header field, an order, or a length', () => {
    const tagged = (tag: string): HeaderList => [['X-Shard', tag]];
    const [a, b, c] = ['s1', 's2', 's3'].map((tag) => answer('{}', tagged(tag)));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three answers');
    const shard = learned({ ...pairOf(a, b), noise: c });
    expect(compareRecord(pairOf(c, a), { rules: withNoise(none, shard) }).verdict).toBe('same');
    const order = learned(recordOf([1, 2, 3], [3, 1, 2], [2, 3, 1]));
    expect(compared(order, recordOf([1, 2, 3], [3, 1, 2]))).toEqual(['same', ' array-order noise']);
    expect(compared(order, recordOf([1, 2], [1, 2, 3]))).toContain('breaking');
  });
});

describe('a rare bug', () => {
  const steady = recordOf({ v: 'a' }, { v: 'a' }, { v: 'a' });
  const times = (n: number, record: CaptureRecord) =>
    Array.from({ length: n }, () => noiseOf(record, compareRecord)).reduce(mergeNoise, NO_NOISE);

  it('in a place that never varies counts at once, however many answers were alike', () => {
    expect(compared(times(2000, steady), recordOf({ v: 'a' }, { v: 'b' }))).toEqual(['breaking', '/v value breaking']);
  });

  it('in a place that seldom varies is not suppressed once the candidate differs there more often than chance explains', () => {
    const seldom = times(5, recordOf({ v: 'a' }, { v: 'a' }, { v: 'b' }));
    const bug = recordOf({ v: 'a' }, { v: 'b' }, { v: 'a' });
    const withBugs = (n: number) => mergeNoise(mergeNoise(times(1000, steady), seldom), times(n, bug));
    expect(compared(withBugs(3), bug)[0]).toBe('same');
    expect(compared(withBugs(25), bug)[0]).toBe('breaking');
    expect(noisyPlaces(withBugs(25))).toMatchObject([{ onlyStable: 5, onlyCandidate: 25, suppressed: false }]);
  });

  it('is what a candidate that varies as the stable side does is seldom taken for', () => {
    let [state, wrong] = [1, 0];
    const coin = () => {
      state = (state * 48271) % 2147483647;
      return state < 2147483647 / 2;
    };
    for (let run = 0; run < 2000; run++) {
      let onlyCandidate = 0;
      for (let i = 0; i < 60; i++) onlyCandidate += coin() ? 1 : 0;
      const counts = { 'body/v value': { both: 0, onlyStable: 60 - onlyCandidate, onlyCandidate } };
      if (noisyPlaces({ x: { records: 60, counts } })[0]?.suppressed !== true) wrong++;
    }
    expect(wrong).toBeLessThanOrEqual(20);
  });
});

describe('learned noise', () => {
  const count = fc.nat({ max: 5 });
  const counts = fc.record({ both: count, onlyStable: count, onlyCandidate: count });
  const models = fc.dictionary(
    fc.constantFrom('/a', '/b', '__proto__'),
    fc.record({ records: count, counts: fc.dictionary(fc.constantFrom('body/x value', '__proto__', 'k'), counts) }),
  );

  it('merges in any order, with no noise as its zero', () => {
    fc.assert(
      fc.property(models, models, models, (a, b, c) => {
        expect(mergeNoise(a, b)).toEqual(mergeNoise(b, a));
        expect(mergeNoise(mergeNoise(a, b), c)).toEqual(mergeNoise(a, mergeNoise(b, c)));
        expect(mergeNoise(a, NO_NOISE)).toEqual({ ...a });
      }),
    );
  });

  it('is bounded, and the same places are kept whatever the order of merging', () => {
    const one = (from: number): NoiseModel => {
      const keys = Array.from({ length: MAX_PLACES }, (_, i) => `body/k${from + i * 3} value`);
      return {
        x: {
          records: 1,
          counts: Object.fromEntries(keys.map((k) => [k, { both: 1, onlyStable: 0, onlyCandidate: 0 }])),
        },
      };
    };
    const [a, b, c] = [one(0), one(1), one(0)];
    const merged = mergeNoise(mergeNoise(a, b), c);
    expect(merged).toEqual(mergeNoise(a, mergeNoise(c, b)));
    expect(Object.keys(merged.x?.counts ?? {}).length).toBe(MAX_PLACES);
  });

  it('needs three answers', () => {
    const record = recordOf(1, 2, 3);
    const failed = { outcome: 'failed', reason: 'timeout', detail: 'late', totalMs: 5 } as const;
    expect(noiseOf(recordOf(1, 2), compareRecord)).toEqual(NO_NOISE);
    expect(noiseOf({ ...record, noise: failed }, compareRecord)).toEqual(NO_NOISE);
    expect(noiseOf({ ...record, candidate: failed }, compareRecord)).toEqual(NO_NOISE);
  });
});
