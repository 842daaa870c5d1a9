import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateOf, EMPTY_AGGREGATE, merge, type RouteAggregate } from '../../parity/aggregate.ts';
import { compareRecord } from '../../parity/compare.ts';
import { placeOf } from '../../parity/difference.ts';
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
const compare = (stable: Leg, candidate: Leg) => compareRecord(record(stable, candidate));
const causes = (stable: string, candidate: string) =>
  compare(leg(stable), leg(candidate)).differences.map((d) => `${placeOf(d)} ${d.cause} ${d.class}`);

describe('the comparer', () => {
  it.each([
    ['[] against null', '{"a":[]}', '{"a":null}', ['body/a null-for-empty-array breaking']],
    ['{} against null', '{"a":{}}', '{"a":null}', ['body/a null-for-empty-object breaking']],
    ['an absent key', '{"a":1,"b":2}', '{"a":1}', ['body/b key-missing breaking']],
    ['an added key', '{"a":1}', '{"a":1,"b":0}', ['body/b key-added breaking']],
    ['integers beyond 2^53', '{"id":9007199254740992}', '{"id":9007199254740993}', ['body/id number-value breaking']],
    ['minus zero', '[0]', '[-0]', ['body/0 number-format benign']],
    [
      'float formats',
      '[1e21,1e-7,100]',
      '[1e+21,1e-07,100.0]',
      ['body/0 number-format benign', 'body/1 number-format benign', 'body/2 number-format benign'],
    ],
    ['escaped HTML', '"<a&b>"', '"\\u003ca\\u0026b\\u003e"', []],
    ['key order and white space', '{"a":1,"b":[1, 2]}', '{ "b":[1,2],\n"a":1 }\n', []],
    ['a type', '{"a":"1"}', '{"a":1}', ['body/a type breaking']],
    ['an array that is shorter', '[1,2]', '[1]', ['body array-length breaking']],
    ['a key with a slash', '{"a/b":1}', '{"a/b":2}', ['body/a~1b number-value breaking']],
    ['text that is not JSON', 'Cannot GET /x', '404 page not found', ['body body-bytes breaking']],
  ])('names %s', (_name, stable, candidate, expected) => {
    expect(causes(stable, candidate)).toEqual(expected);
  });

  it('tells a media type from its parameters', () => {
    const typed = (type: string) => leg('{}', { headers: [['content-type', type]] });
    expect(compare(typed('application/json; charset=utf-8'), typed('application/json')).verdict).toBe('benign');
    expect(compare(typed('application/json'), typed('text/plain; charset=utf-8')).verdict).toBe('breaking');
  });

  it('folds header names and ignores what any two servers differ in', () => {
    const stable = leg('{}', {
      headers: [...JSON_TYPE, ['x-custom-id', '7'], ['Date', 'a'], ['X-Powered-By', 'Express']],
    });
    const candidate = leg('{}', {
      headers: [
        ['content-type', 'application/json; charset=utf-8'],
        ['X-Custom-Id', '7'],
        ['Date', 'b'],
      ],
    });
    expect(compare(stable, candidate).verdict).toBe('same');
  });

  it('calls a failed candidate a new error, and a failed stable side no pair', () => {
    const failed: Leg = { outcome: 'failed', reason: 'refused', detail: '', totalMs: 1 };
    expect(compare(leg('{}'), failed)).toMatchObject({ verdict: 'breaking', newError: true });
    expect(compare(leg('{}', { status: 500 }), { ...failed, reason: 'reset' })).toMatchObject({
      newError: false,
      differences: [{ cause: 'crash-closes-connection' }],
    });
    expect(compare(failed, leg('{}'))).toMatchObject({ verdict: 'unmatched' });
    expect(compare(leg('{}'), leg('{}', { status: 503 }))).toMatchObject({ verdict: 'breaking', newError: true });
  });

  it('finds nothing between an answer and itself, whatever its bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => compare(leg(text), leg(text)).verdict === 'same'));
    fc.assert(fc.property(fc.json(), (text) => compare(leg(text), leg(` ${text}\n`)).verdict === 'same'));
  });

  it('never throws, and finds the same number of differences from either side', () => {
    const bodies = fc.oneof(fc.json(), fc.string());
    fc.assert(
      fc.property(bodies, bodies, (a, b) => {
        expect(compare(leg(a), leg(b)).differences.length).toBe(compare(leg(b), leg(a)).differences.length);
      }),
    );
  });
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
