/**
 * Calls of the functions, the mirror and the operators' commands, made with the SDK's own clients, each with the right
 * that it requires.
 */
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { askedBy, type Fields } from '../../rehearsal/cloud/access/needed-rights.ts';
import { ACCOUNT as OURS, REGION } from '../../rehearsal/cloud/template/names.ts';

/** Options with which a client is created. */
interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

interface Call {
  readonly action: string;
  readonly resource: string;
  send(client: ClientOptions): Promise<unknown>;
}

/** The bucket of the captures. */
export const BUCKET = 'captures';
/** The table of the ledger. */
export const TABLE = 'ledger';

const ARN = 'us-east-1:123456789012';
const RULE = `arn:aws:elasticloadbalancing:${ARN}:listener-rule/app/a/1/2/3`;
const LISTENER = `arn:aws:elasticloadbalancing:${ARN}:listener/app/a/1/2`;
const GROUP = `arn:aws:elasticloadbalancing:${ARN}:targetgroup/a/1`;
const EXECUTION = `arn:aws:states:${ARN}:execution:m:e`;
const KEY = { pk: { S: 'INGRESS#shop' }, sk: { S: 'LEASE' } };
const NOBODY = { tagsOf: () => ({}), keyOf: () => null };
const DATA = { Data: Buffer.from('{}') };

/** Returns the call with the first right that it requires by our own table, in the account and region of the judges. */
function asked<I>(
  [service, operation]: readonly [string, string],
  input: I,
  send: (client: ClientOptions, input: I) => Promise<unknown>,
  fields: Fields = Object(input),
): Call {
  const [{ action, resource } = { action: '', resource: '*' }] = askedBy(service, operation, fields, NOBODY);
  const theirs = resource.replace(`:${REGION}:${OURS}:`, `:${ARN}:`);
  return { action, resource: theirs, send: (client) => send(client, input) };
}

const table = { TableName: TABLE };
/** The table of another application. */
const foreign = { TableName: 'payments' };
const dynamo = (client: ClientOptions) => new DynamoDBClient(client);
const elb = (client: ClientOptions) => new ElasticLoadBalancingV2Client(client);
const states = (client: ClientOptions) => new SFNClient(client);
const cloudWatch = (client: ClientOptions) => new CloudWatchClient(client);
const stream = { DeliveryStreamName: 'pairs' };

const object = (Key: string): Call[] => {
  const resource = `arn:aws:s3:::${BUCKET}/${Key}`;
  const s3 = (client: ClientOptions) => new S3Client({ ...client, forcePathStyle: true });
  return [
    { action: 's3:GetObject', resource, send: (c) => s3(c).send(new GetObjectCommand({ Bucket: BUCKET, Key })) },
    {
      action: 's3:PutObject',
      resource,
      send: (c) => s3(c).send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: '{}' })),
    },
  ];
};

const assumed = (account: string, name: string): Call => {
  const resource = `arn:aws:iam::${account}:role/${name}`;
  const command = () => new AssumeRoleCommand({ RoleArn: resource, RoleSessionName: 'look' });
  return { action: 'sts:AssumeRole', resource, send: (client) => new STSClient(client).send(command()) };
};

export const CALLS: readonly Call[] = [
  asked(['dynamodb', 'GetItem'], { ...table, Key: KEY }, (c, i) => dynamo(c).send(new GetItemCommand(i))),
  asked(['dynamodb', 'PutItem'], { ...table, Item: KEY }, (c, i) => dynamo(c).send(new PutItemCommand(i))),
  asked(['dynamodb', 'UpdateItem'], { ...table, Key: KEY }, (c, i) => dynamo(c).send(new UpdateItemCommand(i))),
  asked(['dynamodb', 'GetItem'], { ...foreign, Key: KEY }, (c, i) => dynamo(c).send(new GetItemCommand(i))),
  asked(['dynamodb', 'PutItem'], { ...foreign, Item: KEY }, (c, i) => dynamo(c).send(new PutItemCommand(i))),
  asked(['dynamodb', 'DeleteItem'], { ...table, Key: KEY }, (c, i) => dynamo(c).send(new DeleteItemCommand(i))),
  asked(
    ['dynamodb', 'Query'],
    { ...table, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'INGRESS#shop' } } },
    (c, i) => dynamo(c).send(new QueryCommand(i)),
  ),
  asked(
    ['cloudwatch', 'GetMetricData'],
    { StartTime: new Date(0), EndTime: new Date(60_000), MetricDataQueries: [] },
    (c, i) => cloudWatch(c).send(new GetMetricDataCommand(i)),
  ),
  asked(['cloudwatch', 'DescribeAlarms'], {}, (c, i) => cloudWatch(c).send(new DescribeAlarmsCommand(i))),
  asked(
    ['cloudwatch', 'SetAlarmState'],
    { AlarmName: 'red', StateValue: 'ALARM' as const, StateReason: 'a drill' },
    (c, i) => cloudWatch(c).send(new SetAlarmStateCommand(i)),
  ),
  asked(['states', 'StartExecution'], { stateMachineArn: `arn:aws:states:${ARN}:stateMachine:m:live` }, (c, i) =>
    states(c).send(new StartExecutionCommand(i)),
  ),
  asked(['states', 'DescribeExecution'], { executionArn: EXECUTION }, (c, i) =>
    states(c).send(new DescribeExecutionCommand(i)),
  ),
  asked(['states', 'StopExecution'], { executionArn: EXECUTION }, (c, i) =>
    states(c).send(new StopExecutionCommand(i)),
  ),
  asked(['states', 'SendTaskSuccess'], { taskToken: 't', output: '{}' }, (c, i) =>
    states(c).send(new SendTaskSuccessCommand(i)),
  ),
  asked(['states', 'SendTaskFailure'], { taskToken: 't' }, (c, i) => states(c).send(new SendTaskFailureCommand(i))),
  asked(['ecs', 'DescribeServices'], { cluster: 'c', services: ['s'] }, (c, i) =>
    new ECSClient(c).send(new DescribeServicesCommand(i)),
  ),
  asked(['ecs', 'UpdateService'], { cluster: 'c', service: 's', desiredCount: 1 }, (c, i) =>
    new ECSClient(c).send(new UpdateServiceCommand(i)),
  ),
  asked(['application-autoscaling', 'DescribeScalableTargets'], { ServiceNamespace: 'ecs' as const }, (c, i) =>
    new ApplicationAutoScalingClient(c).send(new DescribeScalableTargetsCommand(i)),
  ),
  asked(
    ['application-autoscaling', 'RegisterScalableTarget'],
    {
      ServiceNamespace: 'ecs' as const,
      ScalableDimension: 'ecs:service:DesiredCount' as const,
      ResourceId: 'service/c/s',
      MinCapacity: 1,
    },
    (c, i) => new ApplicationAutoScalingClient(c).send(new RegisterScalableTargetCommand(i)),
  ),
  asked(['events', 'PutEvents'], { Entries: [{ Source: 'crossfade', DetailType: 'status', Detail: '{}' }] }, (c, i) =>
    new EventBridgeClient(c).send(new PutEventsCommand(i)),
  ),
  asked(['firehose', 'PutRecord'], { ...stream, Record: DATA }, (c, i) =>
    new FirehoseClient(c).send(new PutRecordCommand(i)),
  ),
  asked(['firehose', 'PutRecordBatch'], { ...stream, Records: [DATA] }, (c, i) =>
    new FirehoseClient(c).send(new PutRecordBatchCommand(i)),
  ),
  asked(['sns', 'Publish'], { TopicArn: `arn:aws:sns:${ARN}:status`, Message: 'm' }, (c, i) =>
    new SNSClient(c).send(new PublishCommand(i)),
  ),
  asked(['elasticloadbalancing', 'DescribeRules'], { RuleArns: [RULE] }, (c, i) =>
    elb(c).send(new DescribeRulesCommand(i)),
  ),
  asked(['elasticloadbalancing', 'DescribeTags'], { ResourceArns: [RULE] }, (c, i) =>
    elb(c).send(new DescribeTagsCommand(i)),
  ),
  asked(['elasticloadbalancing', 'DescribeTargetHealth'], { TargetGroupArn: GROUP }, (c, i) =>
    elb(c).send(new DescribeTargetHealthCommand(i)),
  ),
  asked(['elasticloadbalancing', 'DescribeTargetGroupAttributes'], { TargetGroupArn: GROUP }, (c, i) =>
    elb(c).send(new DescribeTargetGroupAttributesCommand(i)),
  ),
  asked(
    ['elasticloadbalancing', 'CreateRule'],
    { ListenerArn: LISTENER, Priority: 1, Conditions: [], Actions: [] },
    (c, i) => elb(c).send(new CreateRuleCommand(i)),
  ),
  asked(['elasticloadbalancing', 'ModifyRule'], { RuleArn: RULE, Actions: [] }, (c, i) =>
    elb(c).send(new ModifyRuleCommand(i)),
  ),
  asked(['elasticloadbalancing', 'DeleteRule'], { RuleArn: RULE }, (c, i) => elb(c).send(new DeleteRuleCommand(i))),
  asked(
    ['elasticloadbalancing', 'SetRulePriorities'],
    { RulePriorities: [{ RuleArn: RULE, Priority: 1 }] },
    (c, i) => elb(c).send(new SetRulePrioritiesCommand(i)),
    { 'RulePriorities.member.1.RuleArn': RULE },
  ),
  asked(['lambda', 'Invoke'], { FunctionName: 'f' }, (c, i) => new LambdaClient(c).send(new InvokeCommand(i)), {
    functionName: 'f',
  }),
  asked(
    ['lambda', 'GetFunctionConfiguration'],
    { FunctionName: 'f' },
    (c, i) => new LambdaClient(c).send(new GetFunctionConfigurationCommand(i)),
    { functionName: 'f' },
  ),
  {
    action: 'secretsmanager:GetSecretValue',
    resource: '*',
    send: (c) => new SecretsManagerClient(c).send(new GetSecretValueCommand({ SecretId: 's' })),
  },
  ...['pairs/2026/11/24/08/a.gz', 'backfills/x/manifest.json', 'failed/a.gz'].flatMap(object),
  assumed('111122223333', 'shop-eu-west-1-campaign'),
  assumed('111122223333', 'administrator'),
  assumed('999999999999', 'shop-eu-west-1-campaign'),
];
