import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PLAN, planFor, refused } from '../../bench/exposure/plans.ts';
import { OURS } from '../../bench/exposure/policies.ts';
import { atLeast } from '../../bench/exposure/stats.ts';
import type { CellResult } from '../../bench/exposure/tally.ts';
import { simulated } from './simulated-cell.ts';

const ended = (result: CellResult) => {
  const own = result.rows.find((r) => r.policy === OURS);
  return (own?.worse ?? 0) + (own?.undecided ?? 0);
};

describe('simulated cutovers, looked at every minute', () => {
  it.each(['steady', 'noisy neighbour', 'cold start', 'heavy tail'])(
    'a healthy candidate on the trace "%s" is rolled back no more often than α allows',
    (trace) => {
      const runs = 60;
      // If the true rate were α, the probability of at least this many must not be below 1 in 1,000.
      expect(atLeast(ended(simulated(trace, 500, null, runs)), runs, DEFAULT_PLAN.gate.alpha)).toBeGreaterThan(0.001);
    },
  );

  it.each(['errors 2 × margin', 'errors 2 × margin after 40 min', 'slow 2 × margin', 'only at ≥ 50 %, 4 × margin'])(
    'no run with "%s" is missed, and failures stay in sight of the oracle\'s',
    (regression) => {
      const result = simulated('steady', 500, regression, 30);
      expect(ended(result)).toBe(30);
      // Slow requests take longer to detect because of the warm-up.
      expect(result.ratio?.mean).toBeLessThan(regression.startsWith('slow') ? 4 : 2);
    },
  );
});

describe("the simulator's parts", () => {
  it('propose plans that the planner accepts, with the margins of the default', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 5_000 }), fc.constantFrom(0.001, 0.01), (rps, errorRate) => {
        const seen = { rps, errorRate, slowRate: 0.01 };
        const plan = planFor(seen);
        expect(refused(plan, seen)).toBe(false);
        expect(plan.gate.errorMargin).toBe(DEFAULT_PLAN.gate.errorMargin);
      }),
    );
  });
});
