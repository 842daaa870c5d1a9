import { describe, expect, it } from 'vitest';
import { spikeOf } from '../../../core/gate/bets/index.ts';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import type { MinuteEvidence } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import type { BaselineSummary } from '../../../core/model/run-state.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { binomial, generator } from '../../support/random.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const DAY = new MemoryWorld().baselineSummary;
if (DAY === null) throw new Error('the world has no look-back');
/** In one minute of five the garbage collector runs, and 6 % of the requests are slow. */
const SPELLS = { ...DAY, slowRate: 0.015, slowCeiling: 0.066, slowNoise: null };
const policyOf = (baseline: BaselineSummary) => gatePolicyOf(PLAN, baseline, 0);

/** Draws the slow minutes of each side independently. The candidate is worse by `more` in every minute. */
const collecting = (seed: number, more = 0) => {
  const random = generator(seed);
  const side = (n: number, worse: number) =>
    counts(n, { slow: binomial(random, n, (random() < 0.2 ? 0.06 : 0.004) + worse) });
  return minutes(60, (i) => minute(i, side(29_700, 0), side(300, more)));
};
const calledAt = (met: readonly MinuteEvidence[], baseline: BaselineSummary = SPELLS) =>
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

describe('a minute of failures such as stable itself has now and then', () => {
  /** A task restarts and fails a third of the requests for a minute, once in six hours. */
  const RESTARTS = { ...DAY, errorRate: 0.002, errorSpike: 0.35, errorNoise: null };
  const failing = (is: (i: number) => boolean, share = 0.33) =>
    minutes(60, (i) =>
      minute(i, counts(27_000, { target5xx: 27 }), counts(3_000, { target5xx: is(i) ? 3_000 * share : 3 })),
    );

  it('rolls back no candidate alone, and in the next minute one that goes on', () => {
    expect(
      calledAt(
        failing((i) => i === 30),
        RESTARTS,
      ),
    ).toBe(-1);
    expect(
      calledAt(
        failing((i) => i >= 30),
        RESTARTS,
      ),
    ).toBe(31);
  });

  it('is what the worst minutes of three hours reach: one incident of a day is none', () => {
    const day = (is: (i: number) => boolean) =>
      Array.from({ length: 1_440 }, (_, i) => ({ n: 3_000, x: is(i) ? 1_000 : i % 3 }));
    expect(spikeOf(day((i) => i % 360 === 280))).toBeCloseTo(1 / 3);
    expect(spikeOf(day((i) => i > 700 && i < 760))).toBeLessThan(0.001);
    expect(spikeOf(day(() => true).slice(0, 100))).toBe(0);
  });

  it('does where the look-back has none, or less', () => {
    expect(calledAt(failing((i) => i === 30))).toBe(30);
    expect(
      calledAt(
        failing((i) => i === 30, 0.5),
        RESTARTS,
      ),
    ).toBe(30);
  });
});

describe('minutes that bring the candidate many times its requests', () => {
  /** In ten minutes of two hours a batch client doubles the traffic, and 1.2 % of the side that it keeps to fails. */
  const BATCHES = { ...DAY, errorRate: 0.0035, errorCeiling: 0.0135, errorNoise: null };
  const batch = (is: (i: number) => boolean, failed = 0.012, length = 60) =>
    minutes(length, (i) =>
      is(i)
        ? minute(i, counts(29_700, { target5xx: 89 }), counts(30_000, { target5xx: 30_000 * failed }))
        : minute(i, counts(29_700, { target5xx: 89 }), counts(300, { target5xx: i % 10 === 0 ? 0 : 1 })),
    );

  it.each([0, 40])('are a client’s that keeps to it, where stable’s minutes fail as often (from minute %i)', (from) => {
    const is = (i: number) => i >= from && i < from + 10;
    expect(calledAt(batch(is), BATCHES)).toBe(-1);
    expect(decideGate(batch(is, 0.012, 240), policyOf(BATCHES)).decision).toBe('advance');
    expect([0, 1, 2]).toContain(calledAt(batch(is, 0.02), BATCHES) - from);
    expect([0, 1, 2]).toContain(calledAt(batch(is)) - from);
  });

  it.each([0.01, 0.1, 0.5, 0.9])(
    'are a client’s at any weight: it doubles the traffic, by the candidate alone (%d)',
    (weight) => {
      const policy = { ...policyOf(BATCHES), weight };
      const n1 = 30_000 * weight;
      const met = (failed: number) =>
        minutes(90, (i) => {
          const more = i >= 60 && i < 70 ? 30_000 : 0;
          const own = counts(n1 + more, { target5xx: Math.round(0.003 * n1 + failed * more) });
          return minute(i, counts(30_000 - n1, { target5xx: Math.round(0.003 * (30_000 - n1)) }), own);
        });
      const called = (of: ReturnType<typeof met>) =>
        of.findIndex((_, i) => decideGate(of.slice(0, i + 1), policy).decision === 'rollback');
      expect(called(met(0.012))).toBe(-1);
      expect(called(met(0.04))).toBeGreaterThanOrEqual(60);
    },
  );

  it('hide no candidate that goes on, nor one that always gets more than its weight', () => {
    expect(
      calledAt(
        batch((i) => i >= 10 && i < 50),
        BATCHES,
      ),
    ).toBeGreaterThan(10);
    const sticky = minutes(60, (i) =>
      minute(i, counts(28_800, { target5xx: 29 }), counts(1_200, { target5xx: i < 30 ? 1 : 12 })),
    );
    expect(calledAt(sticky, BATCHES)).toBeGreaterThan(30);
    expect(calledAt(sticky, BATCHES)).toBeLessThan(40);
  });
});
