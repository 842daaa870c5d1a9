/**
 * A real deployment by the real CDK CLI to a foreign stand-in for AWS: the bundles run as its Lambdas, the state
 * machine in its interpreter, the ledger in its DynamoDB, and the custom resource through the CDK's own provider
 * framework. ELBv2 is our local one, since MiniStack forgets weights. The tests set alarms directly, since MiniStack
 * evaluates none of ours (docs/explanation/fidelity.md).
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployment, deploymentSchema } from '../../core/model/deployment.ts';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import type { Lease } from '../../core/model/lease.ts';
import { dynamoApprovals } from '../../lambdas/aws/dynamo/approvals.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/leases.ts';
import { elbv2 } from '../../rehearsal/cloud/services/elbv2.ts';
import { endpoint } from '../../rehearsal/cloud/wire/endpoint.ts';
import type { LoadBalancerModel } from '../../rehearsal/machine/world.ts';
import { captured } from '../support/captured.ts';
import { HEALTH_CHECK } from '../support/health-check.ts';
import { listen, stop } from '../support/http.ts';
import { STAND_IN, STAND_IN_CLIENT, STAND_IN_ENVIRONMENT } from './stand-in.ts';

const ROOT = join(import.meta.dirname, '..', '..');
if (STAND_IN === undefined)
  console.log('deploy: left out (CROSSFADE_MINISTACK_URL is not set); `.ci/run` starts MiniStack where Python is');

const ELB = 'arn:aws:elasticloadbalancing:us-east-1:000000000000';
const LISTENER = `${ELB}:listener/app/lb/1/2`;
const SIDES = ['stable', 'candidate', 'mirrorForward', 'mirrorReverse'] as const;
const group = (name: string) => `${ELB}:targetgroup/${name}/1`;
const ATTACHMENT = {
  ingressId: 'shop',
  listeners: [{ arn: LISTENER, priority: 5, paths: ['/api/*'] }],
  groups: Object.fromEntries(SIDES.map((side) => [side, group(side)])),
};
const RUN = cutoverIdSchema.parse('first');
const PLAN = {
  baseline: { lookBack: 'PT1H', minRequests: 100 },
  shadow: {
    duration: 'PT1M',
    observe: 'PT1M',
    maxHold: 'PT30M',
    exercise: 'PT1M',
    minCapturesPerRoute: 20,
    maxBreakingRate: 0.5,
    acceptInsufficientLatency: ['p95', 'p99'],
  },
};
const SAFE = [
  [100, 0],
  [100, 0, 0, 0],
];

describe.skipIf(STAND_IN === undefined)('a deployment to MiniStack', () => {
  const environment = { ...STAND_IN_ENVIRONMENT, CDK_DISABLE_VERSION_CHECK: '1', CI: 'true', NODE_NO_WARNINGS: '1' };
  const lambda = new LambdaClient(STAND_IN_CLIENT);
  const states = new SFNClient(STAND_IN_CLIENT);
  const dynamo = new DynamoDBClient(STAND_IN_CLIENT);
  const cloudWatch = new CloudWatchClient(STAND_IN_CLIENT);
  const model = loadBalancer();
  let elb: Server;
  let elbUrl: string;
  let out: string;
  let deployment: Deployment;
  let executionArn: string;

  const live = () =>
    [...model.rules.values()].map((r) => r.forward.groups.map((g) => g.weight)).sort((a, b) => a.length - b.length);
  const cdk = (attachment: object, ...args: string[]) =>
    promisify(execFile)(
      join(ROOT, 'node_modules', '.bin', 'cdk'),
      [...args, '--app', `${process.execPath} test/deploy/app.ts`, '--output', out],
      {
        cwd: ROOT,
        maxBuffer: 1 << 26,
        env: {
          ...process.env,
          ...environment,
          CROSSFADE_ATTACH: JSON.stringify(attachment),
          CROSSFADE_ELB_ENDPOINT: elbUrl,
        },
      },
    );
  const deploy = (attachment: object) => cdk(attachment, 'deploy', '--all', '--require-approval', 'never');
  const crossfade = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(ROOT, 'bin', 'crossfade.ts'), ...args], {
      env: { ...process.env, ...environment, AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: elbUrl },
    });
  const invoke = (FunctionName: string, event: unknown) =>
    lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }));
  const owner = (): Promise<Lease | null> => dynamoLeases(dynamo, deployment.ledgerTable).read(deployment.ingressId);
  const status = async () => {
    const { status, error, cause } = await states.send(new DescribeExecutionCommand({ executionArn }));
    return error === undefined ? status : `${status} (${error}: ${cause})`;
  };

  /** Polls until `holds` is true. The error says what is missing. */
  async function until(what: string, holds: () => Promise<boolean>, seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s; execution ${await status()}`);
      await new Promise((done) => setTimeout(done, 500));
    }
  }

  async function setAlarms(): Promise<void> {
    for (const AlarmName of [...deployment.rollbackAlarms, ...deployment.shadowAlarms])
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'set by the test' }));
  }

  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'crossfade-deploy-'));
    const operations = elbv2(model, () => {}, [
      {
        arn: LISTENER,
        port: 443,
        protocol: 'HTTPS',
        defaultActions: [{ Type: 'forward', TargetGroupArn: group('stable') }],
      },
    ]);
    elb = endpoint({
      intercept: () => null,
      json: {},
      query: { '2015-12-01': { service: 'elasticloadbalancing', operations } },
    });
    elbUrl = await listen(elb);
    await cdk(ATTACHMENT, 'bootstrap', 'aws://000000000000/us-east-1');
    await deploy(ATTACHMENT);
    const { Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'shop-crossfade-rollback' }),
    );
    deployment = deploymentSchema.parse(JSON.parse(Environment?.Variables?.CROSSFADE_DEPLOYMENT ?? 'null'));
  });
  afterAll(async () => {
    await stop(elb);
    rmSync(out, { recursive: true, force: true });
  });

  it('makes the rules through the provider framework, all traffic to the stable side', () => {
    expect(live()).toEqual(SAFE);
    expect(deployment.rules.map((r) => r.arn).sort()).toEqual([...model.rules.keys()].sort());
  });

  it('runs a cutover to its shadow sign-off', async () => {
    await setAlarms();
    await cloudWatch.send(stableTraffic());
    const started = await states.send(
      new StartExecutionCommand({
        stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:shop-cutover',
        name: RUN,
        input: JSON.stringify({ plan: PLAN }),
      }),
    );
    executionArn = started.executionArn ?? '';
    await until('the shadow is open', async () => live()[1]?.join() === '95,0,5,0', 60);
    const transform = Object.keys(await functionNames(lambda)).find((name) => name.includes('ParityTransform'));
    // Captures count by windows of ten seconds, from the first one that begins in the run.
    const at = new Date(Date.now() + 10_000).toISOString();
    const records = Array.from({ length: 40 }, (_, i) => ({
      recordId: String(i),
      data: Buffer.from(JSON.stringify(captured({ ingress: 'shop', requestId: `r${i}`, at }))).toString('base64'),
    }));
    await invoke(transform ?? '', { records });
    await cloudWatch.send(mirrorCopies(records.length));
    const approvals = dynamoApprovals(dynamo, deployment.ledgerTable, deployment.ingressId);
    await until(
      'the sign-off is asked for',
      async () => {
        await setAlarms();
        return (await approvals.newest(RUN)) !== null;
      },
      240,
    );
    expect(await status()).toBe('RUNNING');
  }, 330_000);

  it('refuses an update of the stack while it runs, rolls the stack back, and leaves the weights alone', async () => {
    const before = live();
    const changed = { ...ATTACHMENT, listeners: [{ ...ATTACHMENT.listeners[0], paths: ['/other/*'] }] };
    await expect(deploy(changed)).rejects.toThrow();
    expect(live()).toEqual(before);
    expect([...model.rules.values()].map((r) => r.conditions.paths?.join())).toEqual(['/api/*', '/api/*']);
    expect((await owner())?.status).toBe('running');
  });

  it('goes on to its first canary stage when the operator approves', async () => {
    const { stdout } = await crossfade('approve', RUN, '--ingress', 'shop', '--comment', 'clean');
    expect(stdout).toContain('Approved');
    await until('the candidate has 1 %', async () => live().every((w) => w[0] === 99 && w[1] === 1), 60);
    const shown = await crossfade('status', '--ingress', 'shop');
    expect(shown.stdout).toContain('running');
  }, 90_000);

  it('is brought back by an alarm, and the same alarm again changes nothing', async () => {
    const alarm = {
      source: 'aws.cloudwatch',
      alarmData: { alarmName: 'shop-candidate-5xx-ratio', state: { value: 'ALARM', reason: 'set by the test' } },
    };
    await invoke('shop-crossfade-rollback', alarm);
    expect(live()).toEqual(SAFE);
    await until('the execution is stopped', async () => (await status())?.startsWith('ABORTED') === true, 30);
    expect(await owner()).toMatchObject({
      status: 'rolled_back',
      rollback: { trigger: 'alarm', by: 'shop-candidate-5xx-ratio' },
    });
    const { generation } = (await owner()) ?? {};
    await invoke('shop-crossfade-rollback', alarm);
    expect((await owner())?.generation).toBe(generation);
  });

  it('is kept safe by the scheduled watchdog when somebody moves the weights', async () => {
    for (const rule of model.rules.values())
      model.rules.set(rule.arn, {
        ...rule,
        forward: { ...rule.forward, groups: rule.forward.groups.map((g) => ({ ...g, weight: 50 })) },
      });
    await until(
      'the watchdog has written the safe weights',
      async () => JSON.stringify(live()) === JSON.stringify(SAFE),
      130,
    );
  }, 140_000);

  it('takes its rules with it when the stack is destroyed', async () => {
    await cdk(ATTACHMENT, 'destroy', '--all', '--force');
    expect(model.rules.size).toBe(0);
  });
});

function loadBalancer(): LoadBalancerModel {
  const targetGroups: LoadBalancerModel['targetGroups'] = new Map();
  for (const side of SIDES)
    targetGroups.set(group(side), {
      arn: group(side),
      fullName: `targetgroup/${side}/1`,
      healthCheck: HEALTH_CHECK,
      targets: [
        { host: '127.0.0.1', port: 1, health: 'healthy' },
        { host: '127.0.0.1', port: 2, health: 'healthy' },
      ],
    });
  return { arn: `${ELB}:loadbalancer/app/lb/1`, fullName: 'app/lb/1', rules: new Map(), targetGroups };
}

/** Enough traffic for a baseline: two thousand answers in one minute, three minutes ago. */
function stableTraffic(): PutMetricDataCommand {
  const Dimensions = [
    { Name: 'LoadBalancer', Value: 'app/lb/1' },
    { Name: 'TargetGroup', Value: 'targetgroup/stable/1' },
  ];
  const Timestamp = new Date(Date.now() - 180_000);
  return new PutMetricDataCommand({
    Namespace: 'AWS/ApplicationELB',
    MetricData: [
      { MetricName: 'RequestCount', Dimensions, Timestamp, Value: 2_000 },
      { MetricName: 'TargetResponseTime', Dimensions, Timestamp, Value: 0.02 },
    ],
  });
}

/** The number of copies that the mirror would have reported. */
function mirrorCopies(Value: number): PutMetricDataCommand {
  const Dimensions = [{ Name: 'Ingress', Value: 'shop' }];
  return new PutMetricDataCommand({
    Namespace: 'Crossfade',
    MetricData: [{ MetricName: 'MirrorCopies', Dimensions, Timestamp: new Date(), Value }],
  });
}

async function functionNames(lambda: LambdaClient): Promise<Record<string, string>> {
  const { ListFunctionsCommand } = await import('@aws-sdk/client-lambda');
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  return Object.fromEntries(Functions.map((f) => [f.FunctionName ?? '', f.FunctionArn ?? '']));
}
