/** The bundle of the backfill, as it would be deployed, over moto's S3 and DynamoDB: the local cloud has no S3. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import { SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/leases.ts';
import { dynamoParityStore } from '../../lambdas/aws/dynamo/parity-store.ts';
import { bundleModule } from '../../lib/assets/bundle.ts';
import { LocalFunction } from '../../rehearsal/cloud/lambda/lambda.ts';
import { tableProperties } from '../../rehearsal/cloud/services/dynamo.ts';
import { captured } from '../support/captured.ts';
import { DEPLOYMENT } from '../support/deployment.ts';

const MOTO = process.env.CROSSFADE_MOTO_URL;
const BUCKET = 'kept-pairs';
const CUTOVER = cutoverIdSchema.parse('backfilled');
const AT = '2026-11-24T08:00:00.000Z';
const { stable: OK } = captured();
const CREATED = OK.outcome === 'response' ? { ...OK, status: 201 } : OK;
const lines = (...records: unknown[]) => gzipSync(records.map((r) => `${JSON.stringify(r)}\n`).join(''));

describe.skipIf(MOTO === undefined)('the parity backfill over moto', () => {
  const at = {
    endpoint: MOTO ?? '',
    // A separate region, because the adapters' suite uses the other one.
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const clock = { now: () => Date.parse(AT), sleep: async () => {} };
  const table = 'backfilled';
  let folder: string;
  let s3: S3Client;
  let dynamo: DynamoDBClient;
  let backfill: LocalFunction;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'crossfade-backfill-'));
    bundleModule([{ in: join(import.meta.dirname, '../../lambdas/parity-backfill.ts'), out: 'index' }], folder);
    [s3, dynamo] = [new S3Client({ ...at, forcePathStyle: true }), new DynamoDBClient(at)];
    await dynamo.send(new CreateTableCommand(tableProperties(table)));
    await s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    const split = { split: SAFE_SPLIT, weights: weightsFor(DEPLOYMENT, SAFE_SPLIT), at: AT, confirmed: true };
    await dynamoLeases(dynamo, table).claim({
      ingressId: DEPLOYMENT.ingressId,
      cutoverId: CUTOVER,
      executionArn: 'arn',
      at: AT,
      intent: split,
      heartbeatDueAt: AT,
      drill: null,
      startedBy: null,
      stableGroup: null,
    });
    const spec = {
      name: 'backfill',
      codeDir: folder,
      environment: { CROSSFADE_DEPLOYMENT: JSON.stringify({ ...DEPLOYMENT, ledgerTable: table }) },
      timeoutSeconds: 30,
    };
    const environment = {
      AWS_ENDPOINT_URL: at.endpoint,
      AWS_REGION: at.region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    backfill = new LocalFunction(spec, {
      clock: { anchor: Date.parse(AT), speed: 1 },
      environment,
      onLine: () => {},
    });
  });
  afterAll(async () => {
    await backfill?.stop();
    s3?.destroy();
    dynamo?.destroy();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const put = async (Key: string, Body: Uint8Array) => {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    return { bucket: BUCKET, key: Key };
  };

  it('reads an object of two gzip members, counts it once, and the judge finds the counts', async () => {
    const [same, other] = [captured({ requestId: 'a' }), captured({ requestId: 'b', candidate: CREATED })];
    const object = await put('pairs/2026/11/24/08/a.gz', Buffer.concat([lines(same), lines(other)]));
    expect(await backfill.invoke(object)).toMatchObject({ pairs: 2, counted: 2, refused: {} });
    expect(await backfill.invoke(object)).toMatchObject({ pairs: 2, counted: 0 });
    const counts = await dynamoParityStore(dynamo, { table, ingressId: DEPLOYMENT.ingressId, clock, keepDays: 7 }).read(
      {
        cutoverId: CUTOVER,
        rules: 'none',
      },
    );
    expect(counts).toMatchObject({ '/items': { pairs: 2, same: 1, breaking: 1 } });
  });

  it('counts what was written before an object breaks off', async () => {
    const whole = lines(...Array.from({ length: 2_000 }, (_, i) => captured({ requestId: `r${i}-${Math.sin(i)}` })));
    const object = await put('pairs/2026/11/24/08/b.gz', whole.subarray(0, -20));
    expect(await backfill.invoke(object)).toMatchObject({ refused: { 'not gzip, or cut off (Z_BUF_ERROR)': 1 } });
  });

  it('fails by name for an object that is not there, so that the run says which', async () => {
    await expect(backfill.invoke({ bucket: BUCKET, key: 'pairs/none.gz' })).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
  });
});
