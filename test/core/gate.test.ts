import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideGate } from '../../core/gate/decide.ts';
import type { MinuteEvidence, SideCounts } from '../../core/gate/evidence.ts';
import { requestsNeeded } from '../../core/gate/needed.ts';
import type { GatePolicy } from '../../core/gate/policy.ts';
import { worseEvalue } from '../../core/gate/worse.ts';

const POLICY: GatePolicy = {
  alpha: 0.01,
  tests: 8,
  errorMargin: 0.005,
  slowMargin: 0.02,
  minRequests: 100,
  maxErrorRate: 0.05,
};

const side = (requests: number, target5xx = 0, rest: Partial<SideCounts> = {}): SideCounts => ({
  requests,
  target5xx,
  connectionErrors: 0,
  slow: 0,
  ...rest,
});
const minute = (stable: SideCounts | null, candidate: SideCounts | null): MinuteEvidence => ({
  minute: 0,
  stable,
  candidate,
  elb5xx: 0,
});

describe('the gate', () => {
  it('holds without evidence', () => {
    expect(decideGate([], POLICY).decision).toBe('hold');
    expect(decideGate([minute(null, null)], POLICY).decision).toBe('hold');
    expect(decideGate([minute(side(10_000), side(99))], POLICY).decision).toBe('hold');
    expect(decideGate([minute(side(10_000), null)], POLICY).decision).toBe('hold');
  });

  it('advances a candidate like the stable side on enough requests', () => {
    expect(decideGate([minute(side(10_000, 10), side(1_000, 1))], POLICY).decision).toBe('advance');
  });

  it('rolls back on a fifth of the answers failing, within a minute of fifty requests', () => {
    const verdict = decideGate([minute(side(450), side(50, 10))], POLICY);
    expect(verdict.decision).toBe('rollback');
    expect(verdict.reason).toContain('20.00 %');
  });

  it('counts refused connections as failures, for a crashed candidate sends no 5xx', () => {
    expect(decideGate([minute(side(450), side(50, 0, { connectionErrors: 40 }))], POLICY).decision).toBe('rollback');
  });

  it('sees slowness as it sees errors', () => {
    expect(decideGate([minute(side(1_000, 0, { slow: 5 }), side(200, 0, { slow: 60 }))], POLICY).decision).toBe(
      'rollback',
    );
  });

  it('holds a candidate that is above the margin but not shown to be worse', () => {
    expect(decideGate([minute(side(1_000, 0), side(150, 2))], POLICY).decision).toBe('hold');
  });

  it('is not moved by a neighbour that hurts both sides alike', () => {
    const hurt = Array.from({ length: 30 }, () => minute(side(900, 90), side(100, 10)));
    expect(worseEvalue(hurt, (s) => s.target5xx)).toBeLessThan(1);
  });

  it('judges by what was seen, not by how often it was looked at', () => {
    const minutes = [minute(side(500, 1), side(50, 3)), minute(side(700, 0), side(80, 4))];
    expect(worseEvalue([...minutes].reverse(), (s) => s.target5xx)).toBeCloseTo(
      worseEvalue(minutes, (s) => s.target5xx),
      9,
    );
  });

  it('calls a healthy candidate worse in at most α of all cutovers, looked at after every minute', () => {
    const random = generator(20_261_124);
    const runs = 2_000;
    let called = 0;
    for (let run = 0; run < runs; run++) {
      let minutes: MinuteEvidence[] = [];
      for (let i = 0; i < 40; i++) {
        // A rate that wanders by a factor of ten, the same on both sides.
        const rate = 0.002 * 10 ** random();
        minutes = [...minutes, minute(side(90, binomial(random, 90, rate)), side(10, binomial(random, 10, rate)))];
        if (worseEvalue(minutes, (s) => s.target5xx) >= 1 / 0.05) {
          called++;
          break;
        }
      }
    }
    // α = 0.05; three standard errors above it is 0.0646.
    expect(called / runs).toBeLessThan(0.065);
  });

  it('never asks for fewer requests than the plan, and for more at a worse base rate', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.double({ min: 0.001, max: 0.99, noNaN: true }),
        (rate, share) => {
          const needed = requestsNeeded(POLICY, rate, share);
          return needed >= POLICY.minRequests && requestsNeeded(POLICY, Math.min(0.5, rate + 0.01), share) >= needed;
        },
      ),
    );
  });
});

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function binomial(random: () => number, n: number, p: number): number {
  let k = 0;
  for (let i = 0; i < n; i++) if (random() < p) k++;
  return k;
}
