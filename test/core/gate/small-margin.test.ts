import { describe, expect, it } from 'vitest';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { binomial, generator } from '../../support/random.ts';
import { counts, minute, minutes } from './minutes.ts';

/**
 * The base rate is 2 % and the margin a twentieth of it. The usual tolerance of a fifth of the base rate would be four
 * margins.
 */
const PLAN = parsePlan({ gate: { errorMargin: 0.001 } });
const DAY = new MemoryWorld().baselineSummary;
if (DAY === null) throw new Error('the world has no look-back');
const POLICY = gatePolicyOf(PLAN, { ...DAY, errorRate: 0.02, errorCeiling: 0.0205 }, 2);

/** A stage at 5,000 rps, half of them on the candidate. */
const stage = (seed: number, length: number, more: number) => {
  const random = generator(seed);
  const side = (rate: number) => counts(150_000, { target5xx: binomial(random, 150_000, rate) });
  return minutes(length, (i) => minute(i, side(0.02), side(0.02 + more)));
};
const called = (seed: number, more: number, length = 40) => {
  const met = stage(seed, length, more);
  return met.findIndex((_, i) => decideGate(met.slice(0, i + 1), POLICY).decision === 'rollback');
};

describe('a margin that is small beside the base rate', () => {
  it('has half of it as the most that is tolerated, and the ordinary tolerance stands where it is less', () => {
    expect(POLICY.errorTolerance).toEqual({ ratio: 1, absolute: 0.0005 });
    expect(gatePolicyOf(PLAN, { ...DAY, errorRate: 0.0024 }, 2).errorTolerance).toEqual(PLAN.gate.errorTolerance);
    expect(gatePolicyOf(PLAN, { ...DAY, errorRate: 0.0026 }, 2).errorTolerance).toEqual(POLICY.errorTolerance);
    expect(gatePolicyOf(PLAN, { ...DAY, errorRate: 0.001 }, 2).errorTolerance).toEqual(PLAN.gate.errorTolerance);
    expect(gatePolicyOf(PLAN, null, 2).errorTolerance).toEqual(PLAN.gate.errorTolerance);
  });

  it('does not hide a candidate that is worse by twice or three times as much', () => {
    for (const seed of [1, 2, 3]) {
      expect(called(seed, 0.003)).toBeLessThan(12);
      expect(called(seed, 0.003)).toBeGreaterThan(0);
      expect(called(seed, 0.0015)).toBeLessThan(12);
      expect(called(seed, 0.0015)).toBeGreaterThan(0);
      expect(called(seed, 0.002)).toBeGreaterThan(0);
    }
  });

  it('brings nobody back who is worse by half of it', () => {
    for (const seed of [1, 2, 3]) expect(called(seed, 0.0005, 120)).toBe(-1);
  });

  it('brings no healthy candidate back, and lets it advance', () => {
    for (const seed of [1, 2, 3]) {
      expect(called(seed, 0)).toBe(-1);
      expect(decideGate(stage(seed, 40, 0), POLICY).decision).toBe('advance');
    }
  });
});
