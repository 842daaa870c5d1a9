import { describe, expect, it } from 'vitest';
import { compareRecord } from '../../parity/compare/record.ts';
import { judgeLine } from '../../parity/tally/batch.ts';
import { bucketOf, type Histogram } from '../../parity/tally/histogram.ts';
import { judgeLatency, PERCENTILES } from '../../parity/tally/latency.ts';
import { OTHER_ROUTES, type RouteTallies, totalOf } from '../../parity/tally/routes.ts';
import { type CopyCounts, judgeParity, type SignoffPolicy } from '../../parity/tally/signoff.ts';
import { EMPTY_TALLY, findingKey, type RouteTally } from '../../parity/tally/tally.ts';
import { answer, pairOf } from '../support/answer.ts';
import { generator, normal, type Random } from '../support/random.ts';

const policy: SignoffPolicy = {
  minCapturesPerRoute: 400,
  maxBreakingRate: 0.0075,
  latencyTolerance: 0.05,
  latencyFloorMs: 0,
  maxDropRatio: 0.01,
  acceptInsufficientLatency: [],
};
const COPIES: CopyCounts = { wanted: 400, lost: {} };
const always = (ms: number, n = 400): Histogram => ({ [bucketOf(ms)]: n });
const route = (rest: Partial<RouteTally> = {}): RouteTally => ({
  ...EMPTY_TALLY,
  pairs: 400,
  same: 400,
  stableLatency: always(10),
  candidateLatency: always(10),
  ...rest,
});
const judge = (rest: Partial<RouteTally>, with_: Partial<SignoffPolicy> = {}, copies: CopyCounts | null = COPIES) =>
  judgeParity({ '/x': route(rest) }, { ...policy, ...with_ }, copies);

describe('a sign-off', () => {
  it('is clean on enough pairs without a fault', () => {
    expect(judge({})).toEqual({ status: 'clean', reasons: [], pairs: 400, routes: 1 });
  });

  it('is insufficient on no route, and on a route with too few pairs by the rule of three', () => {
    expect(judgeParity({}, policy, COPIES).status).toBe('insufficient');
    expect(judge({ pairs: 399 })).toMatchObject({
      status: 'insufficient',
      reasons: ['/x: too few captures, 399 of 400'],
    });
    expect(judge({}, { maxBreakingRate: 0.001 }).reasons).toEqual(['/x: too few captures, 400 of 3000']);
  });

  it.each([
    [
      'one breaking pair, by cause and place',
      { breaking: 1, findings: { 'breaking type body/items/*/id': 1, 'benign charset header:content-type': 9 } },
      '/x: 1 of 400 captures has a breaking difference (type at body/items/*/id 1)',
    ],
    ['one new error', { newErrors: 1 }, '/x: 1 error on the candidate that stable does not have'],
    [
      'a candidate that is shown to be slower',
      { candidateLatency: always(12, 1200), stableLatency: always(10, 1200) },
      '/x: p50 latency: candidate/stable is 1.198, at least 1.186 (99.9 %, 1200 captures); the limit is 1.050',
    ],
  ])('is dirty on %s, on one route of many', (_name, fault, reason) => {
    const verdict = judgeParity({ '/ok': route(), '/x': route(fault) }, policy, COPIES);
    expect(verdict.status).toBe('dirty');
    expect(verdict.reasons[0]).toBe(reason);
  });

  it('waits for a rule where the catalogue does not decide, and names what it is about', () => {
    expect(judge({ undecided: 3, findings: { 'undecided key-added body/total': 3 } })).toMatchObject({
      status: 'insufficient',
      reasons: ['/x: 3 of 400 captures have a difference that needs a rule (key-added at body/total 3)'],
    });
  });

  describe('on a service that strangers scan', () => {
    const scan = (n: number, status: number, body = 'no such page') =>
      Array.from({ length: n }, (_, i) => {
        const leg = answer(body, [['Content-Type', 'text/plain']], { status });
        const request = { method: 'GET', target: `/scan-${i}.php` };
        return JSON.stringify({ ...pairOf(leg, leg), route: `GET /scan-${i}.php`, requestId: `s${i}`, request });
      });
    const served = route({
      pairs: 4_000,
      same: 4_000,
      stableLatency: always(10, 4_000),
      candidateLatency: always(10, 4_000),
    });
    const with_ = (records: readonly string[]) =>
      records
        .map((line) => judgeLine(line, compareRecord))
        .reduce(
          (sum, judged) => {
            if ('refused' in judged) throw new Error(judged.refused);
            return totalOf([sum, judged.routes]);
          },
          { 'GET /items': served } as RouteTallies,
        );
    const wanted = { wanted: 8_000, lost: {} };

    it.each([1, 50, 4_000])('is clean after %i requests for paths that neither side serves', (n) => {
      expect(judgeParity(with_(scan(n, 404)), policy, wanted)).toMatchObject({
        status: 'clean',
        routes: 1,
        reasons: [`not judged, because neither side serves these paths: ${n} captures`],
      });
    });

    it('is clean after a few for paths that both sides serve to anybody', () => {
      expect(judgeParity(with_(scan(3, 200)), policy, wanted)).toMatchObject({
        status: 'clean',
        reasons: [expect.stringMatching(/^not judged, because they are too rare to matter: GET \/scan-0\.php \(1\), /)],
      });
      expect(judgeParity(with_(scan(8, 200)), policy, wanted).status).toBe('insufficient');
    });

    it('still is dirty when the candidate fails on one of them', () => {
      const [line = ''] = scan(1, 404);
      const record = JSON.parse(line);
      const broken = JSON.stringify({ ...record, candidate: { ...record.candidate, status: 500 } });
      expect(judgeParity(with_([broken]), policy, wanted).status).toBe('dirty');
    });

    it('judges a route that is declared by a template, whatever it answers', () => {
      const lines = scan(3, 404).map((line) => JSON.stringify({ ...JSON.parse(line), route: 'GET /users/{id}' }));
      expect(judgeParity(with_([...lines, ...lines]), policy, wanted).reasons.join()).not.toContain(
        'neither side serves',
      );
    });

    it('is insufficient while nothing but strangers came', () => {
      const { 'GET /items': _, ...alone } = with_(scan(50, 404));
      expect(judgeParity(alone, policy, wanted).status).toBe('insufficient');
    });
  });

  it('suppresses what the stable side does by itself, and says where and how often it did', () => {
    const noisy = { records: 40, counts: { 'body/at value': { both: 38, onlyStable: 1, onlyCandidate: 0 } } };
    const combinations = { [JSON.stringify(['noise', ['breaking', 'value', 'body/at', 'value']])]: 390 };
    const rest = { same: 10, breaking: 390, findings: { 'breaking value body/at': 390 }, combinations, noisy };
    expect(judge(rest)).toMatchObject({
      status: 'clean',
      reasons: [
        'suppressed as noise, because stable differed from itself there (in how many control answers): /x body/at value (39 of 40)',
      ],
    });
    expect(judge({ ...rest, noisy: EMPTY_TALLY.noisy }).status).toBe('dirty');
  });

  it.each([
    ['records without a stable answer', { unmatched: 5 }],
    ['pairs over the capture cap', { oversize: 5 }],
  ])('is insufficient on too many %s, for they say nothing', (_name, blind) => {
    expect(judge(blind, {}, null)).toMatchObject({
      status: 'insufficient',
      reasons: [expect.stringContaining('of 40')],
    });
  });

  it('is insufficient when the mirror lost too many copies, or does not say', () => {
    expect(judge({}, {}, { wanted: 400, lost: { busy: 1, sink: 3 } }).status).toBe('clean');
    expect(judge({}, {}, { wanted: 400, lost: { busy: 1, sink: 4, error: 0 } })).toMatchObject({
      status: 'insufficient',
      reasons: ['5 of 400 copies gave no evidence (lost 5: busy 1, sink 4; the rest unmatched or oversize)'],
    });
    expect(judge({}, {}, { wanted: 0, lost: {} }).reasons).toEqual([
      'the mirror has not reported its copy counts yet, so mirror loss is unknown',
    ]);
    expect(judge({}, {}, null).status).toBe('clean');
  });

  it('stays short enough for the state of an execution, however many routes are unclean', () => {
    const many = Object.fromEntries(
      Array.from({ length: 150 }, (_, i) => [`/r${i}`, route({ newErrors: 1, pairs: 1 })]),
    );
    const worst = route({ breaking: 9, newErrors: 7, findings: { [findingKey('breaking', 'status', 'status')]: 9 } });
    const { reasons } = judgeParity({ ...many, '/worst': worst }, policy, COPIES);
    expect(reasons.length).toBe(32);
    expect(reasons.slice(0, 2), 'the worst route first').toEqual([
      '/worst: 9 of 400 captures have a breaking difference (status 9)',
      '/worst: 7 errors on the candidate that stable does not have',
    ]);
    expect(reasons.at(-1)).toBe('271 more');
  });

  it('is insufficient when routes cannot be told apart', () => {
    expect(judgeParity({ [OTHER_ROUTES]: route() }, policy, COPIES)).toMatchObject({
      status: 'insufficient',
      reasons: ['too many routes to tell apart; give the mirror route templates'],
    });
  });
});

describe('latency in a sign-off', () => {
  const thin = { stableLatency: always(10, 367), candidateLatency: always(10, 367) };

  it('says `too few samples` for each percentile that the pairs are too few for, never nothing', () => {
    expect(judge(thin)).toMatchObject({
      status: 'insufficient',
      reasons: ['/x: p99 latency: too few samples, 367 of 368 captures'],
    });
    expect(judge({ stableLatency: {}, candidateLatency: {} }).reasons).toEqual([
      '/x: p50 latency: too few samples, 0 of 6 captures',
      '/x: p95 latency: too few samples, 0 of 72 captures',
      '/x: p99 latency: too few samples, 0 of 368 captures',
    ]);
  });

  it('goes on without a percentile that the plan accepts, and still says so', () => {
    expect(judge(thin, { acceptInsufficientLatency: ['p99'] })).toMatchObject({
      status: 'clean',
      reasons: ['p99 latency: too few samples on /x (ignored: plan.shadow.acceptInsufficientLatency)'],
    });
    expect(judge(thin, { acceptInsufficientLatency: ['p95'] }).status).toBe('insufficient');
  });

  it('accepts nothing of a percentile whose estimate itself is beyond the tolerance', () => {
    const slow = { stableLatency: always(10, 3), candidateLatency: always(12, 3) };
    const accepted = { acceptInsufficientLatency: [...PERCENTILES] };
    expect(judge(slow, accepted)).toMatchObject({
      status: 'insufficient',
      reasons: [expect.anything(), expect.anything(), expect.anything()],
    });
  });

  it('holds what is neither shown to be as fast nor to be slower', () => {
    const spread: Histogram = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [String(i), 1]));
    expect(
      judge({ stableLatency: spread, candidateLatency: spread }, { acceptInsufficientLatency: ['p95', 'p99'] }),
    ).toMatchObject({
      status: 'insufficient',
      reasons: [
        expect.stringMatching(
          /p50 latency: candidate\/stable is 1.000, at most 1.\d+ \(95 %, 400 captures\); too few samples/,
        ),
        expect.anything(),
        expect.anything(),
      ],
    });
  });

  it('lets a candidate be slower by the floor, whatever the ratio', () => {
    const doubled = { stableLatency: always(1), candidateLatency: always(2) };
    expect(judge(doubled, { latencyFloorMs: 0.9 }).status).toBe('dirty');
    expect(judge(doubled, { latencyFloorMs: 1.1 }).status).toBe('clean');
  });
});

describe('the bound on the latency ratio, by simulation', () => {
  const RUNS = 200;
  const PAIRS = 1_000;
  const share = { latencyTolerance: 0.05, latencyFloorMs: 0 };

  /**
   * Distributions of the latency of pairs. Two answers to one request share part of their latency, so some of the laws
   * correlate them.
   */
  const LAWS: readonly { readonly name: string; readonly law: (random: Random) => () => [number, number] }[] = [
    { name: 'log-normal, independent', law: pairsOf(0, (z) => 20 * Math.exp(z)) },
    { name: 'log-normal, correlated by 0.9', law: pairsOf(0.9, (z) => 20 * Math.exp(z)) },
    { name: 'log-normal, correlated by -0.9', law: pairsOf(-0.9, (z) => 20 * Math.exp(z)) },
    { name: 'a tail without a variance, independent', law: pairsOf(0, (z) => 5 * upperTail(z) ** (-1 / 1.5)) },
    { name: 'a tail without a variance, correlated by 0.5', law: pairsOf(0.5, (z) => 5 * upperTail(z) ** (-1 / 1.5)) },
  ];

  it.each(LAWS)(
    'lets a candidate that is slower by the whole tolerance pass in at most one run of twenty: $name',
    ({ law }) => {
      const passed = { p50: 0, p95: 0, p99: 0 };
      const slower = { p50: 0, p95: 0, p99: 0 };
      const next = law(generator(20261124));
      for (let run = 0; run < RUNS; run++) {
        const [stable, candidate]: [Record<string, number>, Record<string, number>] = [{}, {}];
        for (let i = 0; i < PAIRS; i++) {
          const [s, c] = next();
          const [a, b] = [bucketOf(s), bucketOf(c * 1.05)];
          stable[a] = (stable[a] ?? 0) + 1;
          candidate[b] = (candidate[b] ?? 0) + 1;
        }
        for (const p of PERCENTILES) {
          const { is } = judgeLatency(stable, candidate, p, share);
          if (is === 'within') passed[p]++;
          if (is === 'slower') slower[p]++;
        }
      }
      for (const p of PERCENTILES) {
        expect(passed[p] / RUNS).toBeLessThanOrEqual(0.05);
        expect(slower[p]).toBe(0);
      }
    },
  );

  it('lets an equal candidate pass once there are pairs enough, and calls one that is slower by a half slower', () => {
    const next = pairsOf(0.5, (z) => 20 * Math.exp(0.3 * z))(generator(7));
    const [stable, equal, slow]: [Record<string, number>, Record<string, number>, Record<string, number>] = [
      {},
      {},
      {},
    ];
    for (let i = 0; i < 60_000; i++) {
      const [s, c] = next();
      for (const [into, ms] of [
        [stable, s],
        [equal, c],
        [slow, c * 1.5],
      ] as const) {
        into[bucketOf(ms)] = (into[bucketOf(ms)] ?? 0) + 1;
      }
    }
    expect(PERCENTILES.map((p) => judgeLatency(stable, equal, p, share).is)).toEqual(['within', 'within', 'within']);
    expect(PERCENTILES.map((p) => judgeLatency(stable, slow, p, share).is)).toEqual(['slower', 'slower', 'slower']);
  });
});

function pairsOf(correlation: number, toMs: (z: number) => number) {
  return (random: Random) => {
    const z = () => normal(random);
    return (): [number, number] => {
      const [a, b] = [z(), z()];
      return [toMs(a), toMs(correlation * a + Math.sqrt(1 - correlation ** 2) * b)];
    };
  };
}

/** P(Z > z), by Abramowitz and Stegun 26.2.17 (error below 7.5e-8). */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
