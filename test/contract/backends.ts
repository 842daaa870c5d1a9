/**
 * The clouds that one suite tests alike: our local cloud always, moto when CROSSFADE_MOTO_URL names a server (`.ci/run`
 * starts one), and fakecloud when CROSSFADE_FAKECLOUD_URL does. Foreign implementations keep ours honest.
 */

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { type Deployment, deploymentSchema } from '../../core/model/deployment.ts';
import { ScaledClock } from '../../rehearsal/clock/clock.ts';
import { alarmPropertiesSchema, LocalAlarm } from '../../rehearsal/cloud/cloudwatch/alarms.ts';
import { cloudwatch } from '../../rehearsal/cloud/cloudwatch/cloudwatch.ts';
import { MetricStore } from '../../rehearsal/cloud/cloudwatch/metric-store.ts';
import { MuteRules } from '../../rehearsal/cloud/cloudwatch/mute-rules.ts';
import { EventBus } from '../../rehearsal/cloud/events/event-bus.ts';
import { putEvents } from '../../rehearsal/cloud/events/put-events.ts';
import { startDynamo, tableProperties } from '../../rehearsal/cloud/services/dynamo.ts';
import { elbv2 } from '../../rehearsal/cloud/services/elbv2.ts';
import { LocalSns } from '../../rehearsal/cloud/services/sns.ts';
import { sts } from '../../rehearsal/cloud/services/sts.ts';
import { statesOperations } from '../../rehearsal/cloud/states/states-operations.ts';
import { LocalMachine } from '../../rehearsal/cloud/states/step-functions.ts';
import { endpoint } from '../../rehearsal/cloud/wire/endpoint.ts';
import { listen } from '../../rehearsal/machine/listen.ts';
import type { LoadBalancerModel } from '../../rehearsal/machine/world.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { HEALTH_CHECK } from '../support/health-check.ts';
import { otherServices } from './other-services.ts';

const REGION = 'us-east-1';
/** The listener of our cloud. */
const LISTENER = {
  arn: `arn:aws:elasticloadbalancing:${REGION}:000000000000:listener/app/lb/1/2`,
  port: 80,
  protocol: 'HTTP',
};
const TABLE = 'ledger';
/** The only alarm of our cloud. In the other clouds a test creates it. */
export const RED_ALARM = {
  AlarmName: 'gateway-red',
  Namespace: 'N',
  MetricName: 'M',
  Statistic: 'Sum',
  Period: 60,
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 1,
  EvaluationPeriods: 1,
} as const;

export const TOPIC = `arn:aws:sns:${REGION}:123456789012:status`;
const ENVIRONMENT = { AWS_REGION: REGION, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
/** Credentials of fakecloud's administrator. The other clouds accept any. */
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

export interface Backend {
  readonly name: string;
  readonly dynamo: DynamoDBClient;
  readonly table: string;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly states: SFNClient;
  /** A deployment whose rules and target groups exist in this cloud, created with all weight on the stable side. */
  readonly deployment: Deployment;
  readonly machineArn: string;
  /** Metrics that a test can set; null if the cloud does not take them. moto accepts no ALB metrics. */
  readonly metrics: MetricStore | null;
  /** Mails of the topic; null if they cannot be read. */
  readonly mails: (() => readonly { readonly subject: string; readonly body: string }[]) | null;
  /** Environment variables with which a process reaches this cloud through the SDK. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const BACKENDS: readonly [string, () => Promise<Backend>][] = [['our cloud', ourBackend], ...foreignBackends()];

function foreignBackends(): [string, () => Promise<Backend>][] {
  const { CROSSFADE_MOTO_URL: moto, CROSSFADE_FAKECLOUD_URL: fakecloud } = process.env;
  if (moto === undefined && fakecloud === undefined)
    console.log('contract: moto is left out (CROSSFADE_MOTO_URL is not set); `.ci/run` starts it');
  return [
    ...(moto === undefined ? [] : [['moto', () => overMoto(moto)] as [string, () => Promise<Backend>]]),
    ...(fakecloud === undefined
      ? []
      : [['fakecloud', () => foreign('fakecloud', fakecloud)] as [string, () => Promise<Backend>]]),
  ];
}

export async function ourBackend(): Promise<Backend> {
  const dynamo = await startDynamo();
  await dynamo.createTable(TABLE);
  const model = emptyModel();
  const metrics = new MetricStore();
  const alarm = new LocalAlarm(alarmPropertiesSchema.parse(RED_ALARM));
  const machineClock = new ScaledClock({ anchor: Date.now(), speed: 1 });
  const machine = new LocalMachine({
    arn: `arn:aws:states:${REGION}:000000000000:stateMachine:m`,
    definition: () => ({ StartAt: 'A', States: {} }),
    clock: machineClock,
    invoke: async () => null,
    onState: () => {},
    onEnd: () => {},
  });
  const setState = (a: LocalAlarm, state: LocalAlarm['state'], reason: string) => {
    a.set(state, reason);
  };
  const bus = new EventBus({ clock: machineClock, deliver: () => {} });
  const sns = new LocalSns(new Map([[TOPIC, { policy: null, keyArn: null, confirmed: 0, pending: 0 }]]), () => {});
  const others = otherServices(machineClock, TOPIC);
  const server = endpoint({
    intercept: () => null,
    json: {
      ...others.json,
      GraniteServiceVersion20100801: {
        service: 'cloudwatch',
        operations: cloudwatch({
          store: metrics,
          alarms: new Map([['gateway-red', alarm]]),
          setState,
          mutes: new MuteRules(Date.now),
        }),
      },
      AWSStepFunctions: { service: 'states', operations: statesOperations(machine, Date.now) },
      AWSEvents: { service: 'events', operations: putEvents(bus) },
    },
    lambda: others.lambda,
    query: {
      ...others.query,
      '2010-03-31': { service: 'sns', operations: sns.operations },
      '2015-12-01': { service: 'elasticloadbalancing', operations: elbv2(model, () => {}, [LISTENER]) },
      '2011-06-15': { service: 'sts', operations: sts },
    },
    dynamodb: dynamo.forward,
  });
  const url = await listen(server);
  const at = { endpoint: url, region: REGION, credentials };
  const elb = new ElasticLoadBalancingV2Client(at);
  const groups = [...model.targetGroups.keys()];
  const deployment = await withRules(elb, LISTENER.arn, groups);
  return {
    name: 'our cloud',
    dynamo: new DynamoDBClient({ ...at, endpoint: dynamo.url }),
    table: TABLE,
    elb,
    cloudWatch: new CloudWatchClient(at),
    states: new SFNClient(at),
    deployment,
    machineArn: machine.arn,
    metrics,
    mails: () => sns.published,
    environment: {
      ...ENVIRONMENT,
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await dynamo.stop();
    },
  };
}

async function overMoto(url: string): Promise<Backend> {
  await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  const backend = await foreign('moto', url);
  // moto 5.2.5 has no mute rules and answers with an HTML page. An AWS service would answer with this error.
  backend.cloudWatch.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'ListAlarmMuteRulesCommand')
          throw Object.assign(new Error('no such operation'), { name: 'InvalidAction' });
        return next(args);
      },
    { step: 'initialize' },
  );
  return backend;
}

async function foreign(name: string, url: string): Promise<Backend> {
  const at = { endpoint: url, region: REGION, credentials };
  const dynamo = new DynamoDBClient(at);
  await dynamo.send(new CreateTableCommand(tableProperties(TABLE)));
  const elb = new ElasticLoadBalancingV2Client(at);
  const subnets = await defaultSubnets(url);
  const { LoadBalancers: [lb] = [] } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'lb', Subnets: subnets.ids }),
  );
  const groups: string[] = [];
  for (const Name of ['stable', 'candidate', 'mirrorForward', 'mirrorReverse']) {
    const { TargetGroups: [group] = [] } = await elb.send(
      new CreateTargetGroupCommand({ Name, Protocol: 'HTTP', Port: 80, VpcId: subnets.vpc, TargetType: 'ip' }),
    );
    groups.push(group?.TargetGroupArn ?? '');
  }
  const { Listeners: [listener] = [] } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: lb?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const deployment = await withRules(elb, listener?.ListenerArn ?? '', groups);
  await new SNSClient(at).send(new CreateTopicCommand({ Name: 'status' }));
  await new ECSClient(at).send(new CreateClusterCommand({ clusterName: 'c' }));
  const cloudWatch = new CloudWatchClient(at);
  const states = new SFNClient(at);
  const { stateMachineArn = '' } = await states.send(
    new CreateStateMachineCommand({
      name: 'm',
      roleArn: 'arn:aws:iam::123456789012:role/r',
      definition: '{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":600,"End":true}}}',
    }),
  );
  return {
    name,
    dynamo,
    table: TABLE,
    elb,
    cloudWatch,
    states,
    deployment,
    machineArn: stateMachineArn,
    metrics: null,
    mails: null,
    environment: { ...ENVIRONMENT, AWS_ENDPOINT_URL: url },
    stop: async () => {},
  };
}

async function withRules(
  elb: ElasticLoadBalancingV2Client,
  ListenerArn: string,
  groupArns: readonly string[],
): Promise<Deployment> {
  const [stable = '', candidate = '', mirrorForward = '', mirrorReverse = ''] = groupArns;
  const create = async (Priority: number, arns: readonly string[]) => {
    const TargetGroups = arns.map((TargetGroupArn, i) => ({ TargetGroupArn, Weight: i === 0 ? 100 : 0 }));
    const { Rules: [rule] = [] } = await elb.send(
      new CreateRuleCommand({
        ListenerArn,
        Priority,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
        Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
      }),
    );
    return rule?.RuleArn ?? '';
  };
  return deploymentSchema.parse({
    ...DEPLOYMENT,
    rules: [
      {
        arn: await create(10, [stable, candidate, mirrorForward, mirrorReverse]),
        roles: ['stable', 'candidate', 'mirrorForward', 'mirrorReverse'],
      },
      { arn: await create(20, [stable, candidate]), roles: ['stable', 'candidate'] },
    ],
    targetGroups: {
      stable: { arn: stable, fullName: 'targetgroup/stable/1' },
      candidate: { arn: candidate, fullName: 'targetgroup/candidate/1' },
      mirrorForward: { arn: mirrorForward, fullName: 't/f' },
      mirrorReverse: { arn: mirrorReverse, fullName: 't/r' },
    },
  });
}

/**
 * Reads the IDs of the default VPC and its subnets over the Query protocol, because no EC2 client is installed here.
 */
async function defaultSubnets(url: string): Promise<{ readonly vpc: string; readonly ids: string[] }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: 'Action=DescribeSubnets&Version=2016-11-15',
  });
  const xml = await response.text();
  const ids = [...xml.matchAll(/<subnetId>([^<]+)</g)].map((m) => m[1] ?? '').slice(0, 2);
  return { vpc: /<vpcId>([^<]+)</.exec(xml)?.[1] ?? '', ids };
}

function emptyModel(): LoadBalancerModel {
  const targetGroups: LoadBalancerModel['targetGroups'] = new Map();
  for (const name of ['stable', 'candidate', 'mirrorForward', 'mirrorReverse']) {
    const arn = `arn:aws:elasticloadbalancing:${REGION}:000000000000:targetgroup/${name}/1`;
    targetGroups.set(arn, {
      arn,
      fullName: `targetgroup/${name}/1`,
      healthCheck: HEALTH_CHECK,
      targets: [],
    });
  }
  return {
    arn: LISTENER.arn.replace(':listener/', ':loadbalancer/').replace(/\/2$/, ''),
    fullName: 'app/lb/1',
    rules: new Map(),
    targetGroups,
  };
}
