import { describe, expect, it } from 'vitest';
import { cutoverIdSchema, ingressIdSchema } from '../../core/model/ids.ts';
import { Recorder } from '../../rehearsal/scenario/recorder.ts';
import { lease } from '../support/ledger-item.ts';

const BEGAN = Date.parse('2026-11-24T08:00:00.000Z');
/** The return was verified ten virtual minutes, ten real seconds, after the begin. */
const VERIFIED = new Date(BEGAN + 600_000).toISOString();
const RETURNED = {
  trigger: 'alarm',
  reason: 'r',
  by: 'b',
  requestedAt: VERIFIED,
  confirmedAt: VERIFIED,
  verifiedAt: VERIFIED,
  capacityRestoredAt: null,
} as const;

/** Failures that customers saw in the last tick before or after a return that was verified 10 s after the begin. */
function failedAfterReturn(tick: { readonly at: number; readonly lastFailureAt: number | null }): number {
  const recorder = new Recorder({ virtualAt: (real) => BEGAN + (real - BEGAN) * 60 });
  const side = { ok: 0, failed: 3, lastFailureAt: tick.lastFailureAt, latencies: [] };
  recorder.tick({ at: tick.at, sent: 3, sides: { unknown: side } });
  const { requests } = recorder.evidence({
    title: 'crash',
    ingressId: ingressIdSchema.parse('gateway'),
    cutoverId: cutoverIdSchema.parse('first'),
    startedAt: BEGAN,
    endedAt: BEGAN + 700_000,
    speed: 60,
    candidate: 'gateway',
    fault: { text: 'crash@10', at: BEGAN },
    log: [],
    item: lease({ status: 'rolled_back', rollback: RETURNED }),
    execution: null,
    chaos: [],
  });
  return requests.failedAfterReturn;
}

describe('failures after a verified return', () => {
  it('are those that customers saw after it', () => {
    expect(failedAfterReturn({ at: BEGAN + 9_900, lastFailureAt: BEGAN + 10_100 })).toBe(3);
  });

  it('are not those before it, however late they are heard of', () => {
    expect(failedAfterReturn({ at: BEGAN + 9_900, lastFailureAt: BEGAN + 9_950 })).toBe(0);
  });
});
