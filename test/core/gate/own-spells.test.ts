import { describe, expect, it } from 'vitest';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import type { MinuteEvidence } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { binomial, generator } from '../../support/random.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const DAY = new MemoryWorld().baselineSummary;
if (DAY === null) throw new Error('the world has no look-back');
/** In one minute of five the garbage collector runs, and 6 % of the requests are slow. */
const SPELLS = { ...DAY, slowRate: 0.015, slowCeiling: 0.066, slowNoise: null };
const policyOf = (baseline: typeof SPELLS) => gatePolicyOf(PLAN, baseline, 0);

/** Draws the slow minutes of each side independently. The candidate is worse by `more` in every minute. */
const collecting = (seed: number, more = 0) => {
  const random = generator(seed);
  const side = (n: number, worse: number) =>
    counts(n, { slow: binomial(random, n, (random() < 0.2 ? 0.06 : 0.004) + worse) });
  return minutes(60, (i) => minute(i, side(29_700, 0), side(300, more)));
};
const calledAt = (met: readonly MinuteEvidence[], baseline = SPELLS) =>
  met.findIndex((_, i) => decideGate(met.slice(0, i + 1), policyOf(baseline)).decision === 'rollback');
const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);

describe('slow minutes that each side ordinarily has, at minutes of its own', () => {
  it('bring back no candidate that has as many', () => {
    expect(seeds(8).filter((seed) => calledAt(collecting(seed)) >= 0)).toEqual([]);
  });

  it('would, where the look-back has none', () => {
    const calm = { ...SPELLS, slowRate: 0.004, slowCeiling: 0.0045 };
    expect(seeds(8).filter((seed) => calledAt(collecting(seed), calm) >= 0).length).toBeGreaterThan(5);
  });

  it('hide no candidate that is slow in every minute', () => {
    for (const seed of seeds(5)) expect(calledAt(collecting(seed, 0.04))).toBeGreaterThan(0);
  });

  it('let a minute speak that is beyond them', () => {
    const stalled = collecting(1).map((m, i) => (i === 12 ? minute(i, m.stable, counts(300, { slow: 90 })) : m));
    expect(calledAt(stalled)).toBe(12);
  });

  it('are told by what the look-back reaches: chance reaches less, an incident more', () => {
    expect(policyOf(SPELLS).slowSpell).toBeCloseTo(0.015 * 4 + 0.02);
    expect(policyOf({ ...SPELLS, slowCeiling: 0.03 }).slowSpell).toBe(0);
    expect(policyOf({ ...SPELLS, slowCeiling: 0.3 }).slowSpell).toBe(0);
    expect(gatePolicyOf(PLAN, { ...SPELLS, slowNoise: 0.3 }, 0).slowSpell).toBe(0);
    expect(gatePolicyOf(PLAN, null, 0).slowSpell).toBe(0);
  });
});
