/**
 * Our cloud against AWS's models of its services: every request that a model does not allow is refused, under a name
 * that the operation has, and every answer is one of the operation's.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeScalableTargetsCommand,
  DescribeScheduledActionsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DeleteAlarmMuteRuleCommand,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  GetMetricDataCommand,
  ListAlarmMuteRulesCommand,
  PutAlarmMuteRuleCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeAccountLimitsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand, PublishCommand } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Backend, ourBackend, TOPIC } from './backends.ts';
import { type Clients, clientsAt } from './clients.ts';
import { KEY, POLICY, QUEUE } from './other-services.ts';
import { ServiceModel } from './service-model.ts';
import { type Named, NOWHERE, namedIn, sent } from './situation.ts';

/** The folder `botocore/data`: test/contract/moto.sh has one. */
const { CROSSFADE_BOTOCORE: BOTOCORE } = process.env;

/** Names that any operation may have. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_common-errors.html */
const COMMON = ['ValidationException', 'ValidationError', 'InvalidParameterValue'];
/** What the SDK does not send: a path or a host without its part. */
const UNSENT = ['Error', 'EndpointError', 'SyntaxError'];

const action = ({ stable }: Named) => ({
  Type: 'forward' as const,
  Order: 1,
  ForwardConfig: { TargetGroups: [{ TargetGroupArn: stable, Weight: 1 }] },
});
const range = { StartTime: new Date(0), EndTime: new Date(60_000) };
const metric = { Metric: { Namespace: 'N', MetricName: 'M' }, Period: 60, Stat: 'Sum' };
const scaled = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: 'service/c/s',
} as const;
const execution = ({ machine }: Named) => `${machine.replace(':stateMachine:', ':execution:')}:seen`;
const Data = Buffer.from('{}');

/** One request of each operation that our cloud takes, by the client and the name of the model. */
const REQUESTS: readonly (readonly [keyof Clients, string, (named: Named) => object])[] = [
  [
    'cloudWatch',
    'cloudwatch',
    () =>
      new GetMetricDataCommand({
        ...range,
        MetricDataQueries: [{ Id: 'a', MetricStat: metric }],
        ScanBy: 'TimestampAscending',
      }),
  ],
  [
    'cloudWatch',
    'cloudwatch',
    () =>
      new PutMetricDataCommand({
        Namespace: 'N',
        MetricData: [{ MetricName: 'M', Value: 1, Dimensions: [{ Name: 'n', Value: 'v' }] }],
      }),
  ],
  [
    'cloudWatch',
    'cloudwatch',
    () =>
      new DescribeAlarmsCommand({
        AlarmNames: ['gateway-red'],
        AlarmTypes: ['MetricAlarm'],
        StateValue: 'INSUFFICIENT_DATA',
      }),
  ],
  [
    'cloudWatch',
    'cloudwatch',
    () => new SetAlarmStateCommand({ AlarmName: 'gateway-red', StateValue: 'OK', StateReason: 'r' }),
  ],
  [
    'cloudWatch',
    'cloudwatch',
    () =>
      new PutAlarmMuteRuleCommand({
        Name: 'm',
        Rule: { Schedule: { Expression: 'at(2026-11-27T00:00)', Duration: 'PT1H' } },
        MuteTargets: { AlarmNames: ['gateway-red'] },
      }),
  ],
  ['cloudWatch', 'cloudwatch', () => new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'm' })],
  [
    'cloudWatch',
    'cloudwatch',
    () => new ListAlarmMuteRulesCommand({ AlarmName: 'gateway-red', Statuses: ['EXPIRED', 'ACTIVE'] }),
  ],
  ['cloudWatch', 'cloudwatch', () => new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: 'm' })],
  [
    'states',
    'stepfunctions',
    (n) => new StartExecutionCommand({ stateMachineArn: n.machine, name: 'seen', input: '{}' }),
  ],
  ['states', 'stepfunctions', (n) => new DescribeStateMachineCommand({ stateMachineArn: n.machine })],
  ['states', 'stepfunctions', (n) => new DescribeExecutionCommand({ executionArn: execution(n) })],
  ['states', 'stepfunctions', (n) => new ListExecutionsCommand({ stateMachineArn: n.machine })],
  [
    'states',
    'stepfunctions',
    (n) => new GetExecutionHistoryCommand({ executionArn: execution(n), reverseOrder: true }),
  ],
  ['states', 'stepfunctions', (n) => new StopExecutionCommand({ executionArn: execution(n) })],
  ['ecs', 'ecs', () => new DescribeServicesCommand({ cluster: 'c', services: ['s', 'gone'] })],
  ['ecs', 'ecs', () => new UpdateServiceCommand({ cluster: 'c', service: 's', desiredCount: 2 })],
  [
    'autoScaling',
    'application-autoscaling',
    () => new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [scaled.ResourceId] }),
  ],
  [
    'autoScaling',
    'application-autoscaling',
    () => new DescribeScheduledActionsCommand({ ServiceNamespace: 'ecs', ResourceId: scaled.ResourceId }),
  ],
  [
    'autoScaling',
    'application-autoscaling',
    () => new RegisterScalableTargetCommand({ ...scaled, MinCapacity: 1, MaxCapacity: 4 }),
  ],
  ['events', 'events', () => new PutEventsCommand({ Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }] })],
  ['sqs', 'sqs', () => new ReceiveMessageCommand({ QueueUrl: QUEUE })],
  [
    'sqs',
    'sqs',
    () => new DeleteMessageCommand({ QueueUrl: QUEUE, ReceiptHandle: '00000000-0000-4000-8000-000000000000' }),
  ],
  ['kms', 'kms', () => new GetKeyPolicyCommand({ KeyId: KEY, PolicyName: 'default' })],
  ['firehose', 'firehose', () => new PutRecordCommand({ DeliveryStreamName: 'pairs', Record: { Data } })],
  ['firehose', 'firehose', () => new PutRecordBatchCommand({ DeliveryStreamName: 'pairs', Records: [{ Data }] })],
  ['elb', 'elbv2', (n) => new DescribeRulesCommand({ ListenerArn: n.listener })],
  [
    'elb',
    'elbv2',
    (n) =>
      new CreateRuleCommand({
        ListenerArn: n.listener,
        Priority: 60,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a'] } }],
        Actions: [action(n)],
        Tags: [{ Key: 'k', Value: 'v' }],
      }),
  ],
  ['elb', 'elbv2', (n) => new ModifyRuleCommand({ RuleArn: n.rule, Actions: [action(n)] })],
  ['elb', 'elbv2', (n) => new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: n.rule, Priority: 61 }] })],
  ['elb', 'elbv2', (n) => new DeleteRuleCommand({ RuleArn: n.otherRule })],
  ['elb', 'elbv2', (n) => new DescribeTagsCommand({ ResourceArns: [n.rule] })],
  ['elb', 'elbv2', () => new DescribeAccountLimitsCommand({})],
  ['elb', 'elbv2', (n) => new DescribeTargetGroupsCommand({ TargetGroupArns: [n.stable] })],
  ['elb', 'elbv2', (n) => new DescribeTargetGroupAttributesCommand({ TargetGroupArn: n.stable })],
  ['elb', 'elbv2', (n) => new DescribeTargetHealthCommand({ TargetGroupArn: n.stable })],
  ['elb', 'elbv2', (n) => new DescribeListenersCommand({ ListenerArns: [n.listener] })],
  ['elb', 'elbv2', (n) => new DescribeLoadBalancersCommand({ LoadBalancerArns: [n.balancer] })],
  ['elb', 'elbv2', (n) => new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: n.balancer })],
  ['sns', 'sns', () => new PublishCommand({ TopicArn: TOPIC, Message: 'm' })],
  ['sns', 'sns', () => new GetTopicAttributesCommand({ TopicArn: TOPIC })],
  ['sts', 'sts', () => new GetCallerIdentityCommand({})],
  ['iam', 'iam', () => new ListRolePoliciesCommand({ RoleName: 'r' })],
  ['iam', 'iam', () => new GetRolePolicyCommand({ RoleName: 'r', PolicyName: 'p' })],
  ['iam', 'iam', () => new ListAttachedRolePoliciesCommand({ RoleName: 'r' })],
  ['iam', 'iam', () => new GetPolicyCommand({ PolicyArn: POLICY })],
  ['iam', 'iam', () => new GetPolicyVersionCommand({ PolicyArn: POLICY, VersionId: 'v1' })],
  [
    'iam',
    'iam',
    () =>
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: 'arn:aws:iam::000000000000:role/r',
        ActionNames: ['sns:Publish'],
      }),
  ],
  ['lambda', 'lambda', () => new GetFunctionConfigurationCommand({ FunctionName: 'f' })],
  ['lambda', 'lambda', () => new ListFunctionsCommand({})],
  ['lambda', 'lambda', () => new GetAccountSettingsCommand({})],
];

const commandSchema = z.looseObject({ input: z.record(z.string(), z.unknown()) });

describe.skipIf(BOTOCORE === undefined)('our cloud, by the models of botocore', () => {
  let backend: Backend;
  let clients: Clients;
  const models = new Map<string, ServiceModel>();
  const modelOf = (service: string) => {
    const model = models.get(service) ?? new ServiceModel(BOTOCORE ?? '', service);
    models.set(service, model);
    return model;
  };
  beforeAll(async () => {
    backend = await ourBackend();
    clients = clientsAt(backend.environment.AWS_ENDPOINT_URL ?? '');
  });
  afterAll(() => backend.stop());

  it.each(REQUESTS.map(([client, service, of]) => [operationOf(of(namedIn(NOWHERE))), client, service, of] as const))(
    'answers %s as %s does, and refuses what its model does not allow',
    async (operation, client, service, of) => {
      const model = modelOf(service);
      const command = of(namedIn(backend));
      const { input } = commandSchema.parse(command);
      const output = commandless(await sent(clients[client], command));
      expect(model.problemsOf(operation, output)).toEqual([]);
      const allowed = [...COMMON, ...UNSENT, ...model.errorsOf(operation)];
      const taken: string[] = [];
      for (const breach of model.breachesOf(operation, input)) {
        const name = await sent(clients[client], Reflect.construct(command.constructor, [breach.input])).then(
          () => 'taken',
          (error: unknown) => (error instanceof Error ? error.name : String(error)),
        );
        if (!allowed.includes(name)) taken.push(`${breach.what}: ${name}`);
      }
      expect(taken).toEqual([]);
    },
  );

  it('are as many as the page on fidelity says', () => {
    const breaches = REQUESTS.flatMap(([, service, of]) => {
      const command = of(namedIn(backend));
      return modelOf(service).breachesOf(operationOf(command), commandSchema.parse(command).input);
    });
    const page = readFileSync(join(import.meta.dirname, '../../docs/explanation/fidelity.md'), 'utf8');
    expect(page).toContain(`${REQUESTS.length} operations, each with a request`);
    expect(page).toContain(`and ${breaches.length} that differ from one of those`);
  });
});

function operationOf(command: object): string {
  return command.constructor.name.replace(/Command$/, '');
}

function commandless(output: unknown): unknown {
  const { $metadata: _sent, ...rest } = z.looseObject({ $metadata: z.unknown() }).parse(output);
  return rest;
}
