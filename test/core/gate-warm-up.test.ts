import { describe, expect, it } from 'vitest';
import { decideGate } from '../../core/gate/concurrent-control.ts';
import { judgeAlone } from '../../core/gate/historical-control.ts';
import { gatePolicyOf, shadowPolicyOf } from '../../core/gate/plan-policy.ts';
import type { MinuteEvidence, SideCounts } from '../../core/model/evidence.ts';
import { parsePlan } from '../../core/model/plan.ts';

const PLAN = parsePlan({});
const POLICY = gatePolicyOf(PLAN, null, 0);
const side = (requests: number, slow: number, target5xx = 0): SideCounts => ({
  requests,
  target5xx,
  connectionErrors: 0,
  slow,
});
const minutes = (count: number, slow: number, errors = 0): MinuteEvidence[] =>
  Array.from({ length: count }, (_, minute) => ({
    minute: minute * 60_000,
    stable: side(9_000, 36),
    candidate: side(1_000, slow, errors),
    elb5xx: 0,
  }));

describe('the minutes after a weight move', () => {
  it('are five by default, and none in the soak, where no weight moves', () => {
    expect(POLICY.warmUpMinutes).toBe(5);
    expect(gatePolicyOf(PLAN, null, PLAN.stages.length).warmUpMinutes).toBe(0);
    expect(gatePolicyOf(parsePlan({ gate: { warmUp: 'PT0S' } }), null, 0).warmUpMinutes).toBe(0);
  });

  it('may be slow within the allowance; the same slowness afterwards rolls back', () => {
    const cold = minutes(5, 60);
    expect(decideGate(cold, POLICY).decision).toBe('hold');
    expect(decideGate([...cold, ...minutes(30, 4)], POLICY).decision).toBe('advance');
    expect(decideGate([...cold, ...minutes(3, 60)], POLICY).decision).toBe('rollback');
    expect(decideGate(cold, { ...POLICY, warmUpMinutes: 0 }).decision).toBe('rollback');
  });

  it('may not be slow beyond the allowance', () => {
    expect(decideGate(minutes(3, 400), POLICY).decision).toBe('rollback');
  });

  it('may not fail requests', () => {
    expect(decideGate(minutes(2, 4, 30), POLICY).decision).toBe('rollback');
  });

  it('are no evidence of speed either', () => {
    expect(decideGate(minutes(5, 0), POLICY).metrics.find((m) => m.metric === 'slow')).toMatchObject({
      verdict: 'undecided',
      upper: 1,
    });
  });

  it('are passed over at 100 % as well', () => {
    const baseline = { peakErrorRate: 0.001, peakSlowRate: 0.005 };
    const alone = (of: MinuteEvidence[]) =>
      judgeAlone(
        of.map((m) => ({ ...m, stable: null })),
        POLICY,
        baseline,
      );
    expect(alone([...minutes(5, 100), ...minutes(25, 4)]).decision).toBe('advance');
    expect(alone([...minutes(5, 4), ...minutes(25, 100)]).decision).toBe('rollback');
  });
});

describe('the parts of α', () => {
  it('sum to one over the stages, the soak, shadow and exercise, the first stage having half', () => {
    for (const stages of [PLAN.stages.length, 1, 7]) {
      const plan = parsePlan({
        stages: Array.from({ length: stages }, (_, i) => ({ percent: i === stages - 1 ? 100 : i + 1, bake: 'PT1H' })),
      });
      const parts = Array.from({ length: stages + 1 }, (_, stage) => 1 / gatePolicyOf(plan, null, stage).tests);
      expect(parts[0]).toBe(0.5);
      const mirrored = 2 / shadowPolicyOf(plan, null).tests;
      expect(parts.reduce((a, b) => a + b, mirrored)).toBeCloseTo(1, 12);
    }
  });
});
