import { describe, expect, it } from 'vitest';
import type { MinuteEvidence } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { decision, healthy, minute, minutes, side } from '../../support/decided-stage.ts';

const hour = (each: (i: number) => MinuteEvidence) => decision(minutes(0, 60, each), 60);
const candidate = (counts: MinuteEvidence['candidate']) => hour((i) => minute(i, side(27_000, 27), counts));
const once = (broken: MinuteEvidence) => hour((i) => (i === 30 ? broken : healthy(i)));

describe('counts that the metric store cannot have meant', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308])('make a gap of a side whose requests are %d', (count) => {
    expect(candidate(side(count))).toMatchObject({ decision: 'hold', reason: expect.stringMatching(/^0 of 100/) });
    expect(hour((i) => minute(i, side(count), side(3_000, 3)))).toMatchObject({
      decision: 'hold',
      reason: expect.stringMatching(/not enough evidence yet/),
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308])('make a gap of one minute with %d failures', (count) => {
    expect(once(minute(30, side(27_000, 27), side(3_000, count))).decision).toBe('advance');
    expect(once(minute(30, side(27_000, count), side(3_000, 3))).decision).toBe('advance');
  });

  it('are no evidence without a time', () => {
    const timeless = once({ ...minute(30, side(27_000, 27), side(3_000, 3_000)), minute: Number.NaN });
    expect(timeless.decision).toBe('advance');
  });
});

describe('what failed was a request', () => {
  it.each<[string, MinuteEvidence['candidate']]>([
    ['fails more than it was asked', side(3_000, 3_300)],
    ['was asked nothing and answers 5xx', side(0, 50)],
    ['refuses connections that nobody counted as requests', { ...side(0), connectionErrors: 500 }],
    ['leaves more unanswered than it was asked', { ...side(3_000, 3), unanswered: 9_000 }],
  ])('so a candidate goes back that %s', (_name, counts) => {
    const { decision: answer, reason } = candidate(counts);
    expect(answer).toBe('rollback');
    expect(reason).toMatch(/candidate 100\.00 %/);
    expect(reason).not.toMatch(/NaN|Infinity|[1-9]\d{3,}\.\d+ %/);
  });

  it('so it is held beside a stable side that fails as much', () => {
    const both = hour((i) => minute(i, side(27_000, 30_000), side(3_000, 3_300)));
    expect(both).toMatchObject({
      decision: 'hold',
      reason: expect.stringMatching(/so does the stable side: 100\.00 %/),
    });
  });
});

describe('a side that says nothing', () => {
  it('is not said to fail nothing: a candidate in flames goes back by itself', () => {
    const alone = hour((i) => minute(i, null, side(3_000, 1_800)));
    expect(alone).toMatchObject({
      decision: 'rollback',
      reason: expect.stringMatching(/the stable side answered nothing/),
    });
  });

  it('holds a stage, and ends it after its longest hold by name', () => {
    const silent = (at: number) =>
      decision(
        minutes(0, at, (i) => minute(i, null, side(3_000, 3))),
        at,
      );
    expect(silent(60).decision).toBe('hold');
    expect(silent(181)).toMatchObject({ decision: 'rollback', reason: expect.stringMatching(/maximum of 120 min/) });
  });

  it('holds where it is the candidate', () => {
    expect(candidate(side(0))).toMatchObject({ decision: 'hold', reason: expect.stringMatching(/^0 of 100/) });
  });
});

describe('clocks', () => {
  it('no time is said to run backwards where the reader is behind the writer', () => {
    expect(decision(minutes(0, 1, healthy), -10)).toMatchObject({
      decision: 'hold',
      reason: expect.stringMatching(/^0 of 60 min have passed/),
    });
  });

  it('minutes of another hour are not this stage’s', () => {
    expect(decision(minutes(60, 120, healthy), 60).reason).toMatch(/Evidence is not complete/);
    expect(decision(minutes(-60, 0, healthy), 60).reason).toMatch(/Evidence is not complete/);
  });
});

describe('plans at their extremes', () => {
  it.each([{ alpha: 1e-310 }, { beta: 5e-324 }, { alpha: 0 }, { errorMargin: 0 }])('%j is refused by name', (gate) => {
    expect(() => parsePlan({ gate })).toThrow(`gate.${Object.keys(gate)[0]}`);
  });

  it('the least α still calls a regression that anybody can see', () => {
    const plan = parsePlan({ gate: { alpha: 1e-9 } });
    const seen = minutes(0, 60, (i) => minute(i, side(27_000, 27), side(3_000, 300)));
    expect(decision(seen, 60, 'stage', plan).decision).toBe('rollback');
  });
});
