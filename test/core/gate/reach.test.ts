import { describe, expect, it } from 'vitest';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { lookSchema } from '../../../core/model/decision-log.ts';
import type { SideCounts } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { baselineSummary } from '../../support/baseline.ts';
import { recordedRun } from '../../support/recorded-run.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const DAY = baselineSummary({ errorCeiling: 0.002, slowCeiling: 0.01 });
const at = (percent: number, day: typeof DAY | null = DAY) =>
  gatePolicyOf(
    PLAN,
    day,
    PLAN.stages.findIndex((stage) => stage.percent === percent),
  );

/** Five requests a second, 99 % of them on the candidate: three a minute are left for the stable side. */
const thin = (length: number, candidate: Partial<SideCounts>, stable: Partial<SideCounts> = {}) =>
  minutes(length, (i) => minute(i, counts(3, stable), counts(297, candidate)));

describe('where most requests are the candidate’s', () => {
  it('a candidate beyond what stable’s minutes reached goes back, though the stable side is too thin to compare with', () => {
    const verdict = decideGate(thin(60, { target5xx: 4 }), at(99));
    expect(verdict.decision).toBe('rollback');
    expect(verdict.reason).toMatch(/fails 1\.35 % .* reached before and the margin \(0\.70 %\)/);
    expect(decideGate(thin(60, { target5xx: 4 }), at(99, null)).decision).toBe('hold');
  });

  it('the same of slow requests', () => {
    expect(decideGate(thin(60, { slow: 18 }), at(99)).reason).toMatch(/is slow to 6\.06 %/);
    expect(decideGate(thin(60, { slow: 18 }), at(99, { ...DAY, slowCeiling: null })).decision).toBe('hold');
  });

  it('no minute decides alone: a common outage of some minutes is over before', () => {
    const outage = minutes(60, (i) => minute(i, counts(3), counts(297, { target5xx: i >= 30 && i < 38 ? 13 : 0 })));
    for (let seen = 1; seen <= 60; seen++)
      expect(decideGate(outage.slice(0, seen), at(99)).decision).not.toBe('rollback');
  });

  it('not while the stable side fares as badly on the same minutes', () => {
    const both = minutes(60, (i) =>
      minute(i, counts(3, { target5xx: i % 30 === 5 ? 1 : 0 }), counts(297, { target5xx: 4 })),
    );
    expect(decideGate(both, at(99)).decision).toBe('hold');
  });

  it('not where nothing is known of the stable side’s minutes of the stage', () => {
    const alone = minutes(60, (i) => minute(i, null, counts(297, { target5xx: 4 })));
    expect(decideGate(alone, at(99)).decision).toBe('hold');
  });

  it('what the plan allows a warm-up does not count', () => {
    const cold = minutes(60, (i) => minute(i, counts(3), counts(297, { target5xx: i < 2 ? 4 : 2 })));
    expect(decideGate(cold, at(99)).decision).not.toBe('rollback');
  });

  it('only there: with as many on the stable side the comparison tells', () => {
    for (const percent of [1, 10, 50]) expect(at(percent)).toMatchObject({ errorReach: Infinity, slowReach: Infinity });
    expect(at(90).errorReach).toBeCloseTo(0.007);
    expect(at(99).slowReach).toBeCloseTo(0.03);
    expect(at(99, { ...DAY, errorCeiling: null }).errorReach).toBe(Infinity);
  });
});

describe('the stable side’s look-back', () => {
  it('is taken again before each stage in which the candidate has most requests, and only then', async () => {
    const log = await recordedRun(
      { stages: [50, 90, 100].map((percent) => ({ percent, bake: 'PT1H' as const })) },
      (stage, i, now) => {
        const share = [0.5, 0.9, 1][stage] ?? 1;
        const side = (n: number) => counts(n, { target5xx: Math.round(n / 1_000) });
        const stable = share === 1 ? null : side(30_000 * (1 - share));
        return { ...minute(i, stable, side(30_000 * share)), minute: now };
      },
    );
    const taken = log.filter(({ data }) => lookSchema.safeParse(data).data?.baseline !== undefined);
    expect(taken).toHaveLength(2);
  });
});
