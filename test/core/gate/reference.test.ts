import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilingOf } from '../../../core/gate/bets/ceiling.ts';
import { evidenceSince, gapOf, spansWithin } from '../../../core/gate/freshness.ts';
import { judgeAlone, retaken } from '../../../core/gate/historical-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { requestsNeeded } from '../../../core/gate/sample-size.ts';
import { UNKNOWN } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import type { Side } from '../../../sides/index.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { binomial, generator } from '../../support/random.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

describe('the figures of a call at 100 %', () => {
  it('are those that it rests on, also where a late point of its first minute leaves no minute settled', () => {
    const lost = (i: number) => counts(6_000, { connectionErrors: 3_000, target5xx: i === 0 ? UNKNOWN : 0 });
    const seen = minutes(5, (i) => minute(i, null, lost(i)));
    const { decision, reason } = judgeAlone(seen, gatePolicyOf(PLAN, null, PLAN.stages.length), null);
    expect({ decision, reason }).toMatchObject({
      decision: 'rollback',
      reason: expect.stringContaining('errors 15000 of 30000 (50.00 %;'),
    });
  });
});

describe('the ceiling of a side’s own minutes', () => {
  const day = (n: number, rate: (i: number) => number, seed = 1) => {
    const random = generator(seed);
    return Array.from({ length: 288 }, (_, i) => ({ n, x: binomial(random, n, rate(i)) }));
  };

  it('is hardly above the mean where nothing but chance makes windows differ, at any traffic', () => {
    for (const rps of [0.2, 5, 500]) expect(ceilingOf(day(300 * rps, () => 0.001))).toBeLessThan(0.004);
  });

  it('is not raised to one bad spell, and covers neighbours who come every hour', () => {
    const spell = ceilingOf(day(150_000, (i) => (i === 120 ? 0.061 : 0.001))) ?? 0;
    expect(spell).toBeLessThan(0.01);
    expect(ceilingOf(day(150_000, (i) => (i % 12 === 0 ? 0.03 : 0.001)))).toBeGreaterThan(0.029);
  });

  it('is a share, and null of nothing', () => {
    expect(ceilingOf([])).toBeNull();
    expect(ceilingOf([{ n: 0, x: 0 }])).toBeNull();
    const period = fc
      .integer({ min: 0, max: 5_000 })
      .chain((n) => fc.record({ n: fc.constant(n), x: fc.nat({ max: n }) }));
    fc.assert(
      fc.property(fc.array(period, { maxLength: 60 }), (periods) => {
        const [n, x] = periods.reduce(([a, b], p) => [a + p.n, b + p.x], [0, 0]);
        const ceiling = ceilingOf(periods);
        return n === 0 ? ceiling === null : ceiling !== null && ceiling <= 1 && ceiling >= 0 && x >= 0;
      }),
    );
  });

  it('lets a candidate that fails 4.9 % at 100 % not pass for one bad spell of yesterday', () => {
    const policy = gatePolicyOf(PLAN, null, PLAN.stages.length - 1);
    const reference = {
      errorRate: 0.0012,
      peakErrorRate: 0.061,
      slowRate: 0.004,
      peakSlowRate: 0.01,
      errorCeiling: ceilingOf(day(150_000, (i) => (i === 120 ? 0.061 : 0.001))),
      slowCeiling: 0.005,
    };
    const failing = minutes(20, (i) => minute(i, null, counts(30_000, { target5xx: 1_470 })));
    expect(judgeAlone(failing, policy, reference).decision).toBe('rollback');
    expect(judgeAlone(failing, policy, { ...reference, errorCeiling: null }).decision).toBe('rollback');
  });
});

describe('the reference taken again before the last customers leave', () => {
  const day = new MemoryWorld().baselineSummary;
  if (day === null) throw new Error('the world has no look-back');
  const NOBODY = { all: 0, others: 0 };
  const BEFORE = { ...day, errorCeiling: 0.13, peakErrorRate: 0.12, slowCeiling: null, peakSlowRate: null };
  const AGAIN = { errorRate: 0.002, slowRate: 0.03, peakErrorRate: 0.03, peakSlowRate: 0.1, untoldCeiling: null };

  it('knows what minutes had reached while the stable side still had enough requests to show it', () => {
    const days = (n: number) =>
      Array.from({ length: 1_440 }, (_, i) => ({ n, x: i % 30 < 8 ? Math.round(n * 0.1) : 0 }));
    const [before, thin] = [ceilingOf(days(300)) ?? 0, ceilingOf(days(3)) ?? 0];
    expect(thin).toBeLessThan(0.05);
    const { errorCeiling } = retaken(
      { ...BEFORE, errorCeiling: before },
      { ...AGAIN, errorCeiling: thin, slowCeiling: null },
      NOBODY,
    );
    const policy = gatePolicyOf(PLAN, null, PLAN.stages.length - 1);
    const likewise = minutes(40, (i) => minute(i, null, counts(300, { target5xx: i % 30 < 8 ? 30 : 0 })));
    const against = (ceiling: number | null) =>
      judgeAlone(likewise, { ...policy, maxErrorRate: 0.3 }, { ...AGAIN, errorCeiling: ceiling, slowCeiling: null })
        .decision;
    expect(against(errorCeiling)).not.toBe('rollback');
    expect(against(thin)).toBe('rollback');
  });

  it('rises where the run’s own minutes reached higher, and takes what only one of them knows', () => {
    expect(retaken(BEFORE, { ...AGAIN, errorCeiling: 0.2, slowCeiling: 0.15 }, NOBODY)).toMatchObject({
      errorRate: 0.002,
      slowRate: 0.03,
      errorCeiling: 0.2,
      slowCeiling: 0.15,
      peakErrorRate: 0.12,
      peakSlowRate: 0.1,
    });
    expect(retaken(BEFORE, { ...AGAIN, errorCeiling: null, slowCeiling: null }, NOBODY)).toMatchObject({
      errorCeiling: 0.13,
      slowCeiling: null,
    });
  });
});

describe('evidence of more than a week', () => {
  it('is taken in spans that begin where the stage began, and then in steps', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 * DAY_MS }), (elapsed) => {
        const from = evidenceSince(1_000, 1_000 + elapsed) - 1_000;
        expect(from % (3.5 * DAY_MS)).toBe(0);
        expect(elapsed - from).toBeLessThan(7 * DAY_MS);
        if (elapsed >= 3.5 * DAY_MS) expect(elapsed - from).toBeGreaterThanOrEqual(3.5 * DAY_MS);
        expect(from / (3.5 * DAY_MS)).toBeLessThan(spansWithin(elapsed / 1_000));
      }),
    );
  });

  it('has a part of α for each span of a soak of thirty days', () => {
    const long = parsePlan({ soak: { duration: 'P30D' } });
    const [once, often] = [PLAN, long].map((plan) => gatePolicyOf(plan, null, plan.stages.length).tests);
    expect(often).toBeGreaterThan(4 * (once ?? 0));
  });
});

describe('a stage or a soak is never promoted blind', () => {
  const LENGTH = 60;
  const gap = (met: ReturnType<typeof minutes>, share: number) =>
    gapOf(met, { since: 0, now: LENGTH * MINUTE_MS, share, silentMinutes: 0, bakeMs: LENGTH * MINUTE_MS });
  const whole = (share: number) =>
    minutes(LENGTH - 1, (i) =>
      minute(
        i,
        share === 1 ? null : counts(30_000 * (1 - share), { target5xx: 3 }),
        counts(30_000 * share, { target5xx: 3 }),
      ),
    );
  const sides = fc.constantFrom<Side[]>(['stable'], ['candidate'], ['stable', 'candidate']);
  const shares = fc.constantFrom(0.01, 0.5, 0.9, 0.99);

  it('passes whole evidence', () => {
    for (const share of [0.01, 0.5, 0.99, 1]) expect(gap(whole(share), share)).toBeNull();
  });

  it('does not over a gap of a fifth of the stage, wherever it lies and whichever side it hits', () => {
    fc.assert(
      fc.property(shares, sides, fc.nat({ max: LENGTH - 14 }), (share, of, from) => {
        const cut = whole(share).map((m, i) =>
          i < from || i >= from + 13 ? m : { ...m, ...Object.fromEntries(of.map((side) => [side, null])) },
        );
        expect(gap(cut, share)).not.toBeNull();
      }),
    );
  });

  it('does not when any of the ten minutes before the newest ones is missing', () => {
    fc.assert(
      fc.property(shares, sides, fc.integer({ min: LENGTH - 11, max: LENGTH - 5 }), (share, of, missing) => {
        const cut = whole(share).map((m, i) =>
          i === missing ? { ...m, ...Object.fromEntries(of.map((side) => [side, null])) } : m,
        );
        expect(gap(cut, share)).not.toBeNull();
      }),
    );
  });

  it('does not at 100 % without the candidate’s minutes, and needs none of the stable side', () => {
    fc.assert(
      fc.property(fc.nat({ max: LENGTH - 14 }), (from) => {
        const cut = whole(1).map((m, i) => (i < from || i >= from + 13 ? m : { ...m, candidate: null }));
        expect(gap(cut, 1)).not.toBeNull();
      }),
    );
  });
});

describe('the evidence that a stage takes', () => {
  it.each([
    [0.02, 0.001, 0.5],
    [0.1, 0.005, 0.5],
    [0.4, 0.02, 0.5],
    [0.1, 0.003, 0.01],
    [0.001, 0.005, 0.99],
  ])('is finite at a base rate of %d with a margin of %d and a share of %d', (rate, margin, share) => {
    const policy = { ...gatePolicyOf(PLAN, null, 1), errorMargin: margin };
    const needed = requestsNeeded(policy, { errorRate: rate, slowRate: null }, share, 300_000);
    const normal = (((2.33 + 2) / margin) ** 2 * rate * (1 - rate)) / (1 - share);
    expect(needed).toBeLessThan(5 * normal + 10_000);
  });

  it('grows with noise, and not without', () => {
    const policy = gatePolicyOf(PLAN, null, 1);
    const needed = (errorNoise: number | null) =>
      requestsNeeded(policy, { errorRate: 0.005, slowRate: null, errorNoise }, 0.1, 30_000);
    expect(needed(0)).toBe(needed(null));
    expect(needed(0.25)).toBeGreaterThan(needed(0));
    expect(needed(0.5)).toBeGreaterThan(needed(0.25));
  });
});
