import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHAKEN, worse } from '../../../core/gate/bets/regression.ts';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { binomial, generator } from '../../support/random.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const DAY = new MemoryWorld().baselineSummary;
if (DAY === null) throw new Error('the world has no look-back');
const BASELINE = { ...DAY, errorRate: 0.0025, errorCeiling: 0.003, slowCeiling: 0.01 };
const POLICY = gatePolicyOf(PLAN, BASELINE, 1);
const WARM = { minutes: 0, allowance: 0 };
const TOLERANCE = { ratio: 1, absolute: 0 };

/**
 * From minute 20 on both sides fail for `length` minutes, each by its own factor between 1 and 4, drawn anew every
 * minute.
 */
const clumped = (seed: number, length: number) => {
  const random = generator(seed);
  const side = (n: number, isOut: boolean) =>
    counts(n, { target5xx: binomial(random, n, isOut ? 0.05 * (1 + 3 * random()) : 0.0025) });
  return minutes(60, (i) => {
    const isOut = i >= 20 && i < 20 + length;
    return minute(i, side(27_000, isOut), side(3_000, isOut));
  });
};
const everCalled = (met: ReturnType<typeof clumped>, policy = POLICY) =>
  met.some((_, i) => decideGate(met.slice(0, i + 1), policy).decision === 'rollback');

describe('an incident that both sides have', () => {
  it('brings back no candidate whose clients try again in clumps of another size', () => {
    const called = Array.from({ length: 20 }, (_, seed) => everCalled(clumped(seed, 15))).filter(Boolean).length;
    expect(called).toBeLessThanOrEqual(1);
  });

  it('would, where the look-back has said nothing of what is ordinary', () => {
    const blind = { ...POLICY, errorIncident: Number.POSITIVE_INFINITY };
    const called = Array.from({ length: 10 }, (_, seed) => everCalled(clumped(seed, 15), blind)).filter(Boolean).length;
    expect(called).toBeGreaterThan(5);
  });

  it('does not hide a candidate that is dead: it goes back within a quarter of an hour', () => {
    const dead = minutes(40, (i) =>
      minute(i, counts(27_000, { target5xx: 2_160 }), counts(3_000, { target5xx: i < 5 ? 240 : 3_000 })),
    );
    const at = dead.findIndex((_, i) => decideGate(dead.slice(0, i + 1), POLICY).decision === 'rollback');
    expect(at).toBeGreaterThan(5);
    expect(at).toBeLessThan(20);
  });

  it('leaves a healthy candidate to the other minutes once it is over, although chance made its mean worse by more than the margin', () => {
    const met = minutes(60, (i) => {
      const isOut = i >= 20 && i < 24;
      return minute(
        i,
        counts(27_000, { target5xx: isOut ? 1_300 : 67 }),
        counts(3_000, { target5xx: isOut ? 600 : 7 }),
      );
    });
    const at = (length: number, policy = POLICY) => decideGate(met.slice(0, length), policy).decision;
    expect([24, 30, 33].map((length) => at(length))).toEqual(['hold', 'hold', 'hold']);
    expect(at(60)).toBe('advance');
    expect(at(60, { ...POLICY, errorIncident: 1 })).not.toBe('advance');
  });

  it('is not over with a minute in which the stable side happens to fail less', () => {
    const met = minutes(40, (i) =>
      minute(
        i,
        counts(27_000, { target5xx: i < 10 ? 67 : i === 15 ? 200 : 600 }),
        counts(3_000, { target5xx: i < 10 ? 7 : i === 15 ? 80 : 66 }),
      ),
    );
    expect(everCalled(met)).toBe(false);
    expect(
      everCalled(
        met
          .map((m, i) => (i > 10 && i < 15 ? minute(i, null, null) : m))
          .slice(0, 10)
          .concat(met.slice(15, 16)),
      ),
    ).toBe(true);
  });

  it('promotes nobody by itself: a candidate that is worse in the other minutes holds or goes back', () => {
    const met = minutes(60, (i) =>
      minute(i, counts(27_000, { target5xx: i < 4 ? 1_350 : 67 }), counts(3_000, { target5xx: i < 4 ? 150 : 7 + 15 })),
    );
    expect(decideGate(met, POLICY).decision).not.toBe('advance');
  });

  it('is none of a stable side as it was in the look-back: a regression beside it goes back at once', () => {
    const bad = minutes(6, (i) => minute(i, counts(27_000, { target5xx: 68 }), counts(3_000, { target5xx: 120 })));
    expect(decideGate(bad, POLICY).decision).toBe('rollback');
  });

  it('is no higher for a bad spell of yesterday, and unknown without a look-back', () => {
    expect(gatePolicyOf(PLAN, { ...BASELINE, errorCeiling: 0.3 }, 1).errorIncident).toBeCloseTo(0.0025 * 4 + 0.005);
    expect(POLICY.errorIncident).toBeCloseTo(0.008);
    expect(gatePolicyOf(PLAN, null, 1).errorIncident).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the absolute limit', () => {
  it('is no single minute’s to call while the stable side has an incident, and calls a candidate that stays above it', () => {
    const met = (length: number) =>
      minutes(length, (i) =>
        minute(i, counts(27_000, { target5xx: i < 5 ? 68 : 800 }), counts(3_000, { target5xx: i < 5 ? 8 : 350 })),
      );
    expect(decideGate(met(6), POLICY).decision).toBe('hold');
    expect(decideGate(met(20), POLICY).decision).toBe('rollback');
  });

  it('leaves to the comparison a candidate that fails less than twice as often as the stable side', () => {
    const alike = minutes(20, (i) => minute(i, counts(15_000, { target5xx: 735 }), counts(15_000, { target5xx: 910 })));
    expect(decideGate(alike, POLICY)).toMatchObject({
      decision: 'hold',
      reason: expect.stringContaining('so does the stable side: 4.90 %'),
    });
  });
});

describe('a shaken minute', () => {
  const pair = fc.record({
    n0: fc.integer({ min: 1, max: 5_000 }),
    x0: fc.nat({ max: 50 }),
    n1: fc.integer({ min: 1, max: 5_000 }),
    x1: fc.nat({ max: 500 }),
  });

  it('never speaks louder against the candidate than it would, nor than one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(pair, fc.boolean()), { maxLength: 6 }), (met) => {
        const [of, most] = [met.map(([p]) => p), met.map(([, s]) => (s ? SHAKEN : Infinity))];
        const quiet = worse(of, WARM, TOLERANCE, most).logE;
        return (
          quiet <= worse(of).logE + 1e-9 &&
          worse(
            of,
            WARM,
            TOLERANCE,
            of.map(() => SHAKEN),
          ).logE <=
            of.length + 1e-9
        );
      }),
    );
  });
});
