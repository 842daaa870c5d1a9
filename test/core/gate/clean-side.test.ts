import { describe, expect, it } from 'vitest';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { opinionsOf } from '../../../core/metrics/opinion.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { counts, minute, minutes } from './minutes.ts';

/** The margin of this plan is 0.5 % of requests. */
const PLAN = parsePlan({});
const HEALTHY_MINUTES = 50;

/**
 * The gate's decisions from the minute in which the candidate of a service without failures begins to fail `share` of
 * its requests.
 */
function looks(percent: number, share: number, of: { readonly stable: number; readonly candidate: number }) {
  const policy = gatePolicyOf(
    PLAN,
    null,
    PLAN.stages.findIndex((stage) => stage.percent === percent),
  );
  const met = minutes(HEALTHY_MINUTES + 10, (i) =>
    minute(
      i,
      counts(of.stable),
      counts(of.candidate, { target5xx: i < HEALTHY_MINUTES ? 0 : Math.round(of.candidate * share) }),
    ),
  );
  return Array.from({ length: 10 }, (_, i) => decideGate(met.slice(0, HEALTHY_MINUTES + 1 + i), policy).decision);
}

describe('a service that hardly ever fails, whose candidate begins to in minute 50', () => {
  it.each([
    [1, 0.01, { stable: 29_700, candidate: 300 }],
    [10, 0.01, { stable: 27_000, candidate: 3_000 }],
    [50, 0.01, { stable: 15_000, candidate: 15_000 }],
    [50, 0.05, { stable: 15_000, candidate: 15_000 }],
    [50, 0.01, { stable: 600, candidate: 600 }],
  ])(
    'goes back from %j %% at a share of %j within four minutes: clean minutes are no evidence against it',
    (percent, share, of) => {
      const back = looks(percent, share, of).indexOf('rollback');
      expect(back).toBeGreaterThanOrEqual(0);
      expect(back).toBeLessThan(4);
    },
  );

  it('is not promoted in between', () => {
    const seen = looks(50, 0.01, { stable: 15_000, candidate: 15_000 });
    expect(seen.slice(0, seen.indexOf('rollback'))).not.toContain('advance');
  });

  it('is told by counts of the plan’s own as soon', () => {
    const source = { source: 'cloudwatch', namespace: 'Shop', metric: 'Orders', dimensions: { Side: '{{side}}' } };
    const { metrics } = parsePlan({
      metrics: [
        {
          name: 'orders',
          kind: 'count',
          numerator: source,
          denominator: source,
          direction: 'higherIsWorse',
          margin: 0.005,
        },
      ] as never,
    });
    const told = Array.from({ length: HEALTHY_MINUTES + 10 }, (_, i) => ({
      minute: i * 60_000,
      stable: { n: 600, x: 0 },
      candidate: { n: 600, x: i < HEALTHY_MINUTES ? 0 : 6 },
    }));
    const verdicts = [1, 2, 3, 4].map((more) => {
      const seen = told.slice(0, HEALTHY_MINUTES + more);
      const stretch = {
        metrics,
        baseline: {},
        since: 0,
        now: (seen.length + 3) * 60_000,
        percent: 50,
        silentMinutes: 0,
        alpha: 0.005,
        beta: 0.01,
      };
      return opinionsOf([{ name: 'orders', trouble: null, minutes: seen }], stretch)[0]?.verdict;
    });
    expect(verdicts.at(-1)).toBe('worse');
  });
});
