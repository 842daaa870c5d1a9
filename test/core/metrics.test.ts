import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, marginLine } from '../../core/metrics/bad-share.ts';
import { logRatio } from '../../core/metrics/binary-bets.ts';
import { needOf } from '../../core/metrics/evidence-needed.ts';
import { MOST_FIGURE, opinionsOf, type Stretch } from '../../core/metrics/opinion.ts';
import { together, voteOf } from '../../core/metrics/vote.ts';
import { worstShareOf } from '../../core/metrics/worst-share.ts';
import type { MetricEvidence } from '../../core/model/evidence.ts';
import { parsePlan } from '../../core/model/plan.ts';
import type { CountMetric, PlanMetric } from '../../core/model/plan-metrics.ts';
import { binomial, generator, normal } from '../support/random.ts';

const MINUTE = 60_000;
const SINCE = Date.UTC(2026, 10, 24, 8);
const cloudwatch = { source: 'cloudwatch', namespace: 'Shop', metric: 'Orders', dimensions: { Side: '{{side}}' } };
const metricOf = (fields: object): PlanMetric => {
  const [metric] = parsePlan({
    metrics: [{ name: 'orders', kind: 'count', numerator: cloudwatch, direction: 'lowerIsWorse', ...fields }] as never,
  }).metrics;
  if (metric === undefined) throw new Error('no metric');
  return metric;
};
const ORDERS = metricOf({ relativeMargin: 0.05 });
const queue = (fields: object = {}) => {
  const value = { source: 'cloudwatch', namespace: 'Shop', metric: 'QueueAge', stat: 'Maximum' };
  const [metric] = parsePlan({
    metrics: [
      { name: 'queue', kind: 'value', value, direction: 'higherIsWorse', relativeTolerance: 0.5, ...fields },
    ] as never,
  }).metrics;
  if (metric === undefined) throw new Error('no metric');
  return metric;
};

const stretch = (metrics: readonly PlanMetric[], minutes: number, more: Partial<Stretch> = {}): Stretch => ({
  metrics,
  baseline: {},
  since: SINCE,
  now: SINCE + (minutes + 3) * MINUTE,
  silentMinutes: 0,
  percent: 50,
  alpha: 0.005,
  beta: 0.01,
  ...more,
});

type Side = readonly [n: number, x: number] | null;
const evidence = (name: string, minutes: number, each: (i: number) => readonly [Side, Side]): MetricEvidence => ({
  name,
  trouble: null,
  minutes: Array.from({ length: minutes }, (_, i) => {
    const [stable, candidate] = each(i);
    const point = (side: Side) => (side === null ? null : { n: side[0], x: side[1] });
    return { minute: SINCE + i * MINUTE, stable: point(stable), candidate: point(candidate) };
  }),
});
/** The opinion on a single metric. */
const opinion = (metric: PlanMetric, minutes: number, each: (i: number) => readonly [Side, Side], more = {}) => {
  const [only] = opinionsOf([evidence(metric.name, minutes, each)], stretch([metric], minutes, more));
  if (only === undefined) throw new Error('no opinion');
  return only;
};

/** Draws both sides' counts at random, with the same shares in every minute. */
const traffic = (seed: number, n: number, stableShare: number, candidateShare: number) => {
  const random = generator(seed);
  return (): readonly [Side, Side] => [
    [n, binomial(random, n, stableShare)],
    [n, binomial(random, n, candidateShare)],
  ];
};

describe('a factor on two shares', () => {
  const probability = (n: number, x: number, p: number) => {
    let c = 1;
    for (let i = 0; i < x; i++) c = (c * (n - i)) / (i + 1);
    return c * p ** x * (1 - p) ** (n - x);
  };
  const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });
  const size = fc.integer({ min: 1, max: 6 });

  it('has a mean of at most 1 wherever the candidate is worse by the margin or more', () => {
    fc.assert(
      fc.property(
        share,
        share,
        share,
        size,
        size,
        fc.constantFrom(0.01, 0.2),
        (part, beyond, guess, n0, n1, margin) => {
          const p0 = part * (1 - margin);
          const line = marginLine(metricOf({ margin }) as CountMetric);
          const p1 = at(line, p0) + beyond * (1 - at(line, p0));
          let mean = 0;
          for (let x0 = 0; x0 <= n0; x0++)
            for (let x1 = 0; x1 <= n1; x1++)
              mean +=
                probability(n0, x0, p0) *
                probability(n1, x1, p1) *
                Math.exp(logRatio({ n0, x0, n1, x1 }, { p0: guess, p1: guess }, line));
          expect(mean).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
    );
  });

  it('has a mean of at most 1 where the candidate is no worse, whatever the guess', () => {
    const same = { offset: 0, slope: 1 };
    fc.assert(
      fc.property(share, share, share, share, size, size, (p0, lower, guess, more, n0, n1) => {
        const p1 = p0 * lower;
        const bet = { p0: guess, p1: guess + more * (1 - guess) };
        let mean = 0;
        for (let x0 = 0; x0 <= n0; x0++)
          for (let x1 = 0; x1 <= n1; x1++)
            mean +=
              probability(n0, x0, p0) * probability(n1, x1, p1) * Math.exp(logRatio({ n0, x0, n1, x1 }, bet, same));
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

describe('a count of the user’s own', () => {
  it('is shown to be within its margin by enough events, and says so', () => {
    const { verdict, text, gap } = opinion(ORDERS, 120, traffic(1, 15_000, 0.03, 0.03));
    expect({ verdict, gap }).toEqual({ verdict: 'within margin', gap: null });
    expect(text).toMatch(/^orders: [23]\.\d\d % of 1800000 against 3\.\d\d % \(margin -?0\.15 %/);
  });

  it('that falls by twice its margin is worse', () => {
    expect(opinion(ORDERS, 120, traffic(2, 15_000, 0.03, 0.027)).verdict).toBe('worse');
  });

  it('that falls to nothing is worse within minutes, after a healthy hour', () => {
    const healthy = traffic(3, 1_500, 0.03, 0.03);
    const after = (i: number): readonly [Side, Side] =>
      i < 60
        ? healthy()
        : [
            [1_500, 45],
            [1_500, 0],
          ];
    expect(opinion(ORDERS, 60, after).verdict).not.toBe('worse');
    expect(opinion(ORDERS, 64, after).verdict).toBe('worse');
  });

  it('is seen as well where nearly everything succeeds as where nearly everything fails', () => {
    const [succeeds, fails] = [metricOf({ margin: 0.01 }), metricOf({ margin: 0.01, direction: 'higherIsWorse' })];
    const twin = traffic(4, 500, 0.97, 0.94);
    const minutes = Array.from({ length: 30 }, twin);
    const mirrored = (side: Side): Side => (side === null ? null : [side[0], side[0] - side[1]]);
    const one = opinion(succeeds, 30, (i) => minutes[i] ?? [null, null]);
    const other = opinion(fails, 30, (i) => {
      const [stable, candidate] = minutes[i] ?? [null, null];
      return [mirrored(stable), mirrored(candidate)];
    });
    expect(one.verdict).toBe('worse');
    expect(other.eValue).toBeCloseTo(one.eValue, 5);
  });

  it('what hurts both sides alike is no vote against the candidate', () => {
    const random = generator(5);
    const hourly = (i: number): readonly [Side, Side] => {
      const share = i % 30 < 8 ? 0.005 : 0.03;
      return [
        [5_000, binomial(random, 5_000, share)],
        [5_000, binomial(random, 5_000, share)],
      ];
    };
    expect(opinion(ORDERS, 240, hourly).verdict).not.toBe('worse');
  });

  it.each([
    ['a candidate of whom nothing comes', [[100, 3], null], /candidate side/],
    [
      'a denominator of zero',
      [
        [100, 3],
        [0, 0],
      ],
      /candidate side/,
    ],
    ['a stable side of whom nothing comes', [null, [100, 3]], /stable side/],
  ] as const)('with %s holds', (_what, sides, problem) => {
    const { gap, verdict } = opinion(ORDERS, 60, () => sides as readonly [Side, Side]);
    expect(gap).toMatch(problem);
    expect(verdict).not.toBe('worse');
  });

  it('that fell silent twenty minutes ago holds, whatever it showed before', () => {
    const healthy = traffic(6, 15_000, 0.03, 0.03);
    const { gap } = opinion(ORDERS, 140, (i) => (i < 120 ? healthy() : [[15_000, 450], null]));
    expect(gap).toMatch(/silent for \d+ min/);
  });

  it('of a soak longer than a week is judged by its newest week', () => {
    const week = evidence('orders', 7 * 1440, () => [null, [1_500, 45]]);
    const from = 14 * 1440 * MINUTE;
    const shifted = { ...week, minutes: week.minutes.map((m) => ({ ...m, minute: m.minute + from })) };
    const baseline = { orders: { usual: 0.03, worst: 0.025, perSecond: 10 } };
    const [soak] = opinionsOf([shifted], stretch([ORDERS], 21 * 1440, { percent: 100, baseline }));
    expect(soak?.gap).toBeNull();
  });

  it.each(['lowerIsWorse', 'higherIsWorse'])(
    'at 100 % is held against what minutes reach, so that a share that wanders brings nobody back (%s)',
    (direction) => {
      const metric = metricOf({ relativeMargin: 0.1, direction });
      if (metric.kind !== 'count') throw new Error('no count');
      const random = generator(11);
      let level = 0;
      const wandering = () => {
        level = 0.9 * level + 0.2 * Math.sqrt(0.19) * normal(random);
        return { n: 30_000, x: binomial(random, 30_000, 0.03 * Math.exp(level)) };
      };
      const day = Array.from({ length: 1_440 }, wandering);
      const baseline = { orders: { usual: 0.03, worst: worstShareOf(metric, day), perSecond: 500 } };
      const at100 = (times: number) => {
        const met = Array.from({ length: 120 }, wandering);
        const each = (i: number): readonly [Side, Side] => [null, [30_000, Math.round(times * (met[i]?.x ?? 0))]];
        return opinion(metric, 120, each, { percent: 100, baseline }).verdict;
      };
      expect(at100(1)).not.toBe('worse');
      expect(at100(direction === 'lowerIsWorse' ? 0.3 : 3)).toBe('worse');
    },
  );

  it('at 100 % is compared with the worst of the baseline and its margin', () => {
    const baseline = { orders: { usual: 0.03, worst: 0.025, perSecond: 10 } };
    const at100 = (x: number) => opinion(ORDERS, 60, () => [null, [1_500, x]], { percent: 100, baseline }).verdict;
    expect(at100(37)).not.toBe('worse');
    expect(at100(15)).toBe('worse');
  });
});

describe('false aborts of a count', () => {
  it('stay below its part of α over healthy stages', () => {
    const alpha = 0.2;
    const runs = 200;
    const metric = metricOf({ relativeMargin: 0.05, alphaShare: 0.5 });
    let aborted = 0;
    for (let run = 0; run < runs; run++) {
      const each = traffic(1_000 + run, 300, 0.1, 0.1);
      const minutes = Array.from({ length: 60 }, each);
      const worse = [20, 40, 60].some(
        (length) => opinion(metric, length, (i) => minutes[i] ?? [null, null], { alpha }).verdict === 'worse',
      );
      if (worse) aborted++;
    }
    // α · alphaShare is 10 %. The test allows no more, although three standard deviations above it would be 16 %.
    expect(aborted / runs).toBeLessThanOrEqual(0.1);
  });
});

describe('a value of the user’s own', () => {
  it('within its tolerance passes after two hours', () => {
    const each = (i: number): readonly [Side, Side] => [
      [1, 100 + (i % 7)],
      [1, 110 + (i % 5)],
    ];
    expect(opinion(queue(), 15, each).verdict).toBe('undecided');
    expect(opinion(queue(), 120, each).verdict).toBe('within margin');
  });

  it('that grows on the candidate alone is worse within three quarters of an hour', () => {
    const each = (i: number): readonly [Side, Side] => [
      [1, 100],
      [1, 100 + 30 * Math.max(0, i - 30)],
    ];
    expect(opinion(queue(), 32, each).verdict).not.toBe('worse');
    expect(opinion(queue(), 75, each).verdict).toBe('worse');
    expect(opinion(queue({ spell: 1 }), 47, each).verdict).toBe('worse');
  });

  it('that is high for three minutes now and then is no worse: a spell has one cause', () => {
    const each = (i: number): readonly [Side, Side] => [
      [1, 100],
      [1, i % 40 < 3 ? 300 : 100],
    ];
    expect(opinion(queue(), 240, each).verdict).not.toBe('worse');
  });

  it('that grows on both sides is the hour’s, not the candidate’s', () => {
    expect(
      opinion(queue(), 120, (i) => [
        [1, 100 + 30 * i],
        [1, 105 + 30 * i],
      ]).verdict,
    ).toBe('within margin');
  });

  it('with holes holds: a point a minute is expected', () => {
    expect(
      opinion(queue(), 60, (i) =>
        i % 2 === 0
          ? [
              [1, 100],
              [1, 100],
            ]
          : [null, null],
      ).gap,
    ).not.toBeNull();
  });
});

describe('a guard', () => {
  const cpu = () => {
    const [metric] = parsePlan({
      metrics: [{ name: 'cpu', kind: 'guard', value: { source: 'ecs', usage: 'cpu' }, limit: 85 }],
    }).metrics;
    if (metric === undefined) throw new Error('no metric');
    return metric;
  };

  it('holds while it is beyond its limit, and goes back when that lasts', () => {
    const each = (i: number): readonly [Side, Side] => [null, [1, i < 30 ? 40 : 99]];
    expect(opinion(cpu(), 30, each)).toMatchObject({ verdict: expect.not.stringMatching('worse'), gap: null });
    expect(opinion(cpu(), 32, each)).toMatchObject({ gap: 'it is beyond its limit now' });
    expect(opinion(cpu(), 45, each).verdict).toBe('worse');
  });
});

describe('the vote', () => {
  const healthy = traffic(7, 15_000, 0.03, 0.03);
  const minutes = Array.from({ length: 120 }, healthy);
  const votes = (metrics: readonly PlanMetric[], seen: readonly MetricEvidence[], more: Partial<Stretch> = {}) =>
    voteOf(opinionsOf(seen, stretch(metrics, 120, more)));
  const good = evidence('orders', 120, (i) => minutes[i] ?? [null, null]);

  it('advances on what is shown, and holds for what is not', () => {
    expect(votes([ORDERS], [good]).decision).toBe('advance');
    const thin = evidence('orders', 120, () => [
      [100, 3],
      [100, 3],
    ]);
    expect(votes([ORDERS], [thin]).decision).toBe('hold');
  });

  it('does not wait for a metric that this stage need not show', () => {
    const later = metricOf({ relativeMargin: 0.05, requiredFrom: 50 });
    const thin = evidence('orders', 120, () => [
      [9_900, 297],
      [100, 3],
    ]);
    expect(votes([later], [thin], { percent: 1 }).decision).toBe('advance');
    expect(votes([later], [thin], { percent: 50 }).decision).toBe('hold');
  });

  it('holds for a source in trouble, and for one that was not read at all', () => {
    const trouble = { ...good, trouble: 'it did not answer within 5 s', minutes: [] };
    expect(votes([ORDERS], [trouble])).toEqual({
      decision: 'hold',
      reason: 'Metric orders holds: it did not answer within 5 s.',
    });
    expect(votes([ORDERS], []).decision).toBe('hold');
  });

  it('and the gate’s verdict come to the more careful of the two', () => {
    const of = (decision: 'advance' | 'hold' | 'rollback') => ({ decision, reason: decision });
    for (const a of ['advance', 'hold', 'rollback'] as const)
      for (const b of ['advance', 'hold', 'rollback'] as const) {
        const both = [a, b];
        const careful = both.includes('rollback') ? 'rollback' : both.includes('hold') ? 'hold' : 'advance';
        expect(together(of(a), of(b)).decision).toBe(careful);
      }
  });

  it('without a metric says nothing', () => {
    expect(together({ decision: 'hold', reason: 'Why.' }, voteOf([]))).toEqual({ decision: 'hold', reason: 'Why.' });
  });
});

describe('how much evidence a metric needs', () => {
  const traffic50 = { rps: 500, share: 0.5, beta: 0.01 };

  it('is what a healthy candidate then shows, in most runs', () => {
    const metric = metricOf({ relativeMargin: 0.1, usualShare: 0.03 });
    const need = needOf(metric, traffic50);
    const minutes = Math.ceil((need?.seconds ?? 0) / 60);
    expect(minutes).toBeGreaterThan(3);
    expect(minutes).toBeLessThan(60);
    const passed = Array.from({ length: 20 }, (_, seed) =>
      opinion(metric, minutes, traffic(50 + seed, 15_000, 0.03, 0.03)),
    ).filter((o) => o.verdict === 'within margin');
    expect(passed.length).toBeGreaterThanOrEqual(17);
  });

  it('grows as the margin shrinks and the share of the traffic falls', () => {
    const seconds = (margin: number, share: number) =>
      needOf(metricOf({ relativeMargin: margin, usualShare: 0.03 }), { ...traffic50, share })?.seconds ?? 0;
    expect(seconds(0.01, 0.5)).toBeGreaterThan(10 * seconds(0.05, 0.5));
    expect(seconds(0.05, 0.01)).toBeGreaterThan(10 * seconds(0.05, 0.5));
  });

  it('is not known while nobody has said what the share usually is, and none where it is not required', () => {
    expect(needOf(ORDERS, traffic50)).toBeNull();
    const later = metricOf({ relativeMargin: 0.05, usualShare: 0.03, requiredFrom: 60 });
    expect(needOf(later, traffic50)).toBeNull();
    expect(needOf(later, { ...traffic50, measured: {}, share: 0.9 })).not.toBeNull();
  });
});

describe('figures that nobody expects', () => {
  const figure = fc.oneof(
    fc.constantFrom(0, 1e-9, 1, MOST_FIGURE),
    fc.double({ min: 0, max: MOST_FIGURE, noNaN: true }),
  );
  const side = fc.option(fc.tuple(figure, figure), { nil: null });
  const minutes = fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 40 });
  const metrics = [
    ORDERS,
    metricOf({ margin: 0.01, direction: 'higherIsWorse' }),
    queue(),
    queue({ relativeTolerance: undefined, tolerance: 3, direction: 'lowerIsWorse' }),
  ];

  it.each([50, 100])('leave every e-value a number, at %i percent: what is logged is what was decided', (percent) => {
    const baseline = Object.fromEntries(
      metrics.map(({ name }) => [name, { usual: 0.5, worst: 0.4, perSecond: 1 }] as const),
    );
    fc.assert(
      fc.property(fc.constantFrom(...metrics), minutes, (metric, list) => {
        const counted = ([n, x]: readonly [number, number]): Side => [n, metric.kind === 'count' ? Math.min(n, x) : x];
        const each = (i: number): readonly [Side, Side] => {
          const [stable, candidate] = list[i] ?? [null, null];
          return [stable && counted(stable), candidate && counted(candidate)];
        };
        const said = opinion(metric, list.length, each, { percent, baseline });
        expect(said.eValue).toBeGreaterThanOrEqual(0);
        expect(said.withinEValue).toBeGreaterThanOrEqual(0);
        expect(said.text).not.toMatch(/NaN|Infinity/);
      }),
    );
  });
});
