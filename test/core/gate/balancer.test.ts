import { describe, expect, it } from 'vitest';
import { observeMirror } from '../../../core/evaluation/mirrored-customers.ts';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { judgeAlone, retaken } from '../../../core/gate/historical-control.ts';
import { isShared, judgeBalancer, untargetedBefore } from '../../../core/gate/load-balancer.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { type SideCounts, UNKNOWN } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import type { BaselineSummary } from '../../../core/model/run-state.ts';
import { baselineSummary } from '../../support/baseline.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const policy = (elb5xxRate = 0) => ({ ...gatePolicyOf(PLAN, null, 0), elb5xxRate });
const firstCall = (met: ReturnType<typeof minutes>, by = policy()) =>
  met.findIndex((_, i) => decideGate(met.slice(0, i + 1), by).decision === 'rollback');
const answered = (n: number) => counts(n, { unanswered: 0, target5xx: Math.round(n * 0.001) });

describe('5xx of the load balancer’s own, where it is known whose requests they answer', () => {
  it.each([0.8, 0.18, 0.08])(
    'bring a candidate back within minutes that leaves %d of its requests unanswered',
    (share) => {
      const lost = Math.round(300 * share);
      const dying = minutes(30, (i) =>
        minute(i, answered(29_700), counts(300, { unanswered: lost }), { elb5xx: lost }),
      );
      expect(firstCall(dying)).toBeGreaterThanOrEqual(0);
      expect(firstCall(dying)).toBeLessThan(8);
    },
  );

  it('do so although yesterday’s incident has raised what is ordinary', () => {
    const dying = minutes(30, (i) => minute(i, answered(29_700), counts(300, { unanswered: 54 }), { elb5xx: 54 }));
    expect(firstCall(dying, policy(0.01))).toBeLessThan(8);
    expect(firstCall(dying, policy(0.01))).toBeGreaterThanOrEqual(0);
  });

  it('are nobody’s of ours where both sides have answered: another service makes them', () => {
    const others = minutes(60, (i) =>
      minute(i, answered(29_700), answered(300), { elb5xx: 700, loadBalancerRequests: 60_000 }),
    );
    expect(decideGate(others, policy()).decision).toBe('advance');
  });

  it('are not another service’s where the rest of the requests passes the mirror', () => {
    const shares = minute(0, counts(600), counts(200), { loadBalancerRequests: 1_000 });
    expect(isShared(shares)).toBe(true);
    expect(isShared({ ...shares, mirror: counts(200) })).toBe(false);
  });

  it('speak for the candidate where they are the stable side’s', () => {
    const stable = minutes(60, (i) => minute(i, counts(29_700, { unanswered: 300 }), answered(300), { elb5xx: 300 }));
    expect(firstCall(stable)).toBe(-1);
  });

  // Clients that hang up and WebSockets leave no answer either, and the load balancer's few 5xx may belong to another
  // service.
  const upgraded = (share: number, elb5xx: number, lost = 0, made = elb5xx + lost) =>
    minutes(90, (i) => {
      const side = (n: number, more = 0) => {
        const open = Math.round(n * share) + more;
        return counts(n, { answered: n - open, unanswered: Math.min(made, open) });
      };
      return minute(i, side(29_700), side(300, lost), { elb5xx: made });
    });

  it.each([
    [0.3, 6],
    [0.3, 60],
    [0.02, 6],
    [0.02, 60],
  ])(
    'are not the candidate’s alone where %d of the requests of both have no answer, and %d a minute answer any',
    (share, elb5xx) => {
      expect(firstCall(upgraded(share, elb5xx))).toBe(-1);
      expect(decideGate(upgraded(share, elb5xx), policy()).decision).toBe('advance');
    },
  );

  it('are still the candidate’s where more of its requests have none', () => {
    expect(firstCall(upgraded(0.02, 6, 24))).toBeGreaterThan(0);
    expect(firstCall(upgraded(0.02, 6, 24))).toBeLessThan(12);
    expect(decideGate(upgraded(0.3, 6, 12), policy()).decision, 'as many may hide').toBe('hold');
    expect(firstCall(upgraded(0.02, 1, 9, 1)), 'without a 5xx of the load balancer for each').toBe(-1);
  });

  it('are still the candidate’s where the look-back tells that three connections of ten have no answer', () => {
    const looked = gatePolicyOf(PLAN, { ...baselineSummary(), untoldCeiling: 0.31 }, 0);
    expect(looked.lostTolerance).toEqual({ ratio: 1, absolute: 0.0025 });
    expect(firstCall(upgraded(0.3, 6, 24), looked)).toBeGreaterThan(0);
    expect(firstCall(upgraded(0.3, 6, 24), looked)).toBeLessThan(40);
    expect(firstCall(upgraded(0.3, 6, 0), looked)).toBe(-1);
  });

  it('are not the candidate’s at 100 % either, where as many have no answer as ever', () => {
    const alone = (lost: number) =>
      minutes(40, (i) => {
        const open = 300 + lost;
        const candidate = counts(30_000, { answered: 30_000 - open, unanswered: open, target5xx: 30 - (i % 3) });
        return minute(i, null, candidate, { elb5xx: 1_500, loadBalancerRequests: 31_500 });
      });
    const ordinary = { peakErrorRate: 0.001, peakSlowRate: 0.01, errorCeiling: 0.0015, untoldCeiling: 0.011 };
    expect(judgeAlone(alone(0), policy(), ordinary).decision).toBe('advance');
    expect(judgeAlone(alone(600), policy(), ordinary).decision).toBe('rollback');
  });

  it('count a refused connection once', () => {
    const refused = (unanswered: SideCounts['unanswered']) =>
      minutes(3, (i) => minute(i, answered(29_700), counts(300, { connectionErrors: 4, unanswered }), { elb5xx: 4 }));
    expect(decideGate(refused(4), policy()).metrics[0]?.candidateRate).toBeCloseTo(4 / 300);
  });
});

describe('5xx of the load balancer’s own to requests for which it had no target', () => {
  const routed = (i: number, stable: number | null, candidate: number, elb5xx: number, others = 0) => {
    const side = (n: number) => counts(n, { answered: n, unanswered: 0 });
    const all = (stable ?? 0) + candidate + others;
    return minute(i, stable === null ? null : side(stable), side(candidate), { elb5xx, loadBalancerRequests: all });
  };
  const half = (length: number, elb5xx = 150, others = 0) =>
    minutes(length, (i) => routed(i, 29_700, 150, elb5xx, others));

  it('are the candidate’s where it lacks as many by its weight, three times in a row', () => {
    expect(firstCall(half(30))).toBe(2);
    expect(decideGate(half(3), policy()).reason).toMatch(/answered at least 98 requests .* its weight of 1\.00 %/);
    expect(decideGate(half(2), policy()).decision).toBe('hold');
    // Ten requests a minute, of which eight come: nine minutes are counted together.
    const few = minutes(90, (i) => routed(i, 990, 6, 4));
    expect(firstCall(few)).toBeGreaterThan(45);
  });

  it.each<[string, ReturnType<typeof half>]>([
    ['it lacks none', minutes(75, (i) => routed(i, 29_700, 300, 150))],
    ['it lacks many more, as sticky clients make it', half(75, 15)],
    ['there are many more of them', half(75, 1_500)],
    ['another service has so many requests', half(75, 150, 3_000)],
    [
      'chance makes the shares of every other minute',
      minutes(75, (i) => routed(i, 29_700, i % 3 === 0 ? 330 : 210, 90)),
    ],
  ])('are nobody’s of ours where %s', (_why, met) => {
    expect(firstCall(met)).toBe(-1);
    expect(decideGate(met, policy()).decision).toBe('advance');
  });

  it('are nobody’s of ours where as many were ordinary before', () => {
    expect(firstCall(half(75), policy(0.005))).toBe(-1);
  });

  describe('beside which nobody is left', () => {
    const before = { peakErrorRate: 0.001, peakSlowRate: 0.01, errorCeiling: 0.0015, untoldCeiling: 0.011 };
    /** A third of the requests finds no target from minute `from` on; `got` of them reach the candidate. */
    const alone = (from: number, length: number, got = 10_000, made = 5_000, others = 0) =>
      judgeAlone(
        minutes(from + length, (i) => routed(i, null, i < from ? 15_000 : got, i < from ? 0 : made, others)),
        policy(),
        before,
      );

    it.each([
      [90, 10],
      [5, 10],
      [0, 20],
      [3, 20],
    ])(
      'hold the candidate at once, and bring it back where they begin in minute %i and last for %i',
      (from, lasting) => {
        for (const length of [6, lasting - 2])
          expect(alone(from, length)).toMatchObject({
            decision: 'hold',
            reason: expect.stringMatching(/answered \d+ requests .* if they were the candidate's/),
          });
        expect(alone(from, lasting)).toMatchObject({
          decision: 'rollback',
          reason: expect.stringContaining('50000 requests'),
        });
      },
    );

    it('only hold where the candidate has as many requests as before: nobody of its own is missing', () => {
      expect(alone(90, 10, 15_000).decision).toBe('hold');
    });

    it('only hold where another service had as many requests, and may be the one without a target', () => {
      const dies = minutes(100, (i) =>
        routed(i, null, i < 90 ? 15_000 : 10_000, i < 90 ? 0 : 5_000, i < 90 ? 4_000 : 0),
      );
      expect(judgeAlone(dies, policy(), before).decision).toBe('hold');
      const unknown = minutes(20, (i) => ({ ...routed(i, null, 10_000, 5_000), loadBalancerRequests: undefined }));
      expect(judgeAlone(unknown, policy(), before).decision).toBe('hold');
    });

    it('are no reason where they are few, a spell of minutes, or ordinary', () => {
      expect(alone(0, 40, 15_000, 700).decision).toBe('advance');
      expect(alone(0, 40, 15_000, 15_000, 30_000).decision).toBe('advance');
      const spell = minutes(100, (i) => routed(i, null, 15_000, i >= 90 && i < 97 ? 15_000 : 0));
      expect(judgeAlone(spell, policy(), before).decision).toBe('hold');
      const few = minutes(30, (i) => routed(i, null, 10, i % 5 === 0 ? 4 : 0));
      expect(judgeAlone(few, policy(), before).decision).toBe('hold');
      const ordinary = minutes(40, (i) => routed(i, null, 15_000, 3_000));
      expect(judgeAlone(ordinary, policy(0.1), before).decision).toBe('advance');
    });

    it('are another service’s where they were there before the last customers moved, and the candidate lacked nobody', () => {
      const moved = (from: number, elb5xx: number, lacking: number) =>
        minutes(10, (i) => routed(i, 30_000 - from, from - lacking, elb5xx));
      const taken = [moved(15_000, 5_000, 0), moved(27_000, 5_000, 0), moved(29_700, 5_000, 0)];
      const [half, most] = [0.5, 0.99].map((weight, i) =>
        retaken(baselineSummary(), baselineSummary(), untargetedBefore(taken[2 * i] ?? [], weight)),
      );
      expect(half?.untargetedRate).toBeCloseTo(5_000 / 30_000, 1);
      expect(most?.untargetedRate).toBeGreaterThan(0.1);
      const dead = minutes(40, (i) => routed(i, null, 30_000, 5_000));
      const at = (baseline: BaselineSummary | undefined) =>
        judgeAlone(dead, gatePolicyOf(PLAN, baseline ?? null, PLAN.stages.length), before).decision;
      expect([at(baselineSummary()), at(half), at(most)]).toEqual(['rollback', 'advance', 'advance']);
      const own = untargetedBefore(moved(15_000, 5_000, 5_000), 0.5);
      expect(retaken(baselineSummary(), baselineSummary(), own).untargetedRate, 'it lacks as many').toBe(0);
      const over = untargetedBefore(moved(29_700, 0, 0), 0.99);
      expect(retaken(half ?? baselineSummary(), baselineSummary(), over).untargetedRate, 'it came back').toBe(0);
    });
  });
});

describe('a candidate that answers everybody, and whose metrics are lost', () => {
  const before = { peakErrorRate: 0.001, peakSlowRate: 0.01, errorCeiling: 0.0015, untoldCeiling: 0.011 };
  const all = counts(30_000, { answered: 29_970, target5xx: 30, unanswered: 0 });
  interface Lost {
    readonly seen?: number;
    readonly lost: number;
    readonly others?: number;
    /** Requests of the whole load balancer while they are lost; undefined: lost as well. */
    readonly meanwhile?: number | undefined;
    readonly elb5xx?: number;
    /** The share of the load balancer's own 5xx on an ordinary day. */
    readonly ordinary?: number;
    readonly silentMinutes?: number;
  }
  const alone = ({ seen = 60, lost, others = 0, elb5xx = 0, ordinary, silentMinutes = 0, ...rest }: Lost) => {
    const meanwhile = 'meanwhile' in rest ? rest.meanwhile : 30_000 + others;
    const met = minutes(seen + lost, (i) =>
      i < seen
        ? minute(i, null, all, { loadBalancerRequests: 30_000 + others })
        : minute(i, null, null, { elb5xx, loadBalancerRequests: meanwhile }),
    );
    return judgeAlone(met, policy(ordinary), { ...before, silentMinutes });
  };

  it.each<[string, Lost]>([
    ['half an hour', { lost: 30 }],
    ['half an hour from the move on', { seen: 0, lost: 30 }],
    ['half an hour beside a service with a tenth of the traffic', { lost: 30, others: 3_000 }],
    ['ten minutes in which the load balancer answers 2 % with 5xx of its own', { lost: 10, elb5xx: 600 }],
    ['half an hour and the silence that is ordinary', { lost: 50, silentMinutes: 20 }],
  ])('is rolled back after %s', (_for, lost) => {
    expect(alone(lost)).toMatchObject({ decision: 'rollback', reason: expect.stringMatching(/no metrics .* min/) });
    expect(alone({ ...lost, lost: lost.lost - 1 }).decision).not.toBe('rollback');
  });

  it.each<[string, Lost]>([
    ['nobody is known to ask', { lost: 300, meanwhile: undefined }],
    ['the others alone ask', { lost: 300, others: 3_000, meanwhile: 3_000 }],
    ['all of it may be the others’', { lost: 300, others: 40_000, meanwhile: 50_000 }],
    ['as many 5xx of the load balancer are ordinary', { lost: 25, elb5xx: 600, ordinary: 0.01 }],
  ])('is held where %s', (_why, lost) => {
    expect(alone(lost).decision).not.toBe('rollback');
  });
});

describe('a candidate that answers most customers, and whose metrics are lost', () => {
  const [stable, candidate] = [answered(300), answered(29_700)];
  const lost = (stage: number, all: number, seen = 30) =>
    decideGate(
      minutes(seen + 30, (i) => minute(i, stable, i < seen ? candidate : null, { loadBalancerRequests: all })),
      gatePolicyOf(PLAN, null, stage),
    ).decision;

  it('is rolled back after half an hour beside a stable side, too, if its customers are still there', () => {
    expect(PLAN.stages.map(({ percent }) => percent)).toEqual([1, 10, 50, 90, 99, 100]);
    expect(lost(4, 30_000)).toBe('rollback');
    expect(lost(4, 300), 'nobody but stable has any').not.toBe('rollback');
    expect(lost(1, 30_000), 'few are on it').not.toBe('rollback');
    expect(lost(4, 30_000, 0), 'never seen').not.toBe('rollback');
  });
});

describe('5xx of the load balancer’s own, where it is not known whose they are', () => {
  const open = (elb5xx: number, all?: number) =>
    minutes(30, (i) =>
      minute(i, counts(29_700), counts(300), { elb5xx, ...(all === undefined ? {} : { loadBalancerRequests: all }) }),
    );

  it('are those beyond refused connections, which the sides count already', () => {
    const refused = (elb5xx: number) =>
      minutes(30, (i) => minute(i, counts(29_700), counts(300, { connectionErrors: 40 }), { elb5xx }));
    expect(judgeBalancer(refused(40), policy())).toMatchObject({ calls: false, unexplained: 0 });
    expect(judgeBalancer(refused(80), policy()).calls).toBe(true);
  });

  it('bring the candidate back when its margin explains only a part of them', () => {
    expect(judgeBalancer(open(240), policy()).calls).toBe(true);
    expect(judgeBalancer(open(1), policy()).calls).toBe(false);
  });

  it('do not where they are within twice what is ordinary', () => {
    expect(judgeBalancer(open(55), policy(0.001)).calls).toBe(false);
    expect(judgeBalancer(open(240), policy(0.001)).calls).toBe(true);
  });

  it('say nothing on a load balancer that others share, and while their point is absent', () => {
    expect(judgeBalancer(open(240, 40_000), policy()).logE).toBeCloseTo(0, 9);
    const absent = minutes(30, (i) => minute(i, counts(29_700), counts(300), { elb5xx: UNKNOWN }));
    expect(judgeBalancer(absent, policy()).calls).toBe(false);
  });

  it('are the candidate’s at 100 %, unless others share the load balancer', () => {
    const all = (rest: object) => minutes(20, (i) => minute(i, null, counts(30_000), { elb5xx: 700, ...rest }));
    const ordinary = { peakErrorRate: 0.001, peakSlowRate: 0.01 };
    expect(judgeAlone(all({}), policy(), ordinary).decision).toBe('rollback');
    expect(judgeAlone(all({ loadBalancerRequests: 60_000 }), policy(), ordinary).decision).not.toBe('rollback');
  });
});

describe('customers whose requests pass through the mirror', () => {
  const vote = (mirror: SideCounts | null, stable = answered(27_000)) =>
    observeMirror(
      { plan: PLAN, baseline: null },
      minutes(30, (i) => minute(i, stable, answered(3_000), { mirror })),
    )?.observation;

  it('close it when they fare worse than the others, by failures, by unanswered requests, and by slowness', () => {
    for (const worse of [{ target5xx: 60 }, { unanswered: 60 }, { slow: 600 }]) {
      const found = vote(counts(3_000, { unanswered: 0, ...worse }));
      expect(found).toMatchObject({ decision: 'rollback', reason: expect.stringContaining('the mirror is closed') });
    }
  });

  it('say nothing when they fare alike, whatever the candidate does, and when there are none', () => {
    expect(vote(answered(3_000))).toBeUndefined();
    expect(vote(null)).toBeUndefined();
    expect(vote(counts(3_000, { unanswered: 0, target5xx: 90 }), counts(27_000, { target5xx: 810 }))).toBeUndefined();
  });
});
