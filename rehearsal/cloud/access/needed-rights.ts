/**
 * The permissions that a call on the wire needs: actions, resources, and what is known about the request.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import * as z from 'zod';
import { ACCOUNT, REGION } from '../template/index.ts';

/** One action on one resource. */
export interface NeededRight {
  readonly action: string;
  /** `*` if the action has no resource. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
  /** Condition keys, as patterns, that the request does not have. */
  readonly absent?: readonly string[];
}

/** Facts besides the request that are needed to determine the permissions. */
export interface Known {
  /** Tags of a listener rule. */
  tagsOf(ruleArn: string): Readonly<Record<string, string>>;
  /** The key that encrypts a topic. */
  keyOf(topicArn: string): string | null;
}

/** The fields of a request: those of a JSON body, or the parameters of a form. */
export type Fields = Readonly<Record<string, unknown>>;

type Question = (fields: Fields, known: Known) => readonly NeededRight[];

const text = z.string();
const TAG_KEYS = ['aws:ResourceTag/*', 'aws:RequestTag/*', 'aws:TagKeys'];

function arn(service: string, rest: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
}

/** An action without a resource. */
const everywhere =
  (action: string): Question =>
  () => [{ action, resource: '*' }];

/**
 * `leadingKey`: the partition that the request names.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const onTable =
  (action: string, leadingKey: (fields: Fields) => string): Question =>
  (fields) => {
    const { TableName, IndexName } = fields;
    const table = arn('dynamodb', `table/${text.parse(TableName)}`);
    return [
      {
        action,
        resource: IndexName === undefined ? table : `${table}/index/${text.parse(IndexName)}`,
        context: { 'dynamodb:LeadingKeys': [leadingKey(fields)] },
      },
    ];
  };

/** Every table of the templates has the partition key `pk`, a string. */
const keySchema = z.looseObject({ pk: z.object({ S: text }) });
const keyOf = ({ Key }: Fields) => keySchema.parse(Key).pk.S;
const keyOfItem = ({ Item }: Fields) => keySchema.parse(Item).pk.S;
const querySchema = z.looseObject({
  KeyConditionExpression: text.regex(/^pk = :pk\b/, 'which partition?'),
  ExpressionAttributeValues: z.looseObject({ ':pk': z.object({ S: text }) }),
});
const keyOfQuery = (fields: Fields) => querySchema.parse(fields).ExpressionAttributeValues[':pk'].S;

const ofExecution =
  (action: string): Question =>
  ({ executionArn }) => [{ action, resource: text.parse(executionArn) }];

/** A version or alias of a machine is a condition; the resource is the machine. */
const ofMachine =
  (action: string): Question =>
  ({ stateMachineArn }) => {
    const parts = text.parse(stateMachineArn).split(':');
    const qualifier = parts[7];
    const resource = parts.slice(0, 7).join(':');
    if (qualifier === undefined) return [{ action, resource, absent: ['states:StateMachineQualifier'] }];
    return [{ action, resource, context: { 'states:StateMachineQualifier': [qualifier] } }];
  };

const onRules =
  (action: string, arnsOf: (fields: Fields) => readonly string[]): Question =>
  (fields, { tagsOf }) =>
    arnsOf(fields).map((resource) => ({
      action,
      resource,
      context: Object.fromEntries(Object.entries(tagsOf(resource)).map(([k, v]) => [`aws:ResourceTag/${k}`, [v]])),
      absent: TAG_KEYS,
    }));

const ruleArn = ({ RuleArn }: Fields) => [text.parse(RuleArn)];
const movedRules = (fields: Fields) =>
  Object.entries(fields).flatMap(([key, value]) =>
    /^RulePriorities\.member\.\d+\.RuleArn$/.test(key) ? [text.parse(value)] : [],
  );

/** Creating a rule with tags also needs AddTags, for a rule whose id is still unknown. */
const createRule: Question = (fields) => {
  const listener = text.parse(fields.ListenerArn);
  const tags: Record<string, string[]> = {};
  for (let i = 1; fields[`Tags.member.${i}.Key`] !== undefined; i++)
    tags[`aws:RequestTag/${text.parse(fields[`Tags.member.${i}.Key`])}`] = [
      text.parse(fields[`Tags.member.${i}.Value`]),
    ];
  const create: NeededRight = {
    action: 'elasticloadbalancing:CreateRule',
    resource: listener,
    context: tags,
    absent: TAG_KEYS,
  };
  if (Object.keys(tags).length === 0) return [create];
  const resource = `${listener.replace(':listener/', ':listener-rule/')}/0000000000000000`;
  const context = { ...tags, 'elasticloadbalancing:CreateAction': ['CreateRule'] };
  return [create, { action: 'elasticloadbalancing:AddTags', resource, context, absent: TAG_KEYS }];
};

const describeServices: Question = ({ cluster = 'default', services }) =>
  z
    .array(text)
    .parse(services)
    .map((service) => service_(text.parse(cluster), service, 'ecs:DescribeServices'));

function service_(cluster: string, service: string, action: string): NeededRight {
  const [c, s] = [cluster.split('/').at(-1), service.split('/').at(-1)];
  return { action, resource: arn('ecs', `service/${c}/${s}`), absent: TAG_KEYS };
}

/** Publishing to an encrypted topic uses its key in the publisher's name. */
export function publishTo(topicArn: string, { keyOf }: Pick<Known, 'keyOf'>): NeededRight[] {
  const key = keyOf(topicArn);
  const publish = { action: 'sns:Publish', resource: topicArn };
  if (key === null) return [publish];
  return [publish, { action: 'kms:GenerateDataKey', resource: key }, { action: 'kms:Decrypt', resource: key }];
}

const entriesSchema = z.array(z.looseObject({ Source: text, DetailType: text, EventBusName: text.default('default') }));

const QUESTIONS: Readonly<Record<string, Question>> = {
  'dynamodb.GetItem': onTable('dynamodb:GetItem', keyOf),
  'dynamodb.PutItem': onTable('dynamodb:PutItem', keyOfItem),
  'dynamodb.UpdateItem': onTable('dynamodb:UpdateItem', keyOf),
  'dynamodb.DeleteItem': onTable('dynamodb:DeleteItem', keyOf),
  'dynamodb.Query': onTable('dynamodb:Query', keyOfQuery),
  'cloudwatch.GetMetricData': everywhere('cloudwatch:GetMetricData'),
  // A request that includes composite alarms needs permission for every alarm:
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
  'cloudwatch.DescribeAlarms': ({ AlarmTypes }) => {
    const composites = z.array(text).optional().parse(AlarmTypes)?.includes('CompositeAlarm') ?? false;
    return [{ action: 'cloudwatch:DescribeAlarms', resource: composites ? '*' : arn('cloudwatch', 'alarm:*') }];
  },
  'cloudwatch.ListAlarmMuteRules': () => [
    { action: 'cloudwatch:ListAlarmMuteRules', resource: arn('cloudwatch', 'alarm-mute-rule:*') },
  ],
  'cloudwatch.SetAlarmState': ({ AlarmName }) => [
    { action: 'cloudwatch:SetAlarmState', resource: arn('cloudwatch', `alarm:${text.parse(AlarmName)}`) },
  ],
  'states.StartExecution': ofMachine('states:StartExecution'),
  'states.ListExecutions': ofMachine('states:ListExecutions'),
  'states.DescribeExecution': ofExecution('states:DescribeExecution'),
  'states.StopExecution': ofExecution('states:StopExecution'),
  'states.GetExecutionHistory': ofExecution('states:GetExecutionHistory'),
  'states.SendTaskSuccess': everywhere('states:SendTaskSuccess'),
  'states.SendTaskFailure': everywhere('states:SendTaskFailure'),
  'states.SendTaskHeartbeat': everywhere('states:SendTaskHeartbeat'),
  'ecs.DescribeServices': describeServices,
  'ecs.UpdateService': ({ cluster = 'default', service }) => [
    service_(text.parse(cluster), text.parse(service), 'ecs:UpdateService'),
  ],
  'application-autoscaling.DescribeScalableTargets': everywhere('application-autoscaling:DescribeScalableTargets'),
  'application-autoscaling.RegisterScalableTarget': ({ ServiceNamespace, ScalableDimension }) => [
    {
      action: 'application-autoscaling:RegisterScalableTarget',
      // Its id is a hash that AWS computes.
      resource: arn('application-autoscaling', 'scalable-target/0ec50000000000000000'),
      context: {
        'application-autoscaling:service-namespace': [text.parse(ServiceNamespace)],
        'application-autoscaling:scalable-dimension': [text.parse(ScalableDimension)],
      },
    },
  ],
  'events.PutEvents': ({ Entries }) =>
    entriesSchema.parse(Entries).map(({ Source, DetailType, EventBusName }) => ({
      action: 'events:PutEvents',
      resource: EventBusName.startsWith('arn:') ? EventBusName : arn('events', `event-bus/${EventBusName}`),
      context: { 'events:source': [Source], 'events:detail-type': [DetailType] },
    })),
  'firehose.PutRecord': ({ DeliveryStreamName }) => [stream('firehose:PutRecord', DeliveryStreamName)],
  'firehose.PutRecordBatch': ({ DeliveryStreamName }) => [stream('firehose:PutRecordBatch', DeliveryStreamName)],
  'sns.Publish': ({ TopicArn }, known) => publishTo(text.parse(TopicArn), known),
  'elasticloadbalancing.CreateRule': createRule,
  'elasticloadbalancing.ModifyRule': onRules('elasticloadbalancing:ModifyRule', ruleArn),
  'elasticloadbalancing.DeleteRule': onRules('elasticloadbalancing:DeleteRule', ruleArn),
  'elasticloadbalancing.SetRulePriorities': onRules('elasticloadbalancing:SetRulePriorities', movedRules),
  // Every identity may call this.
  'sts.GetCallerIdentity': () => [],
  'lambda.GetFunctionConfiguration': ({ functionName }) => [
    { ...invocation(text.parse(functionName)), action: 'lambda:GetFunctionConfiguration' },
  ],
  'lambda.Invoke': ({ functionName, qualifier }) => [invocation(text.parse(functionName), qualifier)],
};

function stream(action: string, name: unknown): NeededRight {
  return { action, resource: arn('firehose', `deliverystream/${text.parse(name)}`) };
}

/** Invoking a function, given its name or its (possibly qualified) ARN. */
export function invocation(nameOrArn: string, qualifier?: unknown): NeededRight {
  const unqualified = nameOrArn.startsWith('arn:') ? nameOrArn : arn('lambda', `function:${nameOrArn}`);
  const resource = typeof qualifier === 'string' ? `${unqualified}:${qualifier}` : unqualified;
  return { action: 'lambda:InvokeFunction', resource };
}

/** @throws RangeError for a call whose permissions are not listed here */
export function askedBy(service: string, operation: string, fields: Fields, known: Known): readonly NeededRight[] {
  const question = QUESTIONS[`${service}.${operation}`];
  if (question !== undefined) return question(fields, known);
  if (service === 'elasticloadbalancing' && operation.startsWith('Describe'))
    return everywhere(`${service}:${operation}`)(fields, known);
  throw new RangeError(`which permission does AWS ask for ${service}.${operation}?`);
}
