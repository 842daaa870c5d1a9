import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateOf, EMPTY_AGGREGATE, merge, type RouteAggregate } from '../../parity/aggregate.ts';
import { compareRecord } from '../../parity/compare.ts';
import { bucketOf, quantile, RELATIVE_ERROR } from '../../parity/histogram.ts';
import { CAPTURE_VERSION, type CaptureRecord, type HeaderList, type Leg } from '../../parity/record.ts';
import { judgeParity } from '../../parity/signoff.ts';

const JSON_TYPE: HeaderList = [['Content-Type', 'application/json; charset=utf-8']];

function leg(data: string, rest: Partial<Extract<Leg, { outcome: 'response' }>> = {}): Leg {
  return {
    outcome: 'response',
    status: 200,
    headers: JSON_TYPE,
    body: { encoding: 'utf8', data, bytes: Buffer.byteLength(data), truncated: false },
    timing: { firstByteMs: 1, totalMs: 2 },
    ...rest,
  };
}

const record = (stable: Leg, candidate: Leg): CaptureRecord => ({
  v: CAPTURE_VERSION,
  ingress: 'g',
  requestId: 'r',
  at: '2026-11-24T08:00:00.000Z',
  route: 'GET /x',
  request: { method: 'GET', target: '/x' },
  primary: 'stable',
  stable,
  candidate,
});

describe('aggregates', () => {
  const aggregates: fc.Arbitrary<RouteAggregate> = fc
    .record({
      ok: fc.boolean(),
      stable: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      candidate: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
    })
    .map(({ ok, stable, candidate }) => {
      const timed = (data: string, totalMs: number) => leg(data, { timing: { firstByteMs: 0, totalMs } });
      const captured = record(timed('[1]', stable), timed(ok ? '[1]' : '[2]', candidate));
      return aggregateOf(captured, compareRecord(captured));
    });

  it('merge in any order, with an empty one as zero', () => {
    fc.assert(
      fc.property(aggregates, aggregates, aggregates, (a, b, c) => {
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
        expect(merge(a, b)).toEqual(merge(b, a));
        expect(merge(a, EMPTY_AGGREGATE)).toEqual(a);
      }),
    );
  });

  it('keep a latency within the stated error', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e5, noNaN: true }), (ms) => {
        const middle = quantile({ [bucketOf(ms)]: 1 }, 0.5) ?? 0;
        expect(Math.abs(middle - ms) / ms).toBeLessThanOrEqual(RELATIVE_ERROR * 1.02);
      }),
    );
  });
});

describe('a sign-off', () => {
  const policy = { minPairsPerRoute: 100, maxBreakingRate: 0.03, latencyTolerance: 0.05, maxDropRatio: 0.01 };
  const route = (rest: Partial<RouteAggregate> = {}): RouteAggregate => ({ ...EMPTY_AGGREGATE, pairs: 100, ...rest });

  it('is clean on enough pairs without a fault', () => {
    expect(judgeParity({ 'GET /x': route() }, policy)).toMatchObject({ status: 'clean', pairs: 100, routes: 1 });
  });

  it('is insufficient on no route, and on a route with too few pairs by the rule of three', () => {
    expect(judgeParity({}, policy).status).toBe('insufficient');
    expect(judgeParity({ 'GET /x': route({ pairs: 99 }) }, policy).status).toBe('insufficient');
    expect(judgeParity({ 'GET /x': route() }, { ...policy, maxBreakingRate: 0.01 }).reasons[0]).toContain(
      '100 of 300 pairs',
    );
  });

  it.each([
    ['one breaking pair', { breaking: 1, causes: { type: 1 } }],
    ['one new error', { newErrors: 1 }],
    ['records without a stable answer', { unmatched: 5 }],
    ['a slower candidate', { stableLatency: { [bucketOf(10)]: 100 }, candidateLatency: { [bucketOf(11)]: 100 } }],
  ])('is dirty on %s, on one route of many', (_name, fault) => {
    expect(judgeParity({ 'GET /ok': route(), 'GET /x': route(fault) }, policy)).toMatchObject({
      status: 'dirty',
      reasons: [expect.stringContaining('GET /x')],
    });
  });
});
