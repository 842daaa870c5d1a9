import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worse } from '../../core/gate/bets/regression.ts';
import { decideGate } from '../../core/gate/concurrent-control.ts';
import { failed, pairs } from '../../core/gate/counts.ts';
import { judgeAlone } from '../../core/gate/historical-control.ts';
import type { GatePolicy } from '../../core/gate/policy.ts';
import { requestsNeeded } from '../../core/gate/sample-size.ts';
import type { MinuteEvidence, SideCounts } from '../../core/model/evidence.ts';
import { binomial, generator } from '../support/random.ts';

const POLICY: GatePolicy = {
  alpha: 0.01,
  beta: 0.01,
  tests: 5,
  errorMargin: 0.005,
  slowMargin: 0.02,
  errorBurst: 1,
  slowBurst: 1,
  minRequests: 100,
  maxErrorRate: 0.05,
  latencyBudgetMs: 500,
  weight: 0.1,
  elb5xxRate: 0,
  warmUpMinutes: 0,
  warmUpErrorMinutes: 0,
  warmUpErrorMargin: 0.01,
  errorTolerance: { ratio: 1, absolute: 0 },
  slowTolerance: { ratio: 1, absolute: 0 },
  lostTolerance: { ratio: 1, absolute: 0 },
  errorNoise: 0,
  slowNoise: 0,
  errorIncident: Number.POSITIVE_INFINITY,
  errorReached: 0,
  errorSpike: 0,
  errorReach: Number.POSITIVE_INFINITY,
  slowReach: Number.POSITIVE_INFINITY,
  slowIncident: Number.POSITIVE_INFINITY,
  slowSpell: 0,
  errorRate: 0,
  slowRate: 0,
  warmUpSlowMargin: 0.1,
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
    expect(decideGate([minute(side(30_000, 30), side(3_000, 3))], POLICY).decision).toBe('advance');
  });

  it('rolls back on a fifth of the answers failing, within a minute of fifty requests', () => {
    const verdict = decideGate([minute(side(450), side(50, 10))], POLICY);
    expect(verdict.decision).toBe('rollback');
    expect(verdict.reason).toContain('20.00 %');
  });

  it('takes no burst of one cause for as many pieces of evidence', () => {
    const burst = [minute(side(450), side(50, 10))];
    expect(decideGate(burst, { ...POLICY, errorBurst: 10 }).decision).toBe('hold');
    const slow = [minute(side(450), side(50, 0, { slow: 10 }))];
    expect(decideGate(slow, POLICY).decision).toBe('rollback');
    expect(decideGate(slow, { ...POLICY, slowBurst: 10 }).decision).toBe('hold');
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
    expect(decideGate([minute(side(1_000, 0), side(150, 2))], POLICY)).toMatchObject({
      decision: 'hold',
      metrics: [{ verdict: 'undecided' }, {}],
    });
  });

  it('is not moved by a neighbour that hurts both sides alike', () => {
    const hurt = Array.from({ length: 30 }, () => minute(side(900, 90), side(100, 10)));
    expect(worse(pairs(hurt, failed)).logE).toBeLessThan(0);
  });

  it('sees a regression that began after half an hour of health nearly as soon as one from the start', () => {
    const bad = Array.from({ length: 4 }, () => minute(side(900, 1), side(100, 5)));
    const healthy = Array.from({ length: 30 }, () => minute(side(900, 1), side(100, 0)));
    const gaps = Array.from({ length: 30 }, () => minute(side(900, 1), null));
    expect(decideGate([...healthy, ...bad], POLICY).decision).toBe('rollback');
    expect(worse(pairs([...healthy, ...bad], failed)).onset).toBe(30);
    expect(worse(pairs([...gaps, ...bad], failed)).logE).toBeGreaterThan(
      worse(pairs([...healthy, ...bad], failed)).logE - 2,
    );
  });

  it('does not advance on the average of a stage whose last minutes turned bad', () => {
    const healthy = Array.from({ length: 60 }, () => minute(side(5_700, 6), side(300, 0)));
    expect(decideGate(healthy, POLICY).decision).toBe('advance');
    expect(decideGate([...healthy, minute(side(5_700, 6), side(300, 6))], POLICY).decision).not.toBe('advance');
  });

  it('advances a candidate that is worse beyond doubt, but beyond doubt by less than the margin', () => {
    const small = Array.from({ length: 60 }, () => minute(side(150_000, 150), side(150_000, 300)));
    const verdict = decideGate(small, POLICY);
    expect(verdict.decision).toBe('advance');
    expect(verdict.metrics[0]).toMatchObject({ lower: expect.any(Number), verdict: 'within margin' });
    expect(verdict.metrics[0]?.lower).toBeGreaterThan(0);
    expect(verdict.metrics[0]?.upper).toBeLessThan(POLICY.errorMargin);
  });

  it('advances one that is shown to be within the margin, however near to it', () => {
    const near = Array.from({ length: 60 }, () => minute(side(150_000, 150), side(150_000, 780)));
    expect(decideGate(near, POLICY).decision).toBe('advance');
  });

  it('rolls back on the absolute limit, but not when the stable side burns as well', () => {
    const burning = (stable: number) => Array.from({ length: 10 }, () => minute(side(100, stable), side(400, 80)));
    expect(decideGate(burning(0), POLICY).decision).toBe('rollback');
    expect(decideGate(burning(20), POLICY)).toMatchObject({
      decision: 'hold',
      reason: expect.stringContaining('so does the stable side'),
    });
  });

  it('holds while 5xx of the load balancer belong to neither side', () => {
    const minutes = Array.from({ length: 60 }, () => minute(side(5_700, 6), side(300, 0)));
    const blamed = minutes.map((m) => ({ ...m, elb5xx: 1.7 }));
    expect(decideGate(blamed, POLICY)).toMatchObject({
      decision: 'hold',
      reason: expect.stringContaining('neither side'),
    });
    expect(decideGate(blamed, { ...POLICY, elb5xxRate: 0.0005 }).decision).toBe('advance');
  });

  it.each([
    ['three of the last five minutes', [600, 600, 600, 100, 100], 'rollback'],
    ['two of the last five minutes', [600, 600, 100, 100, 100], 'hold'],
    ['none of the last five minutes', [600, 100, 100, 100, 100, 100], 'advance'],
  ] as const)('without counts of slow requests goes by percentiles: over the budget in %s', (_name, p99s, decision) => {
    const minutes = p99s.map((p99) =>
      minute(
        side(9_000, 0, { slow: null, latency: { p95: 90, p99: 90 } }),
        side(1_000, 0, { slow: null, latency: { p95: 90, p99 } }),
      ),
    );
    expect(decideGate(minutes, POLICY).decision).toBe(decision);
  });

  it('never asks for fewer requests than the plan, and for more at a worse base rate', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.double({ min: 0.001, max: 0.99, noNaN: true }),
        (errorRate, share) => {
          const needed = requestsNeeded(POLICY, { errorRate, slowRate: 0 }, share, 6_000);
          const more = requestsNeeded(POLICY, { errorRate: errorRate + 0.01, slowRate: 0 }, share, 6_000);
          return needed >= POLICY.minRequests && more >= needed;
        },
      ),
    );
  });

  it('asks for as many times more as failures come at a time', () => {
    const rates = { errorRate: 0.002, slowRate: 0 };
    const once = requestsNeeded(POLICY, rates, 0.1, 6_000);
    const often = requestsNeeded({ ...POLICY, errorBurst: 5 }, rates, 0.1, 6_000);
    expect(Math.abs(often - 5 * once)).toBeLessThan(5);
  });

  it('passes a healthy candidate with the requests that it asked for, nineteen times in twenty', () => {
    const random = generator(7);
    const needed = requestsNeeded(POLICY, { errorRate: 0.002, slowRate: 0 }, 0.1, 6_000);
    let passed = 0;
    for (let run = 0; run < 400; run++) {
      const evidence = minute(
        side(9 * needed, binomial(random, 9 * needed, 0.002)),
        side(needed, binomial(random, needed, 0.002)),
      );
      if (decideGate([evidence], POLICY).decision === 'advance') passed++;
    }
    expect(passed / 400).toBeGreaterThan(0.95);
  });
});

describe('the gate without a control group', () => {
  const BASELINE = { peakErrorRate: 0.001, peakSlowRate: 0.01 };
  const run = (requests: number, errors: number, slow: number) =>
    Array.from({ length: 20 }, () => minute(null, side(requests, errors, { slow })));

  it.each([
    ['holds without evidence', run(0, 0, 0), 'hold'],
    ['advances on rates like the baseline', run(1_000, 1, 10), 'advance'],
    ['rolls back on errors over the baseline by twice the margin', run(1_000, 11, 10), 'rollback'],
    ['rolls back on slowness over the baseline by twice the margin', run(1_000, 1, 55), 'rollback'],
    [
      "counts the load balancer's 5xx as the candidate's",
      run(1_000, 0, 0).map((m) => ({ ...m, elb5xx: 30 })),
      'rollback',
    ],
  ])('%s', (_name, minutes, decision) => {
    expect(judgeAlone(minutes, POLICY, BASELINE).decision).toBe(decision);
  });

  it('does not advance on one of two metrics', () => {
    const open = judgeAlone(run(1_000, 1, 30), POLICY, BASELINE);
    expect(open.metrics.map(({ verdict }) => verdict)).toEqual(['within margin', 'undecided']);
    expect(open.decision).toBe('hold');
  });

  it('says what it calls by the minutes since that began, and not by a whole day before', () => {
    const quiet = Array.from({ length: 400 }, () => minute(null, side(1_000, 0, { slow: 0 })));
    const failing = Array.from({ length: 10 }, () => minute(null, side(1_000, 50, { slow: 0 })));
    const { reason } = judgeAlone([...quiet, ...failing], POLICY, BASELINE);
    expect(reason).toMatch(/errors 500 of 10000 in the last 10 min \(5\.00 %; limit 0\.\d+ %/);
  });

  it('takes no fire for the candidate’s that the stable side’s customers have lived with, and a larger one at once', () => {
    const burning = (share: number) => Array.from({ length: 3 }, () => minute(null, side(10_000, share * 10_000)));
    const lived = { ...BASELINE, peakErrorRate: 0.08 };
    expect(judgeAlone(burning(0.07), POLICY, BASELINE).decision).toBe('rollback');
    expect(judgeAlone(burning(0.07), POLICY, lived).decision).not.toBe('rollback');
    expect(judgeAlone(burning(0.2), POLICY, lived).decision).toBe('rollback');
  });
});
