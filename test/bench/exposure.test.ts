import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALARM, CLOUD_RUN, FLAGGER_TUTORIAL } from '../../bench/exposure/gates.ts';
import { isHigh, mannWhitneyZ, shiftOf } from '../../bench/exposure/kayenta.ts';
import { OURS } from '../../bench/exposure/policies.ts';
import { report } from '../../bench/exposure/report.ts';
import { atLeast, ratioOf, wilson } from '../../bench/exposure/stats.ts';
import { world } from '../../bench/exposure/world.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import fixture from '../reference/gate.json' with { type: 'json' };
import kayenta from '../reference/kayenta.json' with { type: 'json' };
import { cellOf, simulated } from './simulated-cell.ts';

describe("the simulator's parts", () => {
  it('let every policy meet the same customers', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 300 }), (seed, minute) => {
        const cell = cellOf('bursts', 50, null);
        const [one, other] = [world(cell, seed), world(cell, seed)];
        one.sample(minute + 5, 3, 10);
        expect(one.sample(minute, 7, 10)).toEqual(other.sample(minute, 7, 10));
      }),
    );
  });

  const look = (candidates: readonly (readonly [number, number])[]) => {
    const run = candidates.map(
      ([requests, target5xx], minute): MinuteEvidence => ({
        minute,
        stable: null,
        candidate: { requests, target5xx, connectionErrors: 0, slow: 0 },
        elb5xx: 0,
      }),
    );
    return {
      minute: run.length + 1,
      run,
      visible: run.length,
      stageFrom: 0,
      percent: 10,
      shown: (truth: MinuteEvidence) => truth,
    };
  };
  const anywhere = world(cellOf('steady', 50, null), 1);

  it('let Flagger roll back one tick after the check that reached its threshold', () => {
    const gate = FLAGGER_TUTORIAL(anywhere);
    const bad = Array.from({ length: 6 }, () => [100, 5] as const);
    expect(bad.map((_, i) => gate(look(bad.slice(0, i + 1))))).toEqual([
      ...Array.from({ length: 5 }, () => 'hold'),
      'abort',
    ]);
  });

  it('let Cloud Run hold under a hundred requests, and the alarm ring on two of three minutes', () => {
    expect(CLOUD_RUN(anywhere)(look([[99, 50]]))).toBe('hold');
    expect(CLOUD_RUN(anywhere)(look([[100, 2]]))).toBe('abort');
    expect(ALARM(anywhere)(look([[100, 2]]))).toBe('go');
    expect(
      ALARM(anywhere)(
        look([
          [100, 2],
          [100, 0],
          [100, 2],
        ]),
      ),
    ).toBe('abort');
  });

  it('compute ranks, intervals and tails as SciPy does', () => {
    expect(mannWhitneyZ(fixture.ranks.a, fixture.ranks.b)).toBeCloseTo(fixture.ranks.z, 8);
    for (const known of fixture.shares) {
      const [low, high] = wilson(known.count, known.runs);
      // `wilson` uses z = 1.96, the fixture 1.959964.
      expect(low).toBeCloseTo(known.wilson[0] ?? Number.NaN, 5);
      expect(high).toBeCloseTo(known.wilson[1] ?? Number.NaN, 5);
      expect(atLeast(known.count, known.runs, 0.01)).toBeCloseTo(known.atLeast, 9);
    }
    expect(ratioOf([2, 4, 6], [1, 2, 3])).toEqual({ mean: 2, half: 0 });
  });

  // `kayenta.json` holds the answers of kayenta-judge itself (spinnaker/kayenta at a69573be, Scala 2.11), whose solver
  // stops within one ten-thousandth.
  it.each(kayenta)('classify as Kayenta does: $label by $lower', ({ canary, baseline, label, lower, estimate }) => {
    expect(isHigh(canary, baseline)).toBe(label === 'High');
    if (lower === null || estimate === null) return;
    expect(Math.abs(shiftOf(canary, baseline).lower - lower)).toBeLessThan(2e-4);
    // Every value of an interval in which the ranks are even is a valid estimate.
    expect(Math.abs(shiftOf(canary, baseline).estimate - estimate)).toBeLessThan(0.02);
  });

  it('report a missed target as missed', () => {
    const met = simulated('steady', 500, null, 1);
    const own = met.rows.find((r) => r.policy === OURS);
    expect(report([met])).toContain('met in 1 of 1 cells');
    const bad = { ...met, rows: own === undefined ? [] : [{ ...own, worse: 1 }] };
    expect(report([bad])).toMatch(/met in 0 of 1 cells\n {2}- 500 rps, steady: 100\.0 %/);
  });
});
