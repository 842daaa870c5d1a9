import { describe, expect, it } from 'vitest';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const DAY = new MemoryWorld().baselineSummary;
if (DAY === null) throw new Error('the world has no look-back');
const HALF = PLAN.stages.findIndex(({ percent }) => percent === 50);
const policyOf = (errorRate: number, errorCeiling: number | null, errorNoise: number | null = null) =>
  gatePolicyOf(PLAN, { ...DAY, errorRate, errorCeiling, errorNoise }, HALF);

/** Both sides fail 3 % for half an hour. Then the candidate fails `share` for a dozen minutes. */
const spell = (share: number) => {
  const side = (rate: number) => counts(15_000, { target5xx: Math.round(15_000 * rate) });
  return minutes(42, (i) => minute(i, side(0.03), side(i < 30 ? 0.03 : share)));
};

describe('the absolute limit', () => {
  it('is the plan’s where the stable side keeps well below it, and after an incident of yesterday, too', () => {
    expect(policyOf(0.001, 0.002).maxErrorRate).toBe(PLAN.gate.maxErrorRate);
    expect(policyOf(0.001, 0.3).maxErrorRate).toBe(PLAN.gate.maxErrorRate);
    expect(policyOf(0.03, null).maxErrorRate).toBe(PLAN.gate.maxErrorRate);
  });

  it('is above what the stable side’s own minutes reach now and then', () => {
    const wandering = policyOf(0.03, 0.076, 0.25);
    expect(wandering.maxErrorRate).toBeCloseTo(0.081);
    expect(decideGate(spell(0.072), wandering).decision).toBe('hold');
    // The plan's own limit would have rolled back.
    expect(decideGate(spell(0.072), { ...wandering, maxErrorRate: PLAN.gate.maxErrorRate }).reason).toContain(
      'above the limit',
    );
  });

  it('is an outage’s all the same', () => {
    const verdict = decideGate(spell(0.4), policyOf(0.03, 0.076, 0.25));
    expect(verdict.decision).toBe('rollback');
  });
});
