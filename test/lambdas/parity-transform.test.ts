import type { FirehoseTransformationEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { CaptureRecord } from '../../capture/format/record.ts';
import type { Lease } from '../../core/model/lease.ts';
import { knownNoise } from '../../lambdas/aws/dynamo/known-noise.ts';
import { effectiveRules } from '../../lambdas/aws/dynamo/parity-rules.ts';
import type { CountedBatch, ParityStore, TallySeries } from '../../lambdas/aws/dynamo/parity-store.ts';
import { judgeBatch } from '../../lambdas/events/firehose-batch.ts';
import { makeHandler } from '../../lambdas/parity-transform.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { why } from '../../parity/model/difference.ts';
import type { RuleSet } from '../../parity/rules/schema.ts';
import { type RouteTallies, totalOf } from '../../parity/tally/routes.ts';
import { captured } from '../support/captured.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { lease } from '../support/ledger-item.ts';
import { statusIsBenign } from '../support/parity-rules.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const recordOf = (overrides: Partial<CaptureRecord> = {}) => base64(JSON.stringify(captured(overrides)));
const eventOf = (...data: string[]): FirehoseTransformationEvent => ({
  invocationId: 'i',
  deliveryStreamArn: 'arn',
  region: 'r',
  records: data.map((d, i) => ({ recordId: String(i), approximateArrivalTimestamp: 0, data: d })),
});
const lineOf = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString('utf8');

describe('a batch of captured pairs', () => {
  it('comes back pair by pair, one line each, with its verdict beside it', () => {
    const { records } = judgeBatch(eventOf(recordOf()), compareRecord);
    expect(records).toMatchObject([{ recordId: '0', result: 'Ok' }]);
    expect(lineOf(records[0]?.data)).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(lineOf(records[0]?.data))).toEqual({ ...captured(), comparison: compareRecord(captured()) });
  });

  it.each([
    ['what is no base64 of JSON', '%%%', 'not JSON'],
    ['JSON that breaks off', base64('{"v":2,'), 'not JSON'],
    ['null', base64('null'), 'not a capture record: v: invalid_value'],
    ['another version', base64(JSON.stringify({ ...captured(), v: 1 })), 'not a capture record: v: invalid_value'],
    [
      'an unknown field',
      base64(JSON.stringify({ ...captured(), secret: 'x' })),
      'not a capture record: record: unrecognized_keys',
    ],
  ])('is not failed by %s: that record goes back as it came, the others are judged', (_name, bad, reason) => {
    const { records, judged, refused } = judgeBatch(
      eventOf(recordOf(), bad, recordOf({ requestId: 's' })),
      compareRecord,
    );
    expect(records.map((r) => r.result)).toEqual(['Ok', 'ProcessingFailed', 'Ok']);
    expect(records[1]?.data).toBe(bad);
    expect(judged).toHaveLength(2);
    expect(refused).toEqual({ [reason]: 1 });
  });

  it('is not failed by a comparer that throws', () => {
    const { records, refused } = judgeBatch(eventOf(recordOf({ requestId: 'bad' }), recordOf()), (record) => {
      if (record.requestId === 'bad') throw new RangeError('never');
      return compareRecord(record);
    });
    expect(records.map((r) => r.result)).toEqual(['ProcessingFailed', 'Ok']);
    expect(refused).toEqual({ 'the comparer failed: RangeError': 1 });
  });

  it('leaves out differences that would make a verdict longer than its pair deserves', () => {
    const long = {
      in: 'body',
      pointer: `/${'k'.repeat(70_000)}`,
      stable: '1',
      candidate: '2',
      ...why('type'),
    } as const;
    const { records } = judgeBatch(eventOf(recordOf()), (record) => ({
      ...compareRecord(record),
      verdict: 'breaking',
      differences: [long, long],
    }));
    expect(JSON.parse(lineOf(records[0]?.data)).comparison).toEqual({
      route: '/items',
      verdict: 'breaking',
      newError: false,
      omitted: 2,
    });
  });

  it('never answers more than Lambda lets through; what does not fit is refused by itself and not counted', () => {
    const body = { encoding: 'utf8' as const, data: 'x'.repeat(900_000), bytes: 900_000, truncated: false };
    const { stable } = captured();
    const large =
      stable.outcome === 'response' ? recordOf({ stable: { ...stable, body }, candidate: { ...stable, body } }) : '';
    const result = judgeBatch(eventOf(large, large, large, recordOf()), compareRecord);
    expect(JSON.stringify(result.records).length).toBeLessThan(6_291_456);
    expect(result.records.map((r) => r.result)).toEqual(['Ok', 'Ok', 'ProcessingFailed', 'Ok']);
    expect(result.judged).toHaveLength(3);
    expect(result.refused).toEqual({ 'the answer would be too large': 1 });
  });
});

describe('the parity transform', () => {
  function rig(
    owner: Lease | null,
    add?: ParityStore['add'],
    rules: RuleSet = { v: 1, rules: [] },
    stored: RouteTallies = {},
  ) {
    const calls: { series: TallySeries; records: readonly CountedBatch[] }[] = [];
    const emitted: unknown[] = [];
    const count: ParityStore['add'] = async (series, records) => {
      calls.push({ series, records });
      return totalOf(records.map((r) => r.routes));
    };
    const handler = makeHandler({
      deployment: DEPLOYMENT,
      ledger: { read: async () => owner },
      rules: { effective: async () => effectiveRules(rules, new Date('2026-11-24')) },
      store: { add: add ?? count },
      noise: knownNoise({ read: async () => stored }, { now: () => 0 }),
      emit: (...args) => void emitted.push(args),
    });
    return { handler, calls, emitted };
  }

  it('counts a batch for the run that owns the ingress, in one call, and for none that is over', async () => {
    const running = rig(lease({ status: 'running' }));
    await running.handler(eventOf(recordOf(), recordOf({ requestId: 's' })));
    expect(running.calls.map(({ records }) => records.length)).toEqual([2]);
    expect(running.calls[0]?.series.cutoverId).toBe(lease().cutoverId);
    const over = rig(lease({ status: 'rolled_back' }));
    await over.handler(eventOf(recordOf()));
    expect(over.calls).toEqual([]);
  });

  it('compares by the rules that are stored, and counts under their version', async () => {
    const { stable } = captured();
    const created = stable.outcome === 'response' ? { ...stable, status: 201 } : stable;
    const ruled = rig(lease({ status: 'running' }), undefined, statusIsBenign());
    await ruled.handler(eventOf(recordOf({ candidate: created })));
    expect(ruled.calls[0]?.series.rules).toMatch(/^[0-9a-f]{16}$/);
    expect(ruled.calls[0]?.records[0]?.routes).toMatchObject({ '/items': { breaking: 0, benign: 1 } });
    const expired = rig(lease({ status: 'running' }), undefined, statusIsBenign('2026-11-23'));
    await expired.handler(eventOf(recordOf({ candidate: created })));
    expect(expired.calls[0]?.series.rules).toBe('none');
    expect(expired.calls[0]?.records[0]?.routes).toMatchObject({ '/items': { breaking: 1 } });
  });

  it('fails the batch when it cannot be counted, so that Firehose gives it again', async () => {
    const { handler, emitted } = rig(lease({ status: 'running' }), async () => {
      throw new Error('no table');
    });
    await expect(handler(eventOf(recordOf()))).rejects.toThrow('no table');
    expect(emitted).toEqual([]);
  });

  it('tells no breaking pair of what the stable side does by itself, whether this batch teaches it or an earlier one', async () => {
    const bodied = (data: string) => {
      const { stable: leg } = captured();
      return leg.outcome === 'response' ? { ...leg, body: { ...leg.body, data, bytes: data.length } } : leg;
    };
    const [stable, candidate, noise] = ['a', 'b', 'c'].map((id) => bodied(`{"id":"${id}"}`));
    if (stable === undefined || candidate === undefined || noise === undefined) throw new Error('three answers');
    const differs = { stable, candidate };
    const taught = rig(lease({ status: 'running' }));
    // Fewer than five control answers teach nothing (docs/adr/0028).
    const teaching = ['n1', 'n2', 'n3', 'n4', 'n5'].map((requestId) => recordOf({ ...differs, noise, requestId }));
    await taught.handler(eventOf(...teaching, recordOf({ ...differs, requestId: 's' })));
    expect(taught.emitted).toMatchObject([[{ ParityPairs: 6, ParityBreaking: 0 }, {}]]);
    await taught.handler(eventOf(recordOf({ ...differs, requestId: 't' })));
    expect(taught.emitted[1]).toMatchObject([{ ParityPairs: 1, ParityBreaking: 0 }, {}]);
    const [stored] = taught.calls.map(({ records }) => totalOf(records.map((r) => r.routes)));
    const another = rig(lease({ status: 'running' }), undefined, undefined, stored);
    await another.handler(eventOf(recordOf(differs)));
    expect(another.emitted).toMatchObject([[{ ParityBreaking: 0 }, {}]]);
    const untaught = rig(lease({ status: 'running' }));
    await untaught.handler(eventOf(recordOf(differs)));
    expect(untaught.emitted).toMatchObject([[{ ParityBreaking: 1 }, {}]]);
  });

  it('says in figures what came of a batch, whoever owns the ingress', async () => {
    const { handler, emitted, calls } = rig(null);
    const { stable } = captured();
    const worse = stable.outcome === 'response' ? { ...stable, status: 503 } : stable;
    await handler(eventOf(recordOf(), recordOf({ requestId: 's', candidate: worse }), 'bad'));
    expect(calls).toEqual([]);
    expect(emitted).toEqual([
      [
        {
          ParityPairs: 2,
          ParityBreaking: 1,
          ParityUndecided: 0,
          ParityNewErrors: 1,
          ParityUnmatched: 0,
          ParityFailed: 1,
        },
        { 'Refused: not JSON': '1' },
      ],
    ]);
  });
});
