import { describe, expect, it } from 'vitest';
import { decideGate } from '../../../core/gate/concurrent-control.ts';
import { leastDifference } from '../../../core/gate/least-difference.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { binomial, generator } from '../../support/random.ts';
import { counts, minute, minutes } from './minutes.ts';

/** The margin of this plan is 0.5 % of requests. The tests use its stage with half of the traffic, at 500 rps. */
const PLAN = parsePlan({});
const POLICY = gatePolicyOf(
  PLAN,
  null,
  PLAN.stages.findIndex(({ percent }) => percent === 50),
);
const N = 15_000;
const side = (rate: number) => counts(N, { target5xx: Math.round(N * rate) });

/** For `lasting` minutes from minute 20 on, the candidate's failure rate is `more` above the stable side's. */
const stage = (length: number, more: number, lasting: number) =>
  minutes(length, (i) =>
    i >= 20 && i < 20 + lasting ? minute(i, side(0.008), side(0.008 + more)) : minute(i, side(0.001), side(0.001)),
  );
/** The gate's decision after each minute, given the minutes so far. */
const looks = (met: ReturnType<typeof stage>) => met.map((_, i) => decideGate(met.slice(0, i + 1), POLICY).decision);

describe('a difference below the margin', () => {
  it('brings nobody back while it may be over soon, and does when it stays', () => {
    expect(looks(stage(60, 0.0045, 12))).not.toContain('rollback');
    const back = looks(stage(60, 0.0045, 40)).indexOf('rollback');
    expect(back).toBeGreaterThanOrEqual(20 + 18);
    expect(back).toBeLessThan(20 + 22);
  });

  it('that the warm-up has shown, too, is as old as the stage', () => {
    const backAt = (cold: number) =>
      looks(minutes(30, (i) => minute(i, side(0.001), side(0.001 + (i < 2 ? cold : 0.0046))))).indexOf('rollback');
    // A difference of 0.92 margins must last for 16 minutes.
    expect([0.0046, 0.01].map(backAt)).toEqual([15, 15]);
    // A smaller difference during the warm-up does not count: the difference began after it.
    expect([0, 0.0022].map(backAt)).toEqual([17, 17]);
  });

  it('waits for nothing when it is above the margin', () => {
    expect(looks(stage(60, 0.01, 40)).indexOf('rollback')).toBeLessThan(20 + 3);
  });

  it('holds until it is over: nothing is promoted on its average', () => {
    expect(looks(stage(30, 0.0045, 12)).slice(24)).not.toContain('advance');
    expect(looks(stage(120, 0.0045, 12)).at(-1)).toBe('advance');
  });

  it('that grows is acted on by its last minutes, not by its mean since it began', () => {
    const growing = minutes(60, (i) => minute(i, side(0.001), side(0.001 + (i < 20 ? 0 : 0.0005 * (i - 20)))));
    const back = looks(growing).indexOf('rollback');
    // In minute 34 the last three minutes differ by 1.3 margins, and all minutes since minute 20 by two thirds of a
    // margin.
    expect(back).toBeGreaterThan(20 + 11);
    expect(back).toBeLessThanOrEqual(20 + 15);
  });

  it('is never acted on below half of the margin', () => {
    expect(looks(stage(120, 0.0022, 90))).not.toContain('rollback');
  });

  it('must be the larger the shorter it has lasted', () => {
    const nobody = { n0: 100, x0: 0, n1: 100, x1: 0 };
    const least = [1, 4, 9, 16, 25, 100].map((m) => leastDifference(m, nobody, 1));
    expect(least).toEqual([2, 1.25, 1, 0.875, 0.8, 0.65]);
  });

  it('must be larger by a standard error of what both sides have counted', () => {
    // Chance adds 0.01 of 300 requests, and 0.0075 of 400: together 0.0125.
    expect(leastDifference(4, { n0: 400, x0: 9, n1: 300, x1: 9 }, 0.02)).toBeCloseTo(0.025 + 0.0125);
    expect(leastDifference(4, { n0: 0, x0: 0, n1: 0, x1: 0 }, 0.02)).toBe(0.025);
  });

  it('of nine tenths of the margin for eight minutes, at a hundredth of the traffic, is acted on in one of six runs', () => {
    const first = gatePolicyOf(PLAN, null, 0);
    const acted = Array.from({ length: 60 }, (_, run) => {
      const random = generator(run);
      const of = (n: number, rate: number) => counts(n, { target5xx: binomial(random, n, rate) });
      const met = minutes(32, (i) => minute(i, of(29_700, 0.001), of(300, i >= 20 && i < 28 ? 0.0055 : 0.001)));
      return Array.from({ length: 12 }, (_, i) => met.slice(0, 21 + i)).some(
        (seen) => decideGate(seen, first).decision === 'rollback',
      );
    });
    // Nearly half of them were, as long as few failures had to show no more than many.
    expect(acted.filter(Boolean).length).toBeLessThanOrEqual(10);
  });

  it('of four tenths of the margin for good, at a hundredth of the traffic, is hardly ever acted on by what chance makes of some minutes', () => {
    const first = gatePolicyOf(PLAN, null, 0);
    let back = 0;
    for (let run = 0; run < 20; run++) {
      const random = generator(run);
      const of = (n: number, rate: number) => counts(n, { target5xx: binomial(random, n, rate) });
      const met = minutes(80, (i) => minute(i, of(29_700, 0.001), of(300, 0.003)));
      const looks = Array.from({ length: 40 }, (_, i) => met.slice(0, 2 * i + 1));
      if (looks.some((seen) => decideGate(seen, first).decision === 'rollback')) back++;
    }
    // Six runs would roll back if each of these minutes were taken at face value.
    expect(back).toBeLessThanOrEqual(3);
  });

  it.each([
    [
      'a neighbour in one zone, who hurts half of the candidate’s targets and a third of the stable side’s',
      10,
      0.00767,
      0.011,
    ],
    [
      'a zone hurt for twenty minutes, with half of the candidate’s targets and a quarter of the stable side’s',
      20,
      0.004,
      0.007,
    ],
    ['a task that restarts and fails by 0.8 margins for three minutes', 3, 0.001, 0.005],
  ])('of %s brings back less than one in fifty', (_name, lasting, stable, candidate) => {
    let back = 0;
    for (let run = 0; run < 50; run++) {
      const random = generator(run);
      const of = (rate: number) => counts(N, { target5xx: binomial(random, N, rate) });
      const met = minutes(22 + lasting, (i) =>
        i >= 20 && i < 20 + lasting ? minute(i, of(stable), of(candidate)) : minute(i, of(0.001), of(0.001)),
      );
      const ends = Array.from({ length: Math.ceil(lasting / 2) + 1 }, (_, i) => Math.min(met.length, 21 + 2 * i));
      if (ends.some((end) => decideGate(met.slice(0, end), POLICY).decision === 'rollback')) back++;
    }
    expect(back).toBe(0);
  });
});
