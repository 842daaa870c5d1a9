/**
 * Tests the parity backfill's Distributed Map on LocalStack, whose Step Functions list the bucket in LocalStack's S3,
 * run the children and write the results, with the bundle that would be deployed and leases in dynalite. Each child is
 * also run in our interpreter, which has no Map. LocalStack does not treat an empty listing, children that fail for
 * good, and result files as AWS documents them.
 */
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import { dynamoDecisionLog } from '../../lambdas/aws/dynamo/decision-log.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/leases.ts';
import { bundleModule } from '../../lib/assets/bundle.ts';
import { ScaledClock } from '../../rehearsal/clock/clock.ts';
import { FunctionError, LocalFunction } from '../../rehearsal/cloud/lambda/lambda.ts';
import { type LocalDynamo, startDynamo } from '../../rehearsal/cloud/services/dynamo.ts';
import { definitionSchema } from '../../rehearsal/cloud/states/definition.ts';
import { LocalMachine } from '../../rehearsal/cloud/states/step-functions.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { captured } from '../support/captured.ts';
import { claimRun } from '../support/claimed-run.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { stop } from '../support/http.ts';
import { atLocalStack, LAMBDA_PORT, LOCALSTACK } from './interpreters.ts';
import { lambdaEndpoint } from './scripted-functions.ts';

const BUCKET = 'kept-pairs';
const KEYS = ['pairs/2026/11/19/23/a.gz', 'pairs/2026/11/20/00/b.gz', 'pairs/2026/11/20/01/c.gz'] as const;
const OTHERS = ['failed/2026/11/20/d.gz', 'pairs-of-others/2026/11/20/e.gz'];

const machineSchema = z.looseObject({
  States: z.looseObject({
    Objects: z.looseObject({
      ItemProcessor: z.looseObject({}),
      ResultWriter: z.unknown(),
      ItemSelector: z.looseObject({ bucket: z.string() }),
    }),
  }),
});
const writtenSchema = z.object({
  ResultWriterDetails: z.object({ Bucket: z.literal(BUCKET), Key: z.string().startsWith('backfills/') }),
});
const itemSchema = z.strictObject({ bucket: z.literal(BUCKET), key: z.string(), from: z.string() });

describe.skipIf(LOCALSTACK === undefined)('the parity backfill, on LocalStack', () => {
  const states = new SFNClient(atLocalStack());
  const s3 = new S3Client({ ...atLocalStack(), forcePathStyle: true });
  let dynamo: LocalDynamo;
  let backfill: LocalFunction;
  let lambda: Server;
  let synthesised: string;
  /**
   * The same machine without its ResultWriter, so that it answers with the results: LocalStack's ResultWriter writes a
   * manifest, but no results.
   */
  let answering: string;
  let child: z.infer<typeof definitionSchema>;
  /** Called with the key before each call of the function. */
  let before: (key: string) => Promise<void>;
  beforeEach(() => {
    before = async () => {};
  });

  const compare = async (payload: unknown): Promise<unknown> => {
    await before(z.looseObject({ key: z.string() }).parse(payload).key);
    return backfill.invoke(payload);
  };

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backfill-'));
    bundleModule([{ in: join(import.meta.dirname, '../../lambdas/parity-backfill.ts'), out: 'index' }], folder);
    dynamo = await startDynamo();
    await dynamo.createTable('backfilled');
    const client = new DynamoDBClient({ ...atLocalStack(), endpoint: dynamo.url });
    await claimRun(dynamoLeases(client, 'backfilled'), dynamoDecisionLog(client, 'backfilled', DEPLOYMENT.ingressId), {
      deployment: DEPLOYMENT,
      cutoverId: cutoverIdSchema.parse('backfilled'),
      executionArn: 'arn',
    });
    client.destroy();
    backfill = new LocalFunction(
      {
        name: 'backfill',
        codeDir: folder,
        environment: { CROSSFADE_DEPLOYMENT: JSON.stringify({ ...DEPLOYMENT, ledgerTable: 'backfilled' }) },
        timeoutSeconds: 60,
      },
      {
        clock: { anchor: Date.now(), speed: 1 },
        environment: {
          AWS_ENDPOINT_URL: dynamo.url,
          AWS_ENDPOINT_URL_S3: LOCALSTACK ?? '',
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: '000000000000',
          AWS_SECRET_ACCESS_KEY: 'test',
        },
        onLine: () => {},
      },
    );
    lambda = lambdaEndpoint((_arn, payload) => compare(payload));
    await once(lambda.listen(Number(LAMBDA_PORT), '127.0.0.1'), 'listening');
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    for (const [i, Key] of [...KEYS, ...OTHERS].entries()) {
      const Body = gzipSync(`${JSON.stringify(captured({ requestId: `pair-${i}` }))}\n`);
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    }

    const assembly = await sharedAssembly();
    const names = new Names(assembly);
    const [found] = assembly.resources.filter(
      (r) => r.type === 'AWS::StepFunctions::StateMachine' && names.nameOf(r).endsWith('-parity-backfill'),
    );
    const text = z
      .looseObject({ DefinitionString: z.string() })
      .parse(found && names.properties(found)).DefinitionString;
    const { bucket } = machineSchema.parse(JSON.parse(text)).States.Objects.ItemSelector;
    const definition = machineSchema.parse(JSON.parse(text.replaceAll(bucket, BUCKET)));
    const { ToleratedFailurePercentage: _none, ...objects } = definition.States.Objects;
    child = definitionSchema.parse(objects.ItemProcessor);
    // LocalStack's grammar accepts neither Express children nor a tolerance of 0, which is the default.
    const ItemProcessor = {
      ...objects.ItemProcessor,
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    };
    const { ResultWriter: _written, ...unwritten } = { ...objects, ItemProcessor };
    const machine = async (name: string, Objects: object): Promise<string> => {
      const text = JSON.stringify({ ...definition, States: { ...definition.States, Objects } });
      const roleArn = 'arn:aws:iam::000000000000:role/machine';
      const { stateMachineArn = '' } = await states.send(
        new CreateStateMachineCommand({ name, definition: text, roleArn }),
      );
      return stateMachineArn;
    };
    synthesised = await machine('parity-backfill', { ...objects, ItemProcessor });
    answering = await machine('parity-backfill-answering', unwritten);
  });
  afterAll(async () => {
    await backfill.stop();
    await stop(lambda);
    await dynamo.stop();
    states.destroy();
    s3.destroy();
  });

  async function run(stateMachineArn: string, name: string, input: object) {
    const { executionArn = '' } = await states.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
    );
    return executionArn;
  }
  async function ended(executionArn: string) {
    for (let look = 0; look < 100; look++) {
      const execution = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
      await delay(300);
    }
    throw new Error(`${executionArn} has not ended`);
  }
  /** Runs the same child in our interpreter. */
  async function inOurs(input: unknown) {
    const { promise, resolve } = Promise.withResolvers<{ status: string; output: unknown }>();
    const machine = new LocalMachine({
      arn: 'arn:aws:states:local-1:000000000000:stateMachine:child',
      definition: () => child,
      clock: new ScaledClock({ anchor: Date.now(), speed: 20 }),
      invoke: (_arn, payload) => compare(payload),
      onState: () => {},
      onEnd: ({ status, output }) => resolve({ status, output }),
    });
    machine.start('child', input);
    return promise;
  }

  /** What our interpreter answers for each key of the listing. */
  const expected = (from: string, keys: readonly string[]) =>
    Promise.all(keys.map((key) => inOurs(itemSchema.parse({ bucket: BUCKET, key, from }))));

  it('lists what is below the prefix alone, and compares it', async () => {
    const { status, output } = await ended(await run(answering, 'all', {}));
    expect(status).toBe('SUCCEEDED');
    const answers = JSON.parse(output ?? '');
    expect(answers).toMatchObject(KEYS.map((key) => ({ key, pairs: 0, earlier: 1, refused: {} })));
    expect(answers).toEqual((await expected('pairs/', KEYS)).map((one) => one.output));
  });

  it('passes over what was written before it is asked for', async () => {
    const from = 'pairs/2026/11/20';
    const { output } = await ended(await run(answering, 'since', { from, prefix: 'pairs/2026/11/' }));
    const answers = JSON.parse(output ?? '');
    expect(answers).toMatchObject([{ key: KEYS[0], passedOver: true }, { earlier: 1 }, { earlier: 1 }]);
    expect(answers).toEqual((await expected(from, KEYS)).map((one) => one.output));
  });

  it('tries a child again that fails in passing, and writes its results beside the pairs', async () => {
    const failed = new Set<string>();
    before = async (key) => {
      if (failed.has(key)) return;
      failed.add(key);
      throw new FunctionError('Crossfade.Transient', 'as the test says');
    };
    const { status, output } = await ended(await run(synthesised, 'transient', {}));
    expect(status).toBe('SUCCEEDED');
    expect([...failed].sort()).toEqual(KEYS);
    const { Key } = writtenSchema.parse(JSON.parse(output ?? '')).ResultWriterDetails;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    expect(await Body?.transformToString()).toContain('"DestinationBucket": "kept-pairs"');
  });

  it('counts a child that fails for good, and knows no tolerance: the Map goes on, which on AWS fails', async () => {
    const failing = KEYS[1];
    before = async (key) => {
      if (key === failing) throw new FunctionError('Crossfade.Refused', 'as the test says');
    };
    const executionArn = await run(synthesised, 'failing', {});
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    const { mapRuns: [started] = [] } = await states.send(new ListMapRunsCommand({ executionArn }));
    const { itemCounts } = await states.send(new DescribeMapRunCommand({ mapRunArn: started?.mapRunArn }));
    expect(itemCounts).toMatchObject({ total: 3, succeeded: 2, failed: 1 });
    const ours = await expected('pairs/', KEYS);
    expect(ours.map(({ status }) => status)).toEqual(['SUCCEEDED', 'FAILED', 'SUCCEEDED']);
  });

  it('ends when it is stopped, with the child in flight', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    before = async () => {
      begin();
      await delay(500);
    };
    const executionArn = await run(synthesised, 'stopped', {});
    await begun;
    await states.send(new StopExecutionCommand({ executionArn, error: 'Person.Stopped' }));
    expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED' });
  });
});
