import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  bucketOf,
  type Histogram,
  quantile,
  RELATIVE_ERROR,
  sumHistograms,
} from '../../parity/tally/histogram.ts';
import { lowerRank, samplesNeeded, upperRank } from '../../parity/tally/order-statistic.ts';
import fixture from '../reference/parity.json' with { type: 'json' };

const latency = fc.double({ min: 0.002, max: 9e6, noNaN: true });
const histogramOf = (values: readonly number[]) =>
  sumHistograms(values.map((ms): Histogram => ({ [bucketOf(ms)]: 1 })));

describe('a latency histogram', () => {
  it('states an error of at most one percent', () => {
    expect(RELATIVE_ERROR).toBeLessThanOrEqual(0.01);
  });

  it('keeps every quantile within the stated error of the sample of that rank', () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 50 }), fc.constantFrom(0.5, 0.95, 0.99), (values, q) => {
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(q * values.length) - 1] ?? 0;
        const found = quantile(histogramOf(values), q) ?? 0;
        expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(RELATIVE_ERROR + 1e-9);
      }),
    );
  });

  it('has a value between the bounds of its bucket', () => {
    fc.assert(
      fc.property(latency, (ms) => {
        const { over, upTo } = boundsOf(bucketOf(ms));
        expect(ms).toBeGreaterThan(over * (1 - 1e-12));
        expect(ms).toBeLessThanOrEqual(upTo * (1 + 1e-12));
      }),
    );
  });

  it('counts what is too fast or too slow to be told apart in its outermost buckets', () => {
    expect([bucketOf(0), bucketOf(1e-9)]).toEqual([bucketOf(0.001), bucketOf(0.001)]);
    expect(bucketOf(1e12)).toBe(bucketOf(1e7));
  });
});

describe('ranks of order-statistic limits', () => {
  it.each(fixture)('are as SciPy computes them: n = $n, q = $q, alpha = $alpha', ({ n, q, alpha, lower, upper }) => {
    expect({ lower: lowerRank(n, q, alpha), upper: upperRank(n, q, alpha) }).toEqual({ lower, upper });
  });

  it.each([0.5, 0.95, 0.99])('exist for the %s-quantile from as many samples on as is said', (q) => {
    const needed = samplesNeeded(q, 0.025);
    expect(upperRank(needed, q, 0.025)).not.toBeNull();
    expect(upperRank(needed - 1, q, 0.025)).toBeNull();
  });
});
