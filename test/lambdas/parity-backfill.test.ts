import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaptureRecord } from '../../capture/format/record.ts';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import type { Lease } from '../../core/model/lease.ts';
import { type CaptureObjects, s3CaptureObjects } from '../../lambdas/aws/capture-objects.ts';
import { effectiveRules } from '../../lambdas/aws/dynamo/parity-rules.ts';
import { dynamoParityStore } from '../../lambdas/aws/dynamo/parity-store.ts';
import { makeHandler } from '../../lambdas/parity-backfill.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import type { RuleSet } from '../../parity/rules/schema.ts';
import { judgeLine } from '../../parity/tally/batch.ts';
import { type LocalDynamo, startDynamo } from '../../rehearsal/cloud/services/dynamo.ts';
import { LOCAL_CLIENT } from '../../rehearsal/machine/local-client.ts';
import { captured } from '../support/captured.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { lease } from '../support/ledger-item.ts';
import { statusIsBenign } from '../support/parity-rules.ts';

const KEY = 'pairs/2026/11/24/08/a.gz';
const EVENT = { bucket: 'pairs', key: KEY };
const NO_RULES: RuleSet = { v: 1, rules: [] };
const STATUS_IS_BENIGN = statusIsBenign();

let dynamo: LocalDynamo;
let client: DynamoDBClient;
let runs = 0;
beforeAll(async () => {
  dynamo = await startDynamo();
  await dynamo.createTable('ledger');
  client = new DynamoDBClient({ endpoint: dynamo.url, ...LOCAL_CLIENT });
});
afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

/** The part of S3 that is used: one object, delivered in small chunks. */
function s3(bytes: Uint8Array, breaksAt = Number.POSITIVE_INFINITY): CaptureObjects {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 100) {
      if (at >= breaksAt) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      yield bytes.subarray(at, at + 100);
    }
  }
  return s3CaptureObjects({ send: (async () => ({ Body: Readable.from(chunks()) })) as S3Client['send'] });
}

const { stable: OK } = captured();
const CREATED = OK.outcome === 'response' ? { ...OK, status: 201 } : OK;
const pair = (requestId: string, overrides: Partial<CaptureRecord> = {}) => captured({ requestId, ...overrides });
/** The line that the transform stores: the record with its verdict. */
function kept(record: CaptureRecord): string {
  const judged = judgeLine(JSON.stringify(record), compareRecord);
  if ('refused' in judged) throw new Error(judged.refused);
  return judged.line;
}
const gz = (...lines: string[]) => gzipSync(lines.join(''));

function rig(owner: Lease | null = lease({ cutoverId: cutoverIdSchema.parse(`backfilled-${++runs}`) })) {
  const clock = { now: () => Date.UTC(2026, 10, 24, 9), sleep: async () => {} };
  const store = dynamoParityStore(client, { table: 'ledger', ingressId: DEPLOYMENT.ingressId, clock, keepDays: 7 });
  const rulesOf = (set: RuleSet) => effectiveRules(set, new Date('2026-11-24'));
  const backfill = (objects: CaptureObjects, set = NO_RULES) =>
    makeHandler({
      deployment: DEPLOYMENT,
      ledger: { read: async () => owner },
      rules: { effective: async () => rulesOf(set) },
      store,
      objects,
    })(EVENT);
  const cutoverId = owner?.cutoverId ?? cutoverIdSchema.parse('none');
  const read = (set = NO_RULES) => store.read({ cutoverId, rules: rulesOf(set).version });
  return { backfill, read, store, cutoverId };
}

describe('the parity backfill', () => {
  it('compares kept pairs by the rules of now, and counts them under their version', async () => {
    const { backfill, read } = rig();
    const object = s3(gz(kept(pair('a')), kept(pair('b', { candidate: CREATED }))));
    const result = await backfill(object, STATUS_IS_BENIGN);
    expect(result).toMatchObject({ key: KEY, pairs: 2, counted: 2, earlier: 0, refused: {} });
    expect(result.rules).toMatch(/^[0-9a-f]{16}$/);
    expect(await read(STATUS_IS_BENIGN)).toMatchObject({ '/items': { pairs: 2, same: 1, benign: 1, breaking: 0 } });
    expect(await read()).toEqual({});
  });

  it('changes nothing when it is run twice, or over what the transform has counted', async () => {
    const { backfill, read, store, cutoverId } = rig();
    const [a, b] = [pair('a'), pair('b', { candidate: CREATED })];
    const counted = judgeLine(JSON.stringify(a), compareRecord);
    if ('refused' in counted) throw new Error(counted.refused);
    await store.add({ cutoverId, rules: 'none' }, [counted]);
    const bytes = gz(kept(a), kept(b));
    expect(await backfill(s3(bytes))).toMatchObject({ pairs: 2, counted: 1 });
    const once = await read();
    expect(once).toMatchObject({ '/items': { pairs: 2, same: 1, breaking: 1 } });
    expect(await backfill(s3(bytes))).toMatchObject({ pairs: 2, counted: 0 });
    expect(await read()).toEqual(once);
  });

  it('counts what cannot be read by its reason, and all the rest', async () => {
    const { backfill } = rig();
    const object = s3(gz(kept(pair('a')), 'garbage\n', '\n', '{"v":2}\n', kept(pair('b'))));
    const { pairs, counted, refused } = await backfill(object);
    expect({ pairs, counted }).toEqual({ pairs: 2, counted: 2 });
    expect(refused).toEqual({ 'not JSON': 1, 'not a capture record: ingress: invalid_type': 1 });
  });

  it('leaves out pairs from before the run: they are evidence of another candidate', async () => {
    const { backfill } = rig();
    const object = s3(gz(kept(pair('old', { at: '2026-11-24T07:59:59.999Z' })), kept(pair('first'))));
    expect(await backfill(object)).toMatchObject({ pairs: 1, counted: 1, earlier: 1 });
  });

  it('reads an object of several gzip members, and one larger than a piece, without holding it whole', async () => {
    const { backfill } = rig();
    const { outcome } = OK;
    const data = 'x'.repeat(200_000);
    const large = outcome === 'response' ? { ...OK, body: { ...OK.body, data, bytes: data.length } } : OK;
    const lines = Array.from({ length: 12 }, (_, i) => kept(pair(`r${i}`, { stable: large, candidate: large })));
    const members = Buffer.concat([gz(...lines.slice(0, 5)), gz(...lines.slice(5))]);
    expect(await backfill(s3(members))).toMatchObject({ pairs: 12, counted: 12, refused: {} });
  });

  it.each([
    ['is no gzip', Buffer.from('pairs'), 0, 'not gzip, or cut off (Z_DATA_ERROR)'],
    ['was cut off', gz(kept(pair('a'))).subarray(0, -8), 0, 'not gzip, or cut off (Z_BUF_ERROR)'],
  ])('says so when an object %s, for trying again would not help', async (_what, bytes, pairs, reason) => {
    const { backfill } = rig();
    expect(await backfill(s3(bytes))).toMatchObject({ pairs, refused: { [reason]: 1 } });
  });

  it('asks to be called again when the connection is lost, and then counts nothing twice', async () => {
    const { backfill } = rig();
    const bytes = gz(...Array.from({ length: 300 }, (_, i) => kept(pair(`${i}-${Math.sin(i)}`))));
    await expect(backfill(s3(bytes, 500))).rejects.toMatchObject({ name: 'Crossfade.Transient' });
    expect(await backfill(s3(bytes))).toMatchObject({ pairs: 300, counted: 300 });
  });

  it.each([
    ['nothing has run', null],
    ['the run is over', lease({ status: 'completed' })],
  ])('refuses when %s, and reads nothing', async (_what, owner) => {
    const never: CaptureObjects = {
      read: () => {
        throw new Error('it was read');
      },
    };
    await expect(rig(owner).backfill(never)).rejects.toMatchObject({ name: 'Crossfade.Refused' });
  });
});
