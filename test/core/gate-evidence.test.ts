import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnedOnset, mixOverOnset, onsetWeight, onsetWeightAfter } from '../../core/gate/bets/change-point.ts';
import { lowerBound, refutation, upperBound, withinMargin } from '../../core/gate/bets/confidence-sequence.ts';
import { byCause, type Pair } from '../../core/gate/bets/e-value.ts';
import { above, below, exposedByCause } from '../../core/gate/bets/fixed-rate.ts';
import { worse } from '../../core/gate/bets/regression.ts';

/** P(X = 0), …, P(X = n) of a binomial distribution. */
function binomialLaw(n: number, p: number): number[] {
  let choose = 1;
  return Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) choose *= (n - k + 1) / k;
    return choose * p ** k * (1 - p) ** (n - k);
  });
}

interface Minute {
  readonly n0: number;
  readonly n1: number;
  readonly p0: number;
  readonly p1: number;
}

/** The exact mean of `value` over all outcomes of the minutes. */
function expectation(minutes: readonly Minute[], value: (seen: readonly Pair[]) => number): number {
  const walk = (rest: readonly Minute[], seen: readonly Pair[], weight: number): number => {
    const [first, ...later] = rest;
    if (first === undefined) return weight === 0 ? 0 : weight * value(seen);
    const { n0, n1, p0, p1 } = first;
    return binomialLaw(n0, p0).reduce(
      (sum, q0, x0) =>
        sum +
        binomialLaw(n1, p1).reduce(
          (inner, q1, x1) => inner + walk(later, [...seen, { n0, x0, n1, x1 }], weight * q0 * q1),
          0,
        ),
      0,
    );
  };
  return walk(minutes, [], 1);
}

const share = (max: number) => fc.double({ min: 0, max, noNaN: true });
const exposure = fc.integer({ min: 1, max: 4 });
/** Two minutes with different rates. The candidate is worse by `excess` in both. */
const twoMinutes = (excess: number) =>
  fc.array(
    fc
      .tuple(exposure, exposure, share(1 - excess))
      .map(([n0, n1, p0]): Minute => ({ n0, n1, p0, p1: Math.min(1, p0 + excess) })),
    { minLength: 2, maxLength: 2 },
  );
const counts = fc
  .tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 2, max: 500 }), share(1), share(1))
  .map(([n0, n1, f0, f1]): Pair => ({ n0, n1, x0: Math.floor(n0 * f0 * f0), x1: Math.floor((n1 - 1) * f1 * f1) }));
/** One, with room for rounding: sums over an enumeration are exact apart from that. */
const ONE = 1 + 1e-9;
const e = Math.exp;

describe('the mean of an e-value, by enumeration of every outcome', () => {
  it('of "worse" is at most 1 when both sides fail alike, whatever the rates of the minutes', () => {
    fc.assert(fc.property(twoMinutes(0), (minutes) => expectation(minutes, (m) => e(worse(m).logE)) <= ONE));
  });

  it('of "worse" is at most 1 when the candidate is better', () => {
    fc.assert(
      fc.property(twoMinutes(0), share(1), (minutes, less) => {
        const better = minutes.map((m) => ({ ...m, p1: m.p1 * less }));
        return expectation(better, (m) => e(worse(m).logE)) <= ONE;
      }),
    );
  });

  it('of "worse" is at most 1 when the candidate is worse by what the warm-up allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 2 }), (percent, warm) => {
        const allowance = percent / 100;
        const minute = (i: number): Minute => ({ n0: 3, n1: 3, p0: 0.1, p1: i < warm ? 0.1 + allowance : 0.1 });
        const mean = expectation([minute(0), minute(1)], (m) => e(worse(m, { minutes: warm, allowance }).logE));
        return mean <= ONE;
      }),
    );
  });

  it('of "worse" is at most 1 when as much is left after the warm-up as may be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), (percent) => {
        const warmUp = { minutes: 1, allowance: 0.3, left: percent / 100 };
        const minute = (more: number): Minute => ({ n0: 3, n1: 3, p0: 0.1, p1: 0.1 + more });
        const cooling = [minute(warmUp.allowance), minute(warmUp.left)];
        return expectation(cooling, (m) => e(worse(m, warmUp).logE)) <= ONE;
      }),
    );
  });

  it('of "within the margin" is at most 1 when the candidate is worse by the margin', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.005, 0.05, 0.3).chain((margin) => fc.tuple(fc.constant(margin), twoMinutes(margin))),
        ([margin, minutes]) => expectation(minutes, (m) => e(withinMargin(m, margin))) <= ONE,
      ),
    );
  });

  it('of "within the margin" is at most 1 also where half the stake leaves out the minutes of an incident', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.05, 0.3).chain((margin) => fc.tuple(fc.constant(margin), twoMinutes(margin))),
        share(1),
        ([margin, minutes], incident) => expectation(minutes, (m) => e(withinMargin(m, margin, incident))) <= ONE,
      ),
    );
  });

  it('of "above" and "below" a fixed rate is at most 1 at that rate', () => {
    fc.assert(
      fc.property(exposure, share(1), (n, p) => {
        const mean = (value: (x: number) => number) => binomialLaw(n, p).reduce((sum, q, x) => sum + q * value(x), 0);
        return mean((x) => e(above([{ n, x }], p).logE)) <= ONE && mean((x) => e(below([{ n, x }], p))) <= ONE;
      }),
    );
  });

  it('is above 1 when the null is wrong: the bound is no accident of small numbers', () => {
    const bad = [{ n0: 4, n1: 4, p0: 0.1, p1: 0.9 }];
    expect(expectation(bad, (m) => e(worse(m).logE))).toBeGreaterThan(2);
    const fine = [{ n0: 4, n1: 4, p0: 0.1, p1: 0.1 }];
    expect(expectation(fine, (m) => e(withinMargin(m, 0.8)))).toBeGreaterThan(2);
  });
});

describe('the mean of an e-value where failures come in bursts, by enumeration', () => {
  /** P(X = x) if groups of requests fail together, each group with probability p. */
  const burstLaw = (groups: readonly number[], p: number): number[] =>
    groups.reduce(
      (law, size) => {
        const next = Array.from({ length: law.length + size }, () => 0);
        for (const [x, q] of law.entries()) {
          next[x] = (next[x] ?? 0) + q * (1 - p);
          next[x + size] = (next[x + size] ?? 0) + q * p;
        }
        return next;
      },
      [1],
    );
  const sum = (groups: readonly number[]) => groups.reduce((a, b) => a + b, 0);
  const mean = (
    stable: readonly number[],
    candidate: readonly number[],
    p: number,
    more: number,
    of: (pair: Pair) => number,
  ) =>
    burstLaw(stable, p).reduce(
      (total, q0, x0) =>
        total +
        burstLaw(candidate, p + more).reduce(
          (inner, q1, x1) => inner + q0 * q1 * of({ n0: sum(stable), x0, n1: sum(candidate), x1 }),
          0,
        ),
      0,
    );
  const bursting = fc.integer({ min: 1, max: 4 }).chain((most) =>
    fc.record({
      most: fc.constant(most),
      stable: fc.array(fc.integer({ min: 1, max: most }), { minLength: 1, maxLength: 4 }),
      candidate: fc.array(fc.integer({ min: 1, max: most }), { minLength: 1, maxLength: 4 }),
    }),
  );

  it('is at most 1 when no burst is larger than the plan says, for worse and for within the margin', () => {
    fc.assert(
      fc.property(bursting, share(0.7), fc.constantFrom(0.005, 0.05, 0.3), ({ most, stable, candidate }, p, margin) => {
        const same = mean(stable, candidate, p, 0, (pair) => e(worse([byCause(pair, most)]).logE));
        const atMargin = mean(stable, candidate, p, margin, (pair) => e(withinMargin([byCause(pair, most)], margin)));
        return same <= ONE && atMargin <= ONE;
      }),
    );
  });

  it('of "within the margin" is at most 1 also where half the stake leaves out the minutes of an incident', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.05, 0.3).chain((margin) => fc.tuple(fc.constant(margin), twoMinutes(margin))),
        share(1),
        ([margin, minutes], incident) => expectation(minutes, (m) => e(withinMargin(m, margin, incident))) <= ONE,
      ),
    );
  });

  it('of "above" and "below" a fixed rate likewise', () => {
    fc.assert(
      fc.property(bursting, share(1), ({ most, candidate }, p) => {
        const of = (value: (x: number) => number) =>
          burstLaw(candidate, p).reduce((total, q, x) => total + q * value(x), 0);
        const seen = (x: number) => exposedByCause([{ n: sum(candidate), x }], most);
        return of((x) => e(above(seen(x), p).logE)) <= ONE && of((x) => e(below(seen(x), p))) <= ONE;
      }),
    );
  });

  it('is far above 1 when bursts are taken for single failures', () => {
    const fives = [5, 5, 5, 5];
    expect(mean(fives, fives, 0.1, 0, (pair) => e(worse([pair]).logE))).toBeGreaterThan(10);
    expect(mean(fives, fives, 0.1, 0, (pair) => e(worse([byCause(pair, 5)]).logE))).toBeLessThanOrEqual(ONE);
  });
});

describe('the evidence', () => {
  it('is the same when a minute is split in two with the same shares: only sums count for the margin', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 5 }), (pair, times) => {
        const whole = { n0: pair.n0 * times, x0: pair.x0 * times, n1: pair.n1 * times, x1: pair.x1 * times };
        const parts = Array.from({ length: times }, () => pair);
        expect(withinMargin(parts, 0.01)).toBeCloseTo(withinMargin([whole], 0.01), 6);
        expect(upperBound(refutation(parts), 0.01)).toBeCloseTo(upperBound(refutation([whole]), 0.01), 9);
      }),
    );
  });

  it('is not moved by gaps that follow', () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (minutes, gaps) => {
        const gap = Array.from({ length: gaps }, () => null);
        expect(worse([...minutes, ...gap]).logE).toBeCloseTo(worse(minutes).logE, 9);
      }),
    );
  });

  it('never falls for "worse" nor grows for "within" with a failure of the candidate, and the bounds follow', () => {
    expect(worse([{ n0: 900, x0: 1, n1: 100, x1: 2 }]).logE).toBeGreaterThan(
      worse([{ n0: 900, x0: 1, n1: 100, x1: 1 }]).logE,
    );
    fc.assert(
      fc.property(counts, (pair) => {
        const more = { ...pair, x1: pair.x1 + 1 };
        return (
          worse([more]).logE >= worse([pair]).logE - 1e-12 &&
          withinMargin([more], 0.01) <= withinMargin([pair], 0.01) &&
          upperBound(refutation([more]), 0.01) >= upperBound(refutation([pair]), 0.01) &&
          lowerBound([more], 0.01) >= lowerBound([pair], 0.01)
        );
      }),
    );
  });

  it('bounds the observed difference from both sides, and more widely the surer it must be', () => {
    fc.assert(
      fc.property(counts, (pair) => {
        const observed = pair.x1 / pair.n1 - pair.x0 / pair.n0;
        return (
          upperBound(refutation([pair]), 0.05) >= observed - 1e-9 &&
          lowerBound([pair], 0.05) <= Math.max(0, observed) + 1e-9 &&
          upperBound(refutation([pair]), 0.001) >= upperBound(refutation([pair]), 0.05) &&
          lowerBound([pair], 0.001) <= lowerBound([pair], 0.05)
        );
      }),
    );
  });

  it('shares one belief over all minutes of onset, wherever half of it lies', () => {
    fc.assert(
      fc.property(fc.nat(15), fc.integer({ min: 1, max: 400 }), (likeliest, minutes) => {
        const now = Array.from({ length: minutes }, (_, k) => onsetWeight(k, likeliest)).reduce((a, b) => a + b, 0);
        expect(now + onsetWeightAfter(minutes - 1, likeliest)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('moves no more belief to one minute than it takes from the others, whatever a warm-up has shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), fc.integer({ min: -800, max: 800 }), (likeliest, odds) => {
        const moved = learnedOnset(likeliest, odds);
        const [first, later] = [onsetWeight(likeliest, likeliest), onsetWeightAfter(likeliest, likeliest)];
        expect(moved.likeliest * first + moved.after * later).toBeCloseTo(first + later, 9);
        expect(Math.min(moved.likeliest * first, moved.after * later)).toBeGreaterThan(0.05);
      }),
    );
    expect(learnedOnset(2, 3).likeliest).toBeGreaterThan(1.5);
    expect(learnedOnset(2, -3).after).toBeGreaterThan(1.5);
  });

  it('names the minute from which a regression speaks', () => {
    const quiet = Array.from({ length: 20 }, () => -0.5);
    expect(mixOverOnset([[...quiet, 3, 3, 3]]).onset).toBe(20);
    expect(mixOverOnset([[3, 3, 3]]).onset).toBe(0);
  });
});
