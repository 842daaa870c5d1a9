import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worse } from '../../../core/gate/bets/regression.ts';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { answered5xxAtMost, bothWays, pairs, settled, settledPrefix } from '../../../core/gate/counts.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { UNKNOWN } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const LAST_BEFORE_ALL = PLAN.stages.findIndex(({ percent }) => percent === 99);
const POLICY = gatePolicyOf(PLAN, null, LAST_BEFORE_ALL);
const sparse = (atMost?: number) =>
  counts(300, { target5xx: UNKNOWN, ...(atMost === undefined ? {} : { target5xxAtMost: atMost }) });
const hurt = (i: number, atMost?: number) => minute(i, sparse(atMost), counts(29_700, { target5xx: 920 }));

describe('a stable side whose error point is absent', () => {
  it('is waited for while nothing is known of it', () => {
    expect(
      decideGate(
        minutes(6, (i) => hurt(i)),
        POLICY,
      ).decision,
    ).toBe('hold');
  });

  it('is waited for above the absolute limit, too, but not in a clear outage', () => {
    const failing = (share: number) =>
      minutes(6, (i) => minute(i, sparse(), counts(29_700, { target5xx: Math.round(29_700 * share) })));
    expect(decideGate(failing(0.07), POLICY)).toMatchObject({
      decision: 'hold',
      reason: expect.stringContaining('not known yet'),
    });
    expect(decideGate(failing(0.12), POLICY).decision).toBe('rollback');
  });

  it('ends what is read of a stage: minutes after it do not count before it has come', () => {
    const met = [minute(0, counts(300), counts(300)), hurt(1), minute(2, counts(300), counts(300))];
    expect(settledPrefix(met)).toEqual(met.slice(0, 1));
  });

  it('speaks at once where its other answers leave no room for failures', () => {
    expect(
      decideGate(
        minutes(6, (i) => hurt(i, 0)),
        POLICY,
      ).decision,
    ).toBe('rollback');
    expect(
      decideGate(
        minutes(6, (i) => hurt(i, 1)),
        POLICY,
      ).decision,
    ).toBe('rollback');
  });

  it('brings nobody back where they leave room for as many as the candidate has', () => {
    expect(
      decideGate(
        minutes(6, (i) => hurt(i, 9)),
        POLICY,
      ).decision,
    ).toBe('hold');
  });

  it('never speaks louder against the candidate than when its point is there', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.nat({ max: 40 }), fc.nat({ max: 3_000 }), (failed, hungUp, x1) => {
        const candidate = counts(29_700, { target5xx: x1 });
        const late = minute(0, sparse(failed + hungUp), candidate);
        const come = minute(0, counts(300, { target5xx: failed }), candidate);
        const logE = (m: typeof late) => worse(pairs([m], answered5xxAtMost)).logE;
        expect(logE(late)).toBeLessThanOrEqual(logE(come) + 1e-9);
      }),
    );
  });

  it('is not settled by that: a stage still waits for the point, or for its time', () => {
    const [young] = settled([minute(0, sparse(0), counts(3_000))], 5 * 60_000, 600);
    const [old] = settled([minute(0, sparse(0), counts(3_000))], 11 * 60_000, 600);
    expect(young?.stable?.target5xx).toBe(UNKNOWN);
    expect(old?.stable?.target5xx).toBe(0);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('is a gap where that is %d', (bad) => {
    expect(settled([minute(0, sparse(bad), counts(3_000))], 0, 600)[0]?.stable).toBeNull();
  });

  it('says nothing of two ways together', () => {
    expect(bothWays(sparse(3), sparse(4))?.target5xxAtMost).toBeUndefined();
  });
});

describe('minutes on thin traffic', () => {
  const every = (n: number, x: number) => (i: number) => (i % n === n - 1 ? counts(1, { target5xx: x }) : null);

  it('are counted together until both sides have answered', () => {
    const met = pairs(
      minutes(12, (i) => minute(i, every(3, 0)(i), counts(30))),
      answered5xxAtMost,
    );
    // Before the stable side's first answer nothing is known about the traffic. After it, every third minute closes a
    // group of three.
    expect(met.slice(3).filter((p) => p !== null)).toEqual([5, 8, 11].map(() => ({ n0: 1, x0: 0, n1: 90, x1: 0 })));
  });

  it('lose no request but the first minutes’, and count none twice', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 40 })), { maxLength: 80 }), (met) => {
        const seen = met.map(([n0, n1], i) => minute(i, n0 === 0 ? null : counts(n0), n1 === 0 ? null : counts(n1)));
        const closed = pairs(seen, answered5xxAtMost).filter((p) => p !== null);
        const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
        expect(sum(closed.map((p) => p.n0))).toBeLessThanOrEqual(sum(met.map(([n0]) => n0)));
        expect(sum(closed.map((p) => p.n1))).toBeLessThanOrEqual(sum(met.map(([, n1]) => n1)));
        expect(closed.every((p) => p.n0 > 0 && p.n1 > 0)).toBe(true);
      }),
    );
  });

  it('are cut by what came before alone: a later minute changes no earlier one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 9 })), { minLength: 1, maxLength: 40 }),
        (met) => {
          const seen = met.map(([n0, n1], i) => minute(i, counts(n0), counts(n1)));
          const all = pairs(seen, answered5xxAtMost);
          expect(pairs(seen.slice(0, -1), answered5xxAtMost)).toEqual(all.slice(0, -1));
        },
      ),
    );
  });

  it('stay gaps where the side ordinarily answers in every minute', () => {
    const silent = (i: number) => i >= 10 && i < 15;
    const met = pairs(
      minutes(20, (i) => minute(i, counts(2_700), silent(i) ? null : counts(300))),
      answered5xxAtMost,
    );
    expect(met.map((p) => p?.n0 ?? 0)).toEqual(
      minutes(20, (i) => minute(i, null, null)).map((_, i) => (silent(i) ? 0 : 2_700)),
    );
  });
});
