import { describe, expect, it } from 'vitest';
import { decode } from '../../core/model/decision-log.ts';
import { logEntrySchema } from '../../core/model/lease.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { baselineSummarySchema } from '../../core/model/run-state.ts';
import { campaignFrom, campaignInput } from '../support/campaign.ts';
import { MemoryWorld } from '../support/memory-world.ts';

describe('names that fields of a plan have had', () => {
  it('mean the same as today’s', () => {
    expect(parsePlan({ gate: { errorBunch: 5, slowBunch: 3 } }).gate).toMatchObject({ errorBurst: 5, slowBurst: 3 });
    expect(parsePlan({ gate: { errorBunch: 5, errorBurst: 2 } }).gate.errorBurst).toBe(2);
    expect(() => parsePlan({ gate: { errorBunch: 0 } })).toThrow(/gate\.errorBurst/);
    expect(parsePlan({ shadow: { minPairsPerRoute: 7 } }).shadow.minCapturesPerRoute).toBe(7);
    expect(() => parsePlan({ shadow: { minPairsPerRoute: 0 } })).toThrow(/shadow\.minCapturesPerRoute/);
  });

  it('excuse no field that never was', () => {
    expect(() => parsePlan({ gate: { minPairsPerRoute: 7 } })).toThrow(/gate\.minPairsPerRoute/);
    expect(() => parsePlan({ gate: { constructor: 7 } })).toThrow(/gate\.constructor/);
  });

  it('are read in the plans of a campaign', () => {
    const { plans } = campaignFrom(
      campaignInput({ first: ['shop'] }, { plans: { old: { shadow: { minPairsPerRoute: 7 } } } }),
    );
    expect(plans.old?.shadow.minCapturesPerRoute).toBe(7);
  });

  it('are read in the baseline of an earlier log', () => {
    const { errorBurst: _, slowBurst: __, ...rest } = baselineSummarySchema.parse(new MemoryWorld().baselineSummary);
    const entry = logEntrySchema.parse({
      at: '2026-11-24T08:00:00.000Z',
      kind: 'phase',
      phase: 'baseline',
      stage: -1,
      by: 'machine',
      message: '',
      data: { ...rest, errorBunch: 4, slowBunch: null },
    });
    expect(decode(entry, 2)).toMatchObject({ type: 'baseline', baseline: { errorBurst: 4, slowBurst: null } });
  });
});
