import { describe, expect, it } from 'vitest';
import { ordinarySilence } from '../../core/gate/freshness.ts';
import { type MinuteEvidence, type SideCounts, UNKNOWN } from '../../core/model/evidence.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { baselineSummary } from '../support/baseline.ts';
import { decision, healthy, minute, minutes, side } from '../support/decided-stage.ts';
import { binomial, generator } from '../support/random.ts';

describe('a stage advances on fresh and whole evidence only', () => {
  it('advances when both sides have answered in every minute', () => {
    expect(decision(minutes(0, 60, healthy), 60).decision).toBe('advance');
  });

  const gap = (i: number) => minute(i, null, null);
  const silent = (i: number) => minute(i, side(30_000, 30), null);
  // Another service's 5xx are there, and the candidate's own point says nothing of it.
  const answersLost = (i: number): MinuteEvidence => ({
    ...minute(
      i,
      { ...side(27_000, 27), answered: 26_973, unanswered: 0 },
      { ...side(3_000, 3), answered: UNKNOWN, unanswered: UNKNOWN },
    ),
    elb5xx: 200,
  });
  it.each<[string, MinuteEvidence[], RegExp]>([
    ['both sides fell silent after 20 minutes', [...minutes(0, 20, healthy), ...minutes(20, 60, gap)], /silent/],
    ['minutes after the 20th are not even listed', minutes(0, 20, healthy), /silent/],
    ['the candidate fell silent', [...minutes(0, 20, healthy), ...minutes(20, 60, silent)], /candidate side has been/],
    [
      'the stable side fell silent in the last five minutes',
      [...minutes(0, 55, healthy), ...minutes(55, 60, (i) => minute(i, null, side(3_000, 3)))],
      /stable side has been silent for/,
    ],
    [
      'one of the last ten minutes is missing',
      minutes(0, 60, (i) => (i === 55 ? gap(i) : healthy(i))),
      /last 10 min have a gap/,
    ],
    [
      'a quarter of the stage is missing',
      [...minutes(0, 20, healthy), ...minutes(20, 36, gap), ...minutes(36, 60, healthy)],
      /only 7\d % .* 80 % are required/,
    ],
    [
      'the stable side’s response times are lost for the last five minutes',
      minutes(0, 60, (i) => (i < 55 ? healthy(i) : minute(i, { ...side(27_000, 27), slow: null }, side(3_000, 3)))),
      /stable side has been silent for/,
    ],
    [
      'the candidate’s answers are lost for the last five minutes',
      minutes(0, 60, (i) => (i < 55 ? healthy(i) : answersLost(i))),
      /candidate side has been silent for/,
    ],
  ])('holds when %s', (_name, seen, reason) => {
    expect(decision(seen, 60)).toMatchObject({ decision: 'hold', reason: expect.stringMatching(reason) });
  });

  it('takes no lost answers for requests that the load balancer answered, or that nobody did', () => {
    const seen = minutes(0, 75, (i) => (i > 20 && i < 32 ? answersLost(i) : healthy(i)));
    const looks = Array.from({ length: 75 }, (_, i) => decision(seen.slice(0, i), i).decision);
    expect(looks).not.toContain('rollback');
    expect(decision(seen, 75).decision).toBe('advance');
  });

  it('takes no lost response times for a stable side that is never slow', () => {
    const slow = (n: number) => ({ ...side(n, 0), slow: Math.round(n * 0.03) });
    const seen = minutes(0, 60, (i) =>
      minute(i, i > 30 && i < 50 ? { ...slow(27_000), slow: null } : slow(27_000), slow(3_000)),
    );
    expect(decision(seen, 60).decision).toBe('hold');
  });

  it('takes minutes without a request for ordinary on thin traffic', () => {
    const random = generator(3);
    const thin = minutes(0, 55 * 60, (i) => {
      const n = binomial(random, 6, 0.1);
      return minute(i, side(6 - n), n === 0 ? null : side(n));
    });
    const hour = decision(thin, 55 * 60);
    expect(hour.reason).not.toMatch(/Evidence is not complete/);
    const cut = decision(thin.slice(0, 54 * 60), 55 * 60);
    expect(cut.decision).not.toBe('advance');
  });

  describe('of which nobody asks for anything but every ten minutes', () => {
    const asks = (i: number) => i % 10 === 3;
    const batches = (to: number) => minutes(0, to, healthy).filter((_, i) => asks(i));
    const ordinary = baselineSummary({ silentMinutes: 9 });

    it('advances, and holds where the look-back knows of no such silence', () => {
      expect(decision(batches(70), 70, 'stage', undefined, 1, ordinary).decision).toBe('advance');
      expect(decision(batches(70), 70).reason).toMatch(/silent for|have a gap/);
    });

    it('holds when the batch is not there in the last ten minutes, or is not settled yet', () => {
      expect(decision(batches(63), 75, 'stage', undefined, 1, ordinary).reason).toMatch(/has been silent for/);
      const open = batches(60).map((m) => ({ ...m, candidate: side(3_000, UNKNOWN) }));
      expect(decision(open, 61, 'stage', undefined, 1, ordinary).reason).toMatch(/not settled yet/);
      expect(decision(batches(60), 61, 'stage', undefined, 1, ordinary).decision).toBe('advance');
    });
  });

  it('goes back on a worse candidate whatever is missing', () => {
    const bad = minutes(0, 5, (i) => minute(i, side(27_000, 27), side(3_000, 300)));
    expect(decision([...bad, ...minutes(5, 60, gap)], 60).decision).toBe('rollback');
  });

  it.each<[string, MinuteEvidence[]]>([
    ['nothing has come of the last four minutes', minutes(0, 55, healthy)],
    ['the last four minutes are listed and empty', [...minutes(0, 55, healthy), ...minutes(55, 60, gap)]],
    ['one side’s last two minutes are late', [...minutes(0, 57, healthy), ...minutes(57, 60, silent)]],
  ])('takes it for publication and clocks when %s', (_name, seen) => {
    expect(decision(seen, 60).decision).toBe('advance');
  });

  it('holds late evidence beyond a short maximum until it had its time to arrive', () => {
    const plan = parsePlan({
      stages: [
        { percent: 10, bake: 'PT10M', maxHold: 'PT1M' },
        { percent: 100, bake: 'PT10M' },
      ],
    });
    const quiet = (i: number) => minute(i, side(27_000, UNKNOWN), side(3_000, UNKNOWN));
    const at = (now: number) => decision(minutes(0, now - 1, quiet), now, 'stage', plan, 0).decision;
    expect([11, 15].map(at)).toEqual(['hold', 'hold']);
    expect(at(23)).toBe('advance');
    const never = (now: number) => decision(minutes(0, 3, quiet), now, 'stage', plan, 0).decision;
    expect([11, 36, 37].map(never)).toEqual(['hold', 'hold', 'rollback']);
  });

  it('ends a stage whose evidence stays away after its maximum hold', () => {
    const seen = [...minutes(0, 20, healthy), ...minutes(20, 180, gap)];
    expect(decision(seen, 180)).toMatchObject({ decision: 'rollback', reason: expect.stringContaining('silent') });
  });

  it('holds a soak of which only the first half hour was seen', () => {
    const alone = (i: number) => minute(i, null, side(30_000, 30));
    const seen = [...minutes(0, 30, alone), ...minutes(30, 48 * 60, gap)];
    expect(decision(seen, 48 * 60, 'soak')).toMatchObject({
      decision: 'hold',
      reason: expect.stringMatching(/silent/),
    });
    expect(decision(minutes(0, 48 * 60, alone), 48 * 60, 'soak').decision).toBe('advance');
  });
});

describe('an error count that has not arrived is unknown', () => {
  it('does not promote while the last minutes’ counts may be late, and sees the regression when they come', () => {
    const published = (at: number) => (i: number) => {
      const [stable, candidate] = i < 52 ? [27, 3] : [27, 3_000];
      return minute(i, side(27_000, stable), side(3_000, i + 8 < at ? candidate : UNKNOWN));
    };
    const decisions = [60, 61, 62, 63].map((at) => decision(minutes(0, at, published(at)), at).decision);
    expect(decisions.slice(0, 1)).toEqual(['hold']);
    expect(decisions).not.toContain('advance');
    expect(decisions.at(-1)).toBe('rollback');
  });

  it('advances a candidate without errors once the bake’s minutes are old enough', () => {
    const quiet = (i: number) => minute(i, side(27_000, UNKNOWN), side(3_000, UNKNOWN));
    expect(decision(minutes(0, 60, quiet), 60).decision).toBe('hold');
    expect(decision(minutes(0, 72, quiet), 72).decision).toBe('advance');
  });

  it('brings nobody back while the stable side’s count of the same minute may be late', () => {
    const late = (stable: SideCounts['target5xx']) => [
      ...minutes(0, 10, healthy),
      minute(10, side(27_000, stable), side(3_000, 240)),
      ...minutes(11, 13, healthy),
    ];
    expect(decision(late(UNKNOWN), 13).decision).toBe('hold');
    expect(decision(late(2_160), 13).decision).toBe('hold');
    expect(decision(late(27), 13).decision).toBe('rollback');
    // A count that has not arrived ten minutes after the end of its minute was zero.
    expect(decision([...late(UNKNOWN), ...minutes(13, 21, healthy)], 21).decision).toBe('rollback');
  });

  it('ends a clear outage within minutes, although no point of the stable side has arrived', () => {
    const dead = (i: number) => minute(i, side(27_000, UNKNOWN), side(3_000, 600));
    const first = [1, 2, 3].find((n) => decision(minutes(0, n, dead), n).decision === 'rollback');
    expect(first).toBeLessThanOrEqual(3);
  });
});

describe('a minute', () => {
  const suspicious = minutes(0, 6, (i) => minute(i, side(27_000, 27), side(3_000, 9)));

  it('that is told more than once is one piece of evidence', () => {
    const often = suspicious.flatMap((m) => [m, m, m, m, m, m]);
    expect(decision(often, 6)).toEqual(decision(suspicious, 6));
  });

  it('counts at its own time, in whatever order minutes come', () => {
    const bad = minutes(50, 60, (i) => minute(i, side(27_000, 27), side(3_000, 60)));
    const seen = [...bad, ...minutes(0, 50, healthy)];
    expect(decision(seen, 60)).toEqual(
      decision(
        seen.toSorted((a, b) => a.minute - b.minute),
        60,
      ),
    );
    expect(decision(seen, 60).decision).toBe('rollback');
  });
});

describe('requests of which nobody says what became of them', () => {
  const told = (requests: number, answered: number) => ({ ...side(requests, UNKNOWN), answered });
  const seen = (stable: number, candidate: number) =>
    minutes(0, 75, (i) => minute(i, told(27_000, stable), told(3_000, candidate)));

  it('hold a stage while they could hide failures beyond the margin: a series of 5xx may be lost for good', () => {
    expect(decision(seen(27_000, 2_850), 75)).toMatchObject({
      decision: 'hold',
      reason: expect.stringMatching(/without any recorded answer is 5\.00 % higher on the candidate/),
    });
  });

  it('hold nothing where clients hang up on both sides alike, or answers come a minute later', () => {
    expect(decision(seen(25_650, 2_850), 75).decision).toBe('advance');
    const later = minutes(0, 75, (i) => minute(i, told(27_000, 27_000), told(3_000, i === 0 ? 2_000 : 3_000)));
    expect(decision(later, 75).decision).toBe('advance');
  });
});

describe('a count that is no number', () => {
  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('%d is a gap, no reason to go back', (bad) => {
    const seen = minutes(0, 60, (i) => (i === 20 ? minute(i, side(27_000, 27), side(3_000, bad)) : healthy(i)));
    expect(decision(seen, 60).decision).toBe('advance');
  });
});

describe('a silence', () => {
  const day = (isSilent: (minute: number) => boolean) => Array.from({ length: 1_440 }, (_, i) => (isSilent(i) ? 0 : 7));
  it.each<[string, number, number[], number]>([
    ['of nine minutes between two batches is ordinary', 9, day((i) => i % 10 !== 3), 1],
    ['is as long as the periods that it is made of', 45, day((i) => i % 10 !== 3).slice(0, 288), 5],
    ['of a night is not: it comes once a day', 0, day((i) => i < 300), 1],
    ['of four minutes once in two hours is not', 0, day((i) => i % 120 < 4), 1],
    ['is none where somebody always asks', 0, day(() => false), 1],
    ['is none of a look-back of half an hour', 0, day((i) => i % 10 !== 3).slice(0, 30), 1],
    ['of a whole look-back without a request is none', 0, day(() => true), 1],
  ])('%s', (_name, minutes, requests, period) => {
    expect(ordinarySilence(requests, period)).toBe(minutes);
  });
});
