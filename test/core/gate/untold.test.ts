import { describe, expect, it } from 'vitest';
import { judgeAlone } from '../../../core/gate/index.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import { type SideCounts, UNKNOWN } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { decision, minute, minutes, side } from '../../support/decided-stage.ts';

const told = (requests: number, answered: number): SideCounts => ({
  ...side(requests, UNKNOWN),
  connectionErrors: UNKNOWN,
  answered,
});
const settledTold = (requests: number, answered: number): SideCounts => ({ ...side(requests, 0), answered });
const ANSWERS = (_: number): SideCounts | null => told(27_000, 27_000);
const stage = (length: number, candidate: (i: number) => SideCounts, stable = ANSWERS) =>
  decision(
    minutes(0, length, (i) => minute(i, stable(i), candidate(i))),
    length,
  );

describe('a candidate that hangs while its clients give up', () => {
  it('is rolled back once its minutes are settled, and not before', () => {
    const hangs = (i: number) => told(3_000, i < 30 ? 3_000 : 300);
    expect(stage(44, hangs).decision).toBe('hold');
    expect(stage(45, hangs)).toMatchObject({
      decision: 'rollback',
      reason: expect.stringMatching(/90\.00 % of the candidate's requests have no recorded answer/),
    });
  });

  it('is rolled back after three minutes in which it answers nobody, and had before', () => {
    const hangs = (i: number) => told(3_000, i < 30 ? 3_000 : 0);
    expect(stage(32, hangs).decision).toBe('hold');
    expect(stage(33, hangs)).toMatchObject({
      decision: 'rollback',
      reason: expect.stringMatching(/None of the candidate's 9000 requests of the last 3 min has a recorded answer/),
    });
    const never = stage(12, () => told(3_000, 0));
    const few = stage(33, (i) => told(15, i < 30 ? 15 : 0));
    const both = stage(33, hangs, (i) => told(27_000, i < 30 ? 27_000 : 9_000));
    const lost = stage(33, (i) => (i < 30 ? told(3_000, 3_000) : { ...told(3_000, 0), answered: UNKNOWN }));
    const unseen = stage(33, hangs, (i) => (i < 30 ? told(27_000, 27_000) : null));
    for (const { decision: decided } of [never, few, both, lost, unseen]) expect(decided).toBe('hold');
  });

  it('is no reason to go back where the stable side’s clients give up as well, or upgrade their connections', () => {
    const upgraded = (n: number) => () => told(n, Math.round(0.7 * n));
    expect(stage(75, upgraded(3_000), upgraded(27_000)).decision).toBe('advance');
  });

  it('is not taken for one whose requests last for minutes: they are answered later', () => {
    // Each request takes four minutes: what arrives in the stage's first four minutes is recorded as answered from the
    // fifth on.
    const polls = (i: number) => told(3_000, i < 4 ? 0 : 3_000);
    expect(Array.from({ length: 40 }, (_, i) => stage(20 + i, polls).decision)).not.toContain('rollback');
  });

  it('is not seen in what chance makes of few requests', () => {
    // Three in ten connections are upgraded, but by chance only five of the stable side's 37 requests are.
    const few = stage(
      75,
      () => told(297, 208),
      (i) => told(i % 2, i % 18 === 1 ? 0 : i % 2),
    );
    expect(few.reason).not.toMatch(/recorded answer/);
  });
});

describe('a candidate that hangs where nobody is left beside it', () => {
  const plan = parsePlan({});
  const reference = { errorRate: 0.001, peakErrorRate: 0.01, slowRate: 0.004, peakSlowRate: 0.01 };
  const alone = (share: number, untoldCeiling: number | null) =>
    judgeAlone(
      minutes(0, 60, (i) => minute(i, null, settledTold(3_000, Math.round(3_000 * (1 - share))))),
      gatePolicyOf(plan, null, plan.stages.length - 1),
      { ...reference, untoldCeiling },
    );

  it('is held against what the stable side’s minutes reached before', () => {
    expect(alone(0.3, 0.001)).toMatchObject({ decision: 'rollback', reason: expect.stringMatching(/30\.00 % of/) });
    expect(alone(0.03, 0.001)).toMatchObject({ decision: 'hold', reason: expect.stringMatching(/2\.90 % higher/) });
    expect(alone(0.003, 0.001).decision).toBe('advance');
    expect(alone(0.3, 0.32).decision).toBe('advance');
  });

  it('is rolled back once clients have given up on more than the margin for an hour, however long it was well before', () => {
    const giveUp = (well: number, bad: number, share: (i: number) => number, per = 3_000) =>
      judgeAlone(
        minutes(0, well + bad, (i) =>
          minute(i, null, settledTold(per, Math.round(per * (1 - (i < well ? 0.0005 : share(i)))))),
        ),
        gatePolicyOf(plan, null, plan.stages.length),
        { ...reference, untoldCeiling: 0.001 },
      ).decision;
    const steadily = () => 0.04;
    expect(giveUp(1_205, 50, steadily)).not.toBe('rollback');
    expect(giveUp(1_205, 60, steadily)).toBe('rollback');
    expect(
      giveUp(1_205, 60, (i) => (i % 60 < 30 ? 0.06 : 0.0005)),
      'on and off',
    ).not.toBe('rollback');
    expect(
      giveUp(1_205, 60, () => 0.005),
      'within the margin',
    ).not.toBe('rollback');
    expect(
      giveUp(1_205, 300, (i) => (i % 2 === 0 ? 0.2 : 0), 5),
      'of five a minute, blocks of twenty',
    ).toBe('rollback');
  });

  it('is held against nothing where the baseline does not tell', () => {
    expect(alone(0.3, null).decision).toBe('advance');
  });
});
