/** Requests that the other services refuse, with their answers as their documentation and their models have them. */
import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type ScalableDimension,
  type ServiceNamespace,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDatum,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import {
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import {
  GetPolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand, PublishCommand } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { TOPIC } from './backends.ts';
import { type Named, refusedBy, type Situation } from './situation.ts';

const [VALIDATION, PARAMETER, INVALID_VALUE, INVALID_ARN] = [
  'ValidationException',
  'InvalidParameterException',
  'InvalidParameterValueException',
  'InvalidArn',
];
const AT = { StartTime: new Date(0), EndTime: new Date(60_000) };

const metrics = refusedBy('cloudWatch');
const query = (Id: string, Period = 60) => ({
  Id,
  MetricStat: { Metric: { Namespace: 'N', MetricName: 'M' }, Period, Stat: 'Sum' },
});
const asked = (...MetricDataQueries: object[]) =>
  new GetMetricDataCommand({ ...AT, MetricDataQueries: MetricDataQueries as ReturnType<typeof query>[] });
const put = (datum: Partial<MetricDatum>, Namespace = 'N') =>
  new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'M', ...datum }] });
const statistics = { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 };

const ON_METRICS: readonly Situation[] = [
  metrics(
    'GetMetricData of a range that ends before it begins',
    VALIDATION,
    () =>
      new GetMetricDataCommand({ StartTime: new Date(60_000), EndTime: new Date(0), MetricDataQueries: [query('a')] }),
  ),
  metrics('GetMetricData of no query', VALIDATION, () => asked()),
  metrics('GetMetricData of one id twice', VALIDATION, () => asked(query('a'), query('a'))),
  metrics('GetMetricData of an id in capitals', VALIDATION, () => asked(query('A'))),
  metrics('GetMetricData of 501 queries', VALIDATION, () =>
    asked(...Array.from({ length: 501 }, (_u, i) => query(`a${i}`))),
  ),
  metrics('GetMetricData in periods of 45 s', VALIDATION, () => asked(query('a', 45))),
  metrics('GetMetricData of a query of nothing', VALIDATION, () => asked({ Id: 'a' })),
  metrics('GetMetricData of an expression over what is not asked', VALIDATION, () =>
    asked({ Id: 'a', Expression: 'b * 2' }),
  ),
  metrics('GetMetricData of an expression that does not parse', VALIDATION, () =>
    asked(query('b'), { Id: 'a', Expression: 'b +' }),
  ),
  metrics('GetMetricData that returns nothing', VALIDATION, () => asked({ ...query('a'), ReturnData: false })),
  metrics(
    'GetMetricData from a token of nobody',
    'InvalidNextToken',
    () => new GetMetricDataCommand({ ...AT, MetricDataQueries: [query('a')], NextToken: 'x' }),
  ),
  metrics(
    'DescribeAlarms of 101 names',
    VALIDATION,
    () => new DescribeAlarmsCommand({ AlarmNames: Array.from({ length: 101 }, (_u, i) => `a${i}`) }),
  ),
  metrics(
    'DescribeAlarms in no state',
    VALIDATION,
    () => new DescribeAlarmsCommand({ StateValue: 'RED' as StateValue }),
  ),
  metrics('DescribeAlarms in pages of 101', VALIDATION, () => new DescribeAlarmsCommand({ MaxRecords: 101 })),
  metrics(
    'DescribeAlarms from a token of nobody',
    'InvalidNextToken',
    () => new DescribeAlarmsCommand({ NextToken: 'x' }),
  ),
  metrics(
    'SetAlarmState of an alarm that is gone',
    'ResourceNotFound',
    () => new SetAlarmStateCommand({ AlarmName: 'gone', StateValue: 'OK', StateReason: 'r' }),
  ),
  metrics(
    'SetAlarmState to no state',
    VALIDATION,
    () => new SetAlarmStateCommand({ AlarmName: 'gateway-red', StateValue: 'RED' as StateValue, StateReason: 'r' }),
  ),
  metrics(
    'SetAlarmState for a reason of 1024 characters',
    VALIDATION,
    () => new SetAlarmStateCommand({ AlarmName: 'gateway-red', StateValue: 'OK', StateReason: 'r'.repeat(1024) }),
  ),
  metrics(
    'SetAlarmState with data that is no JSON',
    'InvalidFormatFault',
    () =>
      new SetAlarmStateCommand({ AlarmName: 'gateway-red', StateValue: 'OK', StateReason: 'r', StateReasonData: '{' }),
  ),
  metrics('PutMetricData in a namespace of AWS', INVALID_VALUE, () => put({ Value: 1 }, 'AWS/ApplicationELB')),
  metrics('PutMetricData of no number', INVALID_VALUE, () => put({ Value: Number.NaN })),
  metrics('PutMetricData of a value and values', INVALID_VALUE, () => put({ Value: 1, Values: [1] })),
  metrics('PutMetricData of more values than counts', INVALID_VALUE, () => put({ Values: [1, 2], Counts: [1] })),
  metrics('PutMetricData of 151 values', INVALID_VALUE, () =>
    put({ Values: Array.from({ length: 151 }, (_u, i) => i) }),
  ),
  metrics('PutMetricData of a value and statistics', 'InvalidParameterCombinationException', () =>
    put({ Value: 1, StatisticValues: statistics }),
  ),
  metrics('PutMetricData of 31 dimensions', VALIDATION, () =>
    put({ Value: 1, Dimensions: Array.from({ length: 31 }, (_u, i) => ({ Name: `d${i}`, Value: 'v' })) }),
  ),
  metrics(
    'PutMetricData of 1001 points',
    INVALID_VALUE,
    () =>
      new PutMetricDataCommand({
        Namespace: 'N',
        MetricData: Array.from({ length: 1001 }, () => ({ MetricName: 'M', Value: 1 })),
      }),
  ),
  metrics(
    'PutMetricData of nothing',
    'MissingRequiredParameterException',
    () => new PutMetricDataCommand({ Namespace: 'N', MetricData: [] }),
  ),
  metrics('PutMetricData of three weeks ago', INVALID_VALUE, () =>
    put({ Value: 1, Timestamp: new Date(Date.now() - 21 * 86_400_000) }),
  ),
  metrics('PutMetricData of three hours ahead', INVALID_VALUE, () =>
    put({ Value: 1, Timestamp: new Date(Date.now() + 3 * 3_600_000) }),
  ),
];

const states = refusedBy('states');
const start = (n: Named, input: object = {}) => new StartExecutionCommand({ stateMachineArn: n.machine, ...input });
const ON_EXECUTIONS: readonly Situation[] = [
  states('StartExecution under a name with a space', 'InvalidName', (n) => start(n, { name: 'a b' })),
  states('StartExecution under a name of 81 characters', VALIDATION, (n) => start(n, { name: 'n'.repeat(81) })),
  states('StartExecution with what is no JSON', 'InvalidExecutionInput', (n) => start(n, { input: '{' })),
  states('StartExecution with more than 256 KiB', VALIDATION, (n) =>
    start(n, { input: JSON.stringify('x'.repeat(262_144)) }),
  ),
  states('StartExecution of a machine that is gone', 'StateMachineDoesNotExist', (n) =>
    start({ ...n, machine: n.goneMachine }),
  ),
  states('StartExecution of what is no ARN', INVALID_ARN, (n) => start({ ...n, machine: 'm' })),
  states(
    'DescribeExecution of one that is gone',
    'ExecutionDoesNotExist',
    (n) => new DescribeExecutionCommand({ executionArn: n.goneExecution }),
  ),
  states('DescribeExecution of what is no ARN', INVALID_ARN, () => new DescribeExecutionCommand({ executionArn: 'e' })),
  states(
    'DescribeStateMachine of one that is gone',
    'StateMachineDoesNotExist',
    (n) => new DescribeStateMachineCommand({ stateMachineArn: n.goneMachine }),
  ),
  states(
    'StopExecution of one that is gone',
    'ExecutionDoesNotExist',
    (n) => new StopExecutionCommand({ executionArn: n.goneExecution }),
  ),
  states('StopExecution of what is no ARN', INVALID_ARN, () => new StopExecutionCommand({ executionArn: 'e' })),
  states(
    'StopExecution with an error of 257 characters',
    VALIDATION,
    (n) => new StopExecutionCommand({ executionArn: n.goneExecution, error: 'e'.repeat(257) }),
  ),
  states(
    'StopExecution with a cause of 32769 characters',
    VALIDATION,
    (n) => new StopExecutionCommand({ executionArn: n.goneExecution, cause: 'c'.repeat(32_769) }),
  ),
  states(
    'GetExecutionHistory of one that is gone',
    'ExecutionDoesNotExist',
    (n) => new GetExecutionHistoryCommand({ executionArn: n.goneExecution }),
  ),
  states(
    'GetExecutionHistory in pages of 1001',
    VALIDATION,
    (n) => new GetExecutionHistoryCommand({ executionArn: n.goneExecution, maxResults: 1001 }),
  ),
  states(
    'ListExecutions of a machine that is gone',
    'StateMachineDoesNotExist',
    (n) => new ListExecutionsCommand({ stateMachineArn: n.goneMachine }),
  ),
  states(
    'ListExecutions in no status',
    VALIDATION,
    (n) => new ListExecutionsCommand({ stateMachineArn: n.machine, statusFilter: 'RED' as ExecutionStatus }),
  ),
  states(
    'ListExecutions from a token of nobody',
    'InvalidToken',
    (n) => new ListExecutionsCommand({ stateMachineArn: n.machine, nextToken: 'x' }),
  ),
  states(
    'SendTaskSuccess to a token of nobody',
    'InvalidToken',
    () => new SendTaskSuccessCommand({ taskToken: 'x', output: '{}' }),
  ),
  states(
    'SendTaskSuccess to an empty token',
    VALIDATION,
    () => new SendTaskSuccessCommand({ taskToken: '', output: '{}' }),
  ),
  states('SendTaskFailure to a token of nobody', 'InvalidToken', () => new SendTaskFailureCommand({ taskToken: 'x' })),
  states(
    'SendTaskFailure to a token of 2049 characters',
    VALIDATION,
    () => new SendTaskFailureCommand({ taskToken: 'x'.repeat(2049) }),
  ),
  states(
    'SendTaskHeartbeat to a token of nobody',
    'InvalidToken',
    () => new SendTaskHeartbeatCommand({ taskToken: 'x' }),
  ),
];

const topic = refusedBy('sns');
const say = (input: object) => new PublishCommand({ TopicArn: TOPIC, Message: 'm', ...input });
const ON_TOPICS: readonly Situation[] = [
  topic('Publish to a topic that is gone', 'NotFoundException', () => say({ TopicArn: `${TOPIC}-gone` })),
  topic('Publish to what is no ARN', PARAMETER, () => say({ TopicArn: 'status' })),
  topic('Publish to nobody', PARAMETER, () => say({ TopicArn: undefined })),
  topic('Publish of nothing', PARAMETER, () => say({ Message: '' })),
  topic('Publish of more than 256 KiB', PARAMETER, () => say({ Message: 'x'.repeat(262_145) })),
  topic('Publish under a subject of 101 characters', PARAMETER, () => say({ Subject: 's'.repeat(101) })),
  topic('Publish under a subject of two lines', PARAMETER, () => say({ Subject: 'a\nb' })),
  topic('Publish in forms that are no JSON', PARAMETER, () => say({ MessageStructure: 'json', Message: 'm' })),
  topic('Publish in forms without a default', PARAMETER, () =>
    say({ MessageStructure: 'json', Message: '{"email":"m"}' }),
  ),
  topic(
    'GetTopicAttributes of a topic that is gone',
    'NotFoundException',
    () => new GetTopicAttributesCommand({ TopicArn: `${TOPIC}-gone` }),
  ),
  topic('GetTopicAttributes of what is no ARN', PARAMETER, () => new GetTopicAttributesCommand({ TopicArn: 'status' })),
];

const items = refusedBy('dynamo');
const ITEM = { pk: { S: 'SITUATION' }, sk: { S: 'x' } };
const update = (n: Named, UpdateExpression: string, more: Partial<UpdateItemCommandInput> = {}) =>
  new UpdateItemCommand({ TableName: n.table, Key: ITEM, UpdateExpression, ...more });
const VALUE = { ExpressionAttributeValues: { ':v': { S: 'v' } } };
const ON_ITEMS: readonly Situation[] = [
  items(
    'PutItem on a condition that fails',
    'ConditionalCheckFailedException',
    (n) => new PutItemCommand({ TableName: n.table, Item: ITEM, ConditionExpression: 'attribute_exists(nothing)' }),
  ),
  items('UpdateItem on a condition that fails', 'ConditionalCheckFailedException', (n) =>
    update(n, 'SET a = :v', { ...VALUE, ConditionExpression: 'a = :v' }),
  ),
  items(
    'GetItem of a table that is gone',
    'ResourceNotFoundException',
    () => new GetItemCommand({ TableName: 'gone', Key: ITEM }),
  ),
  items(
    'GetItem without a part of the key',
    VALIDATION,
    (n) => new GetItemCommand({ TableName: n.table, Key: { pk: { S: 'a' } } }),
  ),
  items(
    'GetItem by a number',
    VALIDATION,
    (n) => new GetItemCommand({ TableName: n.table, Key: { ...ITEM, sk: { N: '1' } } }),
  ),
  items(
    'PutItem under an empty key',
    VALIDATION,
    (n) => new PutItemCommand({ TableName: n.table, Item: { ...ITEM, sk: { S: '' } } }),
  ),
  items(
    'PutItem of an empty set',
    VALIDATION,
    (n) => new PutItemCommand({ TableName: n.table, Item: { ...ITEM, a: { SS: [] } } }),
  ),
  items(
    'PutItem of more than 400 KB',
    VALIDATION,
    (n) => new PutItemCommand({ TableName: n.table, Item: { ...ITEM, a: { S: 'x'.repeat(409_600) } } }),
  ),
  items('UpdateItem of an attribute with a reserved name', VALIDATION, (n) => update(n, 'SET status = :v', VALUE)),
  items('UpdateItem with a value that it does not use', VALIDATION, (n) => update(n, 'REMOVE a', VALUE)),
  items('UpdateItem with a value that it does not give', VALIDATION, (n) => update(n, 'SET a = :v')),
  items('UpdateItem with a name that it does not use', VALIDATION, (n) =>
    update(n, 'SET a = :v', { ...VALUE, ExpressionAttributeNames: { '#b': 'b' } }),
  ),
  items('UpdateItem of a part of the key', VALIDATION, (n) => update(n, 'SET sk = :v', VALUE)),
  items('UpdateItem of one path twice', VALIDATION, (n) => update(n, 'SET a = :v, a = :v', VALUE)),
  items('UpdateItem within a map that is missing', VALIDATION, (n) => update(n, 'SET missing.a = :v', VALUE)),
  items('UpdateItem that counts up what is missing', VALIDATION, (n) =>
    update(n, 'SET missing = missing + :n', { ExpressionAttributeValues: { ':n': { N: '1' } } }),
  ),
  items('UpdateItem that does not parse', VALIDATION, (n) => update(n, 'SET a')),
];

const service = refusedBy('ecs');
const scaling = refusedBy('autoScaling');
const register = (input: object) =>
  new RegisterScalableTargetCommand({
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: 'service/c/s',
    ...input,
  });
const ON_TASKS: readonly Situation[] = [
  service(
    'DescribeServices of a cluster that is gone',
    'ClusterNotFoundException',
    () => new DescribeServicesCommand({ cluster: 'gone', services: ['s'] }),
  ),
  service('DescribeServices of none', PARAMETER, () => new DescribeServicesCommand({ cluster: 'c', services: [] })),
  service(
    'DescribeServices of 11',
    PARAMETER,
    () => new DescribeServicesCommand({ cluster: 'c', services: Array.from({ length: 11 }, (_u, i) => `s${i}`) }),
  ),
  service(
    'UpdateService of one that is gone',
    'ServiceNotFoundException',
    () => new UpdateServiceCommand({ cluster: 'c', service: 'gone', desiredCount: 1 }),
  ),
  service(
    'UpdateService to -1 tasks',
    PARAMETER,
    () => new UpdateServiceCommand({ cluster: 'c', service: 's', desiredCount: -1 }),
  ),
  service(
    'UpdateService in a cluster that is gone',
    'ClusterNotFoundException',
    () => new UpdateServiceCommand({ cluster: 'gone', service: 's', desiredCount: 1 }),
  ),
  scaling('RegisterScalableTarget with more at least than at most', VALIDATION, () =>
    register({ MinCapacity: 3, MaxCapacity: 2 }),
  ),
  scaling('RegisterScalableTarget of a service that is gone', VALIDATION, () =>
    register({ ResourceId: 'service/c/gone', MinCapacity: 1, MaxCapacity: 2 }),
  ),
  scaling('RegisterScalableTarget in no dimension', VALIDATION, () =>
    register({ ScalableDimension: 'ecs:service:Tasks' as ScalableDimension }),
  ),
  scaling(
    'DescribeScalableTargets of no service of AWS',
    VALIDATION,
    () => new DescribeScalableTargetsCommand({ ServiceNamespace: 'eks' as ServiceNamespace }),
  ),
];

const functions = refusedBy('lambda');
const bus = refusedBy('events');
const stream = refusedBy('firehose');
const roles = refusedBy('iam');
const keys = refusedBy('kms');
const queue = refusedBy('sqs');
const Data = Buffer.from('{}');
const QueueUrl = 'arn:aws:sqs:us-east-1:000000000000:pages';
const ON_THE_REST: readonly Situation[] = [
  functions(
    'Invoke of a function that is gone',
    'ResourceNotFoundException',
    () => new InvokeCommand({ FunctionName: 'gone' }),
  ),
  functions(
    'Invoke with what is no JSON',
    'InvalidRequestContentException',
    () => new InvokeCommand({ FunctionName: 'f', Payload: Buffer.from('{') }),
  ),
  functions(
    'GetFunctionConfiguration of a function that is gone',
    'ResourceNotFoundException',
    () => new GetFunctionConfigurationCommand({ FunctionName: 'gone' }),
  ),
  bus('PutEvents of none', VALIDATION, () => new PutEventsCommand({ Entries: [] })),
  bus(
    'PutEvents of 11',
    VALIDATION,
    () =>
      new PutEventsCommand({
        Entries: Array.from({ length: 11 }, () => ({ Source: 's', DetailType: 'd', Detail: '{}' })),
      }),
  ),
  stream(
    'PutRecord to a stream that is gone',
    'ResourceNotFoundException',
    () => new PutRecordCommand({ DeliveryStreamName: 'gone', Record: { Data } }),
  ),
  stream(
    'PutRecordBatch of none',
    VALIDATION,
    () => new PutRecordBatchCommand({ DeliveryStreamName: 'pairs', Records: [] }),
  ),
  stream(
    'PutRecordBatch of 501',
    VALIDATION,
    () =>
      new PutRecordBatchCommand({
        DeliveryStreamName: 'pairs',
        Records: Array.from({ length: 501 }, () => ({ Data })),
      }),
  ),
  stream(
    'PutRecord of more than 1000 KiB',
    VALIDATION,
    () => new PutRecordCommand({ DeliveryStreamName: 'pairs', Record: { Data: Buffer.alloc(1_024_001) } }),
  ),
  roles(
    'ListRolePolicies of a role that is gone',
    'NoSuchEntityException',
    () => new ListRolePoliciesCommand({ RoleName: 'gone' }),
  ),
  roles(
    'GetRolePolicy of a role that is gone',
    'NoSuchEntityException',
    () => new GetRolePolicyCommand({ RoleName: 'gone', PolicyName: 'p' }),
  ),
  roles(
    'GetPolicy of one that is gone',
    'NoSuchEntityException',
    () => new GetPolicyCommand({ PolicyArn: 'arn:aws:iam::000000000000:policy/gone' }),
  ),
  roles(
    'SimulatePrincipalPolicy of a role that is gone',
    'NoSuchEntityException',
    () =>
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: 'arn:aws:iam::000000000000:role/gone',
        ActionNames: ['sns:Publish'],
      }),
  ),
  keys(
    'GetKeyPolicy of a key that is gone',
    'NotFoundException',
    () =>
      new GetKeyPolicyCommand({
        KeyId: 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555',
        PolicyName: 'default',
      }),
  ),
  queue(
    'ReceiveMessage of a queue that is gone',
    'QueueDoesNotExist',
    () => new ReceiveMessageCommand({ QueueUrl: `${QueueUrl}-gone` }),
  ),
  queue(
    'ReceiveMessage of 11',
    'InvalidParameterValue',
    () => new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 }),
  ),
  queue(
    'DeleteMessage by no handle',
    'ReceiptHandleIsInvalid',
    () => new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'x' }),
  ),
];

export const ON_SERVICES = [...ON_METRICS, ...ON_EXECUTIONS, ...ON_TOPICS, ...ON_ITEMS, ...ON_TASKS, ...ON_THE_REST];
