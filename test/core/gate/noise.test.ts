import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byNoise, noiseSize, rateNoiseOf } from '../../../core/gate/bets/noise.ts';
import { worse } from '../../../core/gate/bets/regression.ts';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { binomial, generator, normal } from '../../support/random.ts';
import { counts, minute, minutes } from './minutes.ts';

/** A day of five-minute periods at 500 rps whose failure rate wanders (AR(1), 0.9 a minute) around 0.5 %. */
function day(seed: number, sd: number) {
  const random = generator(seed);
  let level = sd * normal(random);
  return Array.from({ length: 288 }, () => {
    let x = 0;
    for (let minute = 0; minute < 5; minute++) {
      level = 0.9 * level + sd * Math.sqrt(1 - 0.81) * normal(random);
      x += binomial(random, 30_000, 0.005 * Math.exp(level - sd ** 2 / 2));
    }
    return { n: 150_000, x };
  });
}
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe('how far a rate wanders by itself', () => {
  it.each([0.25, 0.5])('is measured where its logarithm has a deviation of %d', (sd) => {
    const found = Array.from({ length: 15 }, (_, seed) => rateNoiseOf(day(seed, sd), 5) ?? 0);
    expect(median(found)).toBeGreaterThan(0.7 * sd);
    expect(median(found)).toBeLessThan(1.4 * sd);
  });

  it('is nothing where every failure has a cause of its own, but for some days in a hundred', () => {
    const found = Array.from({ length: 60 }, (_, seed) => rateNoiseOf(day(seed, 0), 5));
    expect(found.filter((noise) => noise !== null).length).toBeLessThanOrEqual(5);
  });

  it('is nothing where the rate jumps between regimes, at any traffic', () => {
    for (const rps of [5, 50, 500]) {
      const random = generator(rps);
      const periods = Array.from({ length: 288 }, (_, i) => {
        const hurt = [0, 1, 2, 3, 4].filter((m) => (5 * i + m) % 30 < 8).length / 5;
        return { n: 300 * rps, x: binomial(random, 300 * rps, 0.001 + 0.029 * hurt) };
      });
      expect(rateNoiseOf(periods, 5)).toBeNull();
    }
  });

  it('is nothing where failures come with a crowd alone: the few neighbours that have enough of them are those that jump', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = generator(seed);
      const periods = Array.from({ length: 288 }, (_, i) => {
        const crowd = i % 24 < 2;
        return crowd
          ? { n: 12_000, x: binomial(random, 12_000, 0.01) }
          : { n: 1_500, x: binomial(random, 1_500, 0.001) };
      });
      expect(rateNoiseOf(periods, 5)).toBeNull();
    }
  });

  it('is nothing where it jumps so regularly that all windows differ alike: a job at the hour on thin traffic', () => {
    for (let offset = 0; offset < 30; offset++) {
      const random = generator(offset);
      const periods = Array.from({ length: 288 }, (_, i) => {
        const works = [0, 1, 2, 3, 4].filter((m) => (5 * i + m + offset) % 60 < 3).length;
        const [busy, calm] = [900 * works, 300 * (5 - works)];
        return { n: busy + calm, x: binomial(random, busy, 0.01) + binomial(random, calm, 0.0015) };
      });
      expect(rateNoiseOf(periods, 5)).toBeNull();
    }
  });

  it('is nothing where a job of a minute makes every second window alike: minutes show what jumps', () => {
    for (const rps of [50, 500]) {
      const random = generator(rps);
      const found = Array.from({ length: 1_440 }, (_, i) => ({
        n: 60 * rps,
        x: binomial(random, 60 * rps, i % 10 === 4 ? 0.02 : 0.001),
      }));
      const joined = Array.from({ length: 288 }, (_, i) => ({
        n: 300 * rps,
        x: found.slice(5 * i, 5 * i + 5).reduce((sum, { x }) => sum + x, 0),
      }));
      expect(rateNoiseOf(joined, 5)).not.toBeNull();
      expect(rateNoiseOf(joined, 5, found)).toBeNull();
    }
  });

  it('is next to nothing where it goes up and down within minutes, twentyfold', () => {
    for (const rps of [500, 5_000]) {
      const random = generator(rps);
      const found = Array.from({ length: 1_440 }, (_, i) => ({
        n: 60 * rps,
        x: binomial(random, 60 * rps, i % 2 === 0 ? 0.0002 : 0.004),
      }));
      const joined = Array.from({ length: 288 }, (_, i) => ({
        n: 300 * rps,
        x: found.slice(5 * i, 5 * i + 5).reduce((sum, { x }) => sum + x, 0),
      }));
      expect(rateNoiseOf(joined, 5, found) ?? 0).toBeLessThan(0.1);
    }
  });

  it.each([0.25, 0.5])('is taken for no jump by minutes, either, where its logarithm has a deviation of %d', (sd) => {
    const lost = Array.from({ length: 15 }, (_, seed) => {
      const random = generator(seed);
      let level = sd * normal(random);
      const each = Array.from({ length: 1_440 }, () => {
        level = 0.9 * level + sd * Math.sqrt(0.19) * normal(random);
        return { n: 3_000, x: binomial(random, 3_000, 0.005 * Math.exp(level - sd ** 2 / 2)) };
      });
      const joined = Array.from({ length: 288 }, (_, i) => ({
        n: 15_000,
        x: each.slice(5 * i, 5 * i + 5).reduce((sum, { x }) => sum + x, 0),
      }));
      return rateNoiseOf(joined, 5) !== null && rateNoiseOf(joined, 5, each) === null;
    });
    expect(lost.filter(Boolean).length).toBeLessThanOrEqual(1);
  });

  it('is measured by day where the night has no traffic to show it', () => {
    const found = Array.from({ length: 15 }, (_, seed) => {
      const random = generator(seed);
      return rateNoiseOf(
        day(seed, 0.5).map(({ n, x }, i) => (i < 144 ? { n, x } : { n: n / 100, x: binomial(random, x, 0.01) })),
        5,
      );
    });
    expect(median(found.map((noise) => noise ?? 0))).toBeGreaterThan(0.25);
  });

  it('is nothing of nothing', () => {
    expect(rateNoiseOf([], 5)).toBeNull();
    expect(rateNoiseOf([{ n: 0, x: 0 }], 5)).toBeNull();
    expect(
      rateNoiseOf(
        Array.from({ length: 288 }, () => ({ n: 100, x: 0 })),
        5,
      ),
    ).toBeNull();
  });
});

describe('evidence beside a rate that wanders', () => {
  const pair = fc.record({
    n0: fc.integer({ min: 1, max: 30_000 }),
    x0: fc.nat({ max: 300 }),
    n1: fc.integer({ min: 1, max: 30_000 }),
    x1: fc.nat({ max: 300 }),
  });

  it('is untouched where nothing wanders, and keeps every minute’s rates where it does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(pair), { maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (met, sd) => {
          const weighed = byNoise(met, sd, 0.001);
          expect(byNoise(met, 0, 0.001)).toEqual(met);
          for (const [i, one] of weighed.entries()) {
            const before = met[i] ?? null;
            expect(one === null).toBe(before === null);
            if (one === null || before === null) continue;
            expect(one.x1 / one.n1).toBeCloseTo(before.x1 / before.n1, 9);
            expect(one.n1).toBeLessThanOrEqual(before.n1);
          }
        },
      ),
    );
  });

  it('weighs by what was known before the minute: later minutes change nothing', () => {
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 8 }), pair, (met, next) => {
        expect(byNoise([...met, next], 0.5, 0.001).slice(0, met.length)).toEqual(byNoise(met, 0.5, 0.001));
      }),
    );
  });

  it('counts for less the further it wanders and the more traffic shows it', () => {
    expect(noiseSize(0.5, 0.005, 3_000, 27_000)).toBeGreaterThan(noiseSize(0.25, 0.005, 3_000, 27_000));
    expect(noiseSize(0.5, 0.005, 3_000, 27_000)).toBeGreaterThan(noiseSize(0.5, 0.005, 300, 29_700));
    expect(noiseSize(0, 0.005, 3_000, 27_000)).toBe(1);
  });

  it('has a say in a stage: what an ordinary day of the side may be brings nobody back', () => {
    const day = new MemoryWorld().baselineSummary;
    if (day === null) throw new Error('the world has no look-back');
    const met = minutes(30, (i) =>
      minute(i, counts(15_000, { target5xx: 450 }), counts(15_000, { target5xx: i < 20 ? 450 : 600 })),
    );
    const told = (errorNoise: number) =>
      decideGate(met, gatePolicyOf(parsePlan({}), { ...day, errorRate: 0.03, errorCeiling: 0.076, errorNoise }, 2))
        .decision;
    expect(told(0)).toBe('rollback');
    expect(told(0.25)).toBe('hold');
  });

  it('calls a healthy candidate worse in few of a hundred stages, where it would in many', () => {
    const called = (noise: number) => {
      let count = 0;
      for (let run = 0; run < 100; run++) {
        const random = generator(1_000 + run);
        const levels = [0.25 * normal(random), 0.25 * normal(random)];
        const met = Array.from({ length: 60 }, () => {
          for (const side of [0, 1]) levels[side] = 0.9 * (levels[side] ?? 0) + 0.25 * Math.sqrt(0.19) * normal(random);
          const rate = (side: number) => 0.005 * Math.exp((levels[side] ?? 0) - 0.03125);
          return {
            n0: 15_000,
            x0: binomial(random, 15_000, rate(0)),
            n1: 15_000,
            x1: binomial(random, 15_000, rate(1)),
          };
        });
        const { logE } = worse(byNoise(met, noise, 0.005), { minutes: 0, allowance: 0 }, { ratio: 1.2, absolute: 0 });
        if (logE >= Math.log(2_333)) count++;
      }
      return count;
    };
    expect(called(0)).toBeGreaterThan(10);
    expect(called(0.25)).toBeLessThanOrEqual(3);
  });
});
