import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startCloud } from '../../../rehearsal/cloud/cloud.ts';
import type { CloudEvent } from '../../../rehearsal/cloud/cloud-event.ts';
import { assemblyOf, templateSchema } from '../../../rehearsal/cloud/template/assembly.ts';
import type { Intercept } from '../../../rehearsal/cloud/wire/faults.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';
import { type Bundle, bundle, until } from './support.ts';

/**
 * Source of a function that answers a custom resource, fails when asked to, and otherwise logs the event with a metric
 * for its kind.
 */
const SOURCE = `
export async function handler(event) {
  if (event.RequestType === 'Create')
    return { PhysicalResourceId: 'arn:rule', Data: { RuleArn: 'arn:rule', Got: JSON.stringify(event) } };
  if (event.fail) throw new Error('asked to');
  const _aws = { Timestamp: 0, CloudWatchMetrics: [{ Namespace: 'T', Dimensions: [['Kind']], Metrics: [{ Name: 'Calls' }] }] };
  const Kind = event.alarmData ? 'action' : event['detail-type'] ?? (event.records ? 'transform' : 'direct');
  console.log(JSON.stringify({ _aws, Kind, Calls: 1, Event: event }));
  if (event.records) return { records: event.records.map((r) => ({ recordId: r.recordId, result: 'Ok', data: r.data })) };
  return { rule: process.env.RULE, endpoint: process.env.AWS_ENDPOINT_URL };
}`;

const fn = (Variables: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Handler: 'index.handler', Code: { S3Key: 'code.zip' }, Timeout: 5, Environment: { Variables } },
});
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const permission = (Principal: string, source: string) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { FunctionName: arn('Target'), Action: 'lambda:InvokeFunction', Principal, SourceArn: arn(source) },
});

const template = templateSchema.parse({
  Resources: {
    Lb: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' },
    Stable: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: { HealthCheckPath: '/healthz' } },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
    },
    OnEvent: fn(),
    Framework: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Handler: 'framework.onEvent',
        Environment: { Variables: { USER_ON_EVENT_FUNCTION_ARN: arn('OnEvent') } },
      },
    },
    Rule: { Type: 'Custom::WeightedRule', Properties: { ServiceToken: arn('Framework'), Priority: 10, Flag: true } },
    Target: fn({ RULE: { 'Fn::GetAtt': ['Rule', 'RuleArn'] }, CROSSFADE_DEPLOYMENT: JSON.stringify(DEPLOYMENT) }),
    Topic: { Type: 'AWS::SNS::Topic' },
    Red: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'red',
        Namespace: 'N',
        MetricName: 'M',
        Statistic: 'Sum',
        Period: 60,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
        AlarmActions: [arn('Target'), { Ref: 'Topic' }],
      },
    },
    OnAlarm: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { 'detail-type': ['CloudWatch Alarm State Change'], detail: { state: { value: ['ALARM'] } } },
        Targets: [{ Id: 't', Arn: arn('Target') }],
      },
    },
    AlarmMayCall: permission('lambda.alarms.cloudwatch.amazonaws.com', 'Red'),
    OnAlarmMayCall: permission('events.amazonaws.com', 'OnAlarm'),
    OnEndMayCall: permission('events.amazonaws.com', 'OnEnd'),
    OnEnd: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.states'], detail: { status: ['FAILED'] } },
        Targets: [{ Id: 't', Arn: arn('Target') }],
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'm',
        DefinitionString: {
          'Fn::Join': [
            '',
            ['{"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"', arn('Target'), '","End":true}}}'],
          ],
        },
      },
    },
    Stream: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: {
        ExtendedS3DestinationConfiguration: {
          ProcessingConfiguration: {
            Processors: [
              {
                Parameters: [
                  { ParameterName: 'LambdaArn', ParameterValue: arn('Target') },
                  { ParameterName: 'BufferIntervalInSeconds', ParameterValue: '60' },
                ],
              },
            ],
          },
        },
      },
    },
    Queue: { Type: 'AWS::S3::Bucket' },
  },
  Outputs: { RuleArn: { Value: { Ref: 'Rule' } } },
});

let cloud: LocalCloud | undefined;
let code: Bundle;
let events: CloudEvent[];
const closing: { destroy(): void }[] = [];

/** Returns the assembly with `override` added to the resources of the template, or in place of them. */
function assemblyWith(override: object, dir: string) {
  const changed = templateSchema.parse({ ...template, Resources: { ...template.Resources, ...override } });
  return assemblyOf({ S: changed }, { code: dir });
}

async function start(intercept?: Intercept, override: object = {}): Promise<LocalCloud> {
  code = bundle(SOURCE);
  events = [];
  cloud = await startCloud({
    assembly: assemblyWith(override, code.dir),
    speed: 600,
    onEvent: (event) => events.push(event),
    ...(intercept === undefined ? {} : { intercept }),
  });
  return cloud;
}

afterEach(async () => {
  for (const client of closing.splice(0)) client.destroy();
  await cloud?.stop();
  cloud = undefined;
  code.remove();
});

function client<C extends { destroy(): void }>(make: (config: object) => C, endpoint: string): C {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const made = make({ endpoint, region: 'local-1', credentials, maxAttempts: 1 });
  closing.push(made);
  return made;
}

/** How often the target was called with this kind of event, read from the metric that the target emits. */
const calls = ({ metrics, clock }: LocalCloud, Kind: string) =>
  metrics.read({ namespace: 'T', name: 'Calls', dimensions: { Kind } }, 'Sum', clock.anchor - 60_000, 86_400_000) ?? 0;

describe('a cloud from an assembly', () => {
  it('creates custom resources first, by the function behind the provider framework', async () => {
    const { lambda, url, deployment } = await start();
    expect(cloud?.output('S', 'RuleArn')).toBe('arn:rule');
    expect(await lambda.invoke('Target', {})).toEqual({ rule: 'arn:rule', endpoint: url });
    expect(deployment.ingressId).toBe(DEPLOYMENT.ingressId);
  });

  it('says what it left out', async () => {
    const { notModelled } = await start();
    expect(notModelled).toEqual({ 'AWS::S3::Bucket': 1, 'AWS::Lambda::Function (framework.onEvent)': 1 });
  });

  it('delivers an alarm both ways and to its topic, on the transition only', async () => {
    const local = await start();
    const cloudWatch = client((c) => new CloudWatchClient(c), local.url);
    const set = () =>
      cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'red', StateValue: 'ALARM', StateReason: 'drill' }));
    await set();
    await set();
    await until('both deliveries', () => calls(local, 'action') + calls(local, 'CloudWatch Alarm State Change') >= 2);
    expect(calls(local, 'action')).toBe(1);
    expect(calls(local, 'CloudWatch Alarm State Change')).toBe(1);
    expect(local.published).toMatchObject([{ subject: 'ALARM: "red" in local-1' }]);
    expect(events.filter((e) => e.type === 'alarm')).toMatchObject([{ name: 'red', to: 'ALARM', reason: 'drill' }]);
  });

  it('evaluates its alarms each virtual minute once it runs', async () => {
    const local = await start();
    const feed = () =>
      local.metrics.record({ namespace: 'N', name: 'M', dimensions: {}, value: 1, at: local.clock.now() });
    feed();
    local.run();
    await until('ALARM', () => local.alarms.get('red')?.state === 'ALARM');
    await until('OK again', () => local.alarms.get('red')?.state === 'OK');
    const seen = events.flatMap((e) => (e.type === 'alarm' ? [e.to] : []));
    expect(seen.slice(-2)).toEqual(['ALARM', 'OK']);
  });

  it('tells EventBridge how an execution ended', async () => {
    const local = await start();
    const states = client((c) => new SFNClient(c), local.url);
    const stateMachineArn = local.machine.arn;
    await states.send(new StartExecutionCommand({ stateMachineArn, name: 'ok', input: '{}' }));
    await states.send(new StartExecutionCommand({ stateMachineArn, name: 'bad', input: '{"fail":true}' }));
    await until('both ends', () => events.filter((e) => e.type === 'end').length === 2);
    await until('the event', () => calls(local, 'Step Functions Execution Status Change') === 1);
    const ends = events.flatMap((e) => (e.type === 'end' ? [[e.execution.name, e.execution.status]] : []));
    expect(Object.fromEntries(ends)).toEqual({ ok: 'SUCCEEDED', bad: 'FAILED' });
  });

  it('has DynamoDB behind the same endpoint, with the template’s keys and under the same faults', async () => {
    const local = await start((service, operation, n) =>
      service === 'dynamodb' && operation === 'PutItem' && n === 1 ? 'lose-answer' : null,
    );
    const dynamo = client((c) => new DynamoDBClient(c), local.url);
    const put = (id: string) => dynamo.send(new PutItemCommand({ TableName: 'Table', Item: { pk: { S: id } } }));
    const has = async (id: string) =>
      (await dynamo.send(new GetItemCommand({ TableName: 'Table', Key: { pk: { S: id } }, ConsistentRead: true })))
        .Item !== undefined;
    await expect(put('lost')).rejects.toBeInstanceOf(Error);
    await put('kept');
    expect([await has('lost'), await has('kept'), await has('gone')]).toEqual([true, true, false]);
    await expect(
      dynamo.send(new PutItemCommand({ TableName: 'Table', Item: { id: { S: 'x' } } })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('is silent once it was stopped', async () => {
    const local = await start();
    local.run();
    local.lambda.invokeLater('Target', { fail: true });
    await until('the first failure', () => events.some((e) => e.type === 'invocation-failed'));
    await local.stop();
    cloud = undefined;
    await expect(local.lambda.invoke('Target', {})).rejects.toMatchObject({ name: 'Lambda.ServiceException' });
    await expect(fetch(local.url)).rejects.toBeInstanceOf(TypeError);
  });
});

describe('a right that is missing', () => {
  const red = (local: LocalCloud) =>
    client((c) => new CloudWatchClient(c), local.url).send(
      new SetAlarmStateCommand({ AlarmName: 'red', StateValue: 'ALARM', StateReason: 'drill' }),
    );

  it.each([
    [
      'an alarm at its function',
      'AlarmMayCall',
      permission('events.amazonaws.com', 'Red'),
      /^lambda.alarms.cloudwatch/,
    ],
    ['a rule at its function', 'OnAlarmMayCall', permission('events.amazonaws.com', 'OnEnd'), /^events.amazonaws.com/],
    [
      'an alarm at its topic, whose one Deny replaces what SNS would allow',
      'TopicPolicy',
      {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [{ Ref: 'Topic' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Deny',
                Principal: '*',
                Action: 'sns:Publish',
                Resource: { Ref: 'Topic' },
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
      /^cloudwatch.amazonaws.com is not authorized to perform sns:Publish/,
    ],
  ])('stops %s, and fails the run', async (_what, id, resource, denied) => {
    const local = await start(undefined, { [id]: resource });
    local.access.demandNoDenial();
    await red(local);
    await until('the denial', () => local.access.denials.length > 0);
    expect(() => local.access.demandNoDenial()).toThrow(denied);
    expect(
      calls(local, 'action') + calls(local, 'CloudWatch Alarm State Change') + local.published.length,
    ).toBeLessThan(3);
  });

  it('is AccessDenied for a function that calls AWS by the role that it has', async () => {
    const Role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        },
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
        Policies: [
          {
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn('Table') },
            },
          },
        ],
      },
    };
    const local = await start(undefined, { Role });
    const accessKeyId = local.access.keyOf('arn:aws:iam::000000000000:role/Role');
    const dynamo = client(
      (c) => new DynamoDBClient({ ...c, credentials: { accessKeyId, secretAccessKey: 'local' } }),
      local.url,
    );
    await dynamo.send(new GetItemCommand({ TableName: 'Table', Key: { pk: { S: '1' } } }));
    expect(local.access.denials).toEqual([]);
    const put = dynamo.send(new PutItemCommand({ TableName: 'Table', Item: { pk: { S: '1' } } }));
    await expect(put).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(() => local.access.demandNoDenial()).toThrow(
      /role\/Role is not authorized to perform dynamodb:PutItem on .*table\/Table/,
    );
    expect(local.access.neverUsed().map((r) => r.action)).not.toContain('dynamodb:GetItem');
  });
});

describe('an assembly that asks for what is not known here', () => {
  it.each([
    [
      'an alarm’s statistic',
      { Red: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'M', Statistic: 'IQM' } } },
    ],
    ['a schedule', { OnEnd: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'cron(0 8 * * ? *)' } } }],
    [
      'a state',
      {
        Machine: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: { DefinitionString: '{"StartAt":"M","States":{"M":{"Type":"Map"}}}' },
        },
      },
    ],
  ])('is refused: %s', async (_what, override) => {
    code = bundle(SOURCE);
    await expect(
      startCloud({ assembly: assemblyWith(override, code.dir), speed: 1, onEvent: () => {} }),
    ).rejects.toThrow(/known|Invalid/);
  });
});
