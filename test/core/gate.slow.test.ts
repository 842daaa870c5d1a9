import { describe, expect, it } from 'vitest';
import { withinMargin } from '../../core/gate/bets/confidence-sequence.ts';
import { worse } from '../../core/gate/bets/regression.ts';
import { failed, pairs } from '../../core/gate/counts.ts';
import type { MinuteEvidence, SideCounts } from '../../core/model/evidence.ts';
import { binomial, generator } from '../support/random.ts';

const side = (requests: number, target5xx: number): SideCounts => ({
  requests,
  target5xx,
  connectionErrors: 0,
  slow: 0,
});
const minute = (stable: SideCounts, candidate: SideCounts): MinuteEvidence => ({
  minute: 0,
  stable,
  candidate,
  elb5xx: 0,
});

describe('errors of the gate, looked at after every minute', () => {
  /**
   * Share of the runs in which `called` is true after some minute. The rate varies by a factor of ten, and the
   * candidate's is higher by `excess`.
   */
  const everCalled = (runs: number, excess: number, called: (minutes: MinuteEvidence[]) => boolean) => {
    const random = generator(20_261_124);
    let count = 0;
    for (let run = 0; run < runs; run++) {
      const minutes: MinuteEvidence[] = [];
      for (let i = 0; i < 40; i++) {
        const rate = 0.002 * 10 ** random();
        minutes.push(minute(side(900, binomial(random, 900, rate)), side(100, binomial(random, 100, rate + excess))));
        if (called(minutes)) {
          count++;
          break;
        }
      }
    }
    return count / runs;
  };

  it('a healthy candidate is called worse in at most α of all runs', () => {
    // α = 0.05; three standard errors above it is 0.0646.
    expect(everCalled(2_000, 0, (m) => worse(pairs(m, failed)).logE >= Math.log(1 / 0.05))).toBeLessThan(0.065);
  });

  it('one that is worse by the margin is found within it in at most β of all runs', () => {
    const margin = 0.02;
    const found = (m: MinuteEvidence[]) =>
      withinMargin(
        pairs(m, failed).filter((p) => p !== null),
        margin,
      ) >= Math.log(1 / 0.05);
    expect(everCalled(2_000, margin, found)).toBeLessThan(0.065);
    expect(everCalled(200, 0, found)).toBeGreaterThan(0.9);
  });
});
