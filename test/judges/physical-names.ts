/**
 * ARNs of a stack's resources, with the names that CloudFormation generates where a template gives none:
 * `<stack>-<logical id>-<12 characters>`, cut to the service's maximum length.
 */
import * as z from 'zod';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>> | undefined;
}

const RANDOM = 'ABCDEFGHIJKL';
const AT = 'eu-west-1:123456789012';

/** For each resource type: the maximum length of its name, the property that gives the name, and the ARN for a name. */
const NAMED: Readonly<Record<string, readonly [number, string, (name: string) => string]>> = {
  'AWS::CloudWatch::Alarm': [255, 'AlarmName', (name) => `arn:aws:cloudwatch:${AT}:alarm:${name}`],
  'AWS::CloudWatch::Dashboard': [255, 'DashboardName', (name) => `arn:aws:cloudwatch::123456789012:dashboard/${name}`],
  'AWS::DynamoDB::GlobalTable': [255, 'TableName', (name) => `arn:aws:dynamodb:${AT}:table/${name}`],
  'AWS::Events::Rule': [64, 'Name', (name) => `arn:aws:events:${AT}:rule/${name}`],
  'AWS::IAM::ManagedPolicy': [128, 'ManagedPolicyName', (name) => `arn:aws:iam::123456789012:policy/${name}`],
  'AWS::IAM::Role': [64, 'RoleName', (name) => `arn:aws:iam::123456789012:role/${name}`],
  'AWS::KinesisFirehose::DeliveryStream': [
    64,
    'DeliveryStreamName',
    (name) => `arn:aws:firehose:${AT}:deliverystream/${name}`,
  ],
  'AWS::Lambda::Function': [64, 'FunctionName', (name) => `arn:aws:lambda:${AT}:function:${name}`],
  'AWS::Logs::LogGroup': [512, 'LogGroupName', (name) => `arn:aws:logs:${AT}:log-group:${name}`],
  'AWS::S3::Bucket': [63, 'BucketName', (name) => `arn:aws:s3:::${name.toLowerCase()}`],
  'AWS::SNS::Topic': [256, 'TopicName', (name) => `arn:aws:sns:${AT}:${name}`],
  'AWS::SQS::Queue': [80, 'QueueName', (name) => `arn:aws:sqs:${AT}:${name}`],
  'AWS::StepFunctions::StateMachine': [80, 'StateMachineName', (name) => `arn:aws:states:${AT}:stateMachine:${name}`],
};

/** Returns null if the calls for this resource name another resource, or none. */
export function arnOf(stack: string, id: string, { Type, Properties = {} }: TemplateResource): string | null {
  const named = NAMED[Type];
  if (named === undefined) return null;
  const [longest, property, arn] = named;
  return arn(literal(Properties[property]) ?? physicalName(stack, id, longest));
}

/**
 * Returns the name that a template gives, or null. In a joined name, every part that AWS fills in is replaced by the
 * region.
 */
function literal(value: unknown): string | null {
  if (typeof value === 'string') return value;
  const joined = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }).safeParse(value).data;
  return joined === undefined
    ? null
    : joined['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'eu-west-1')).join(joined['Fn::Join'][0]);
}

/**
 * How CloudFormation cuts the two parts is not documented. Half of the remaining length for each is the least that was
 * observed.
 */
function physicalName(stack: string, id: string, longest: number): string {
  const room = longest - RANDOM.length - 2;
  if (stack.length + id.length <= room) return `${stack}-${id}-${RANDOM}`;
  const half = Math.floor(room / 2);
  const prefix = stack.slice(0, Math.max(half, room - id.length));
  return `${prefix}-${id.slice(0, room - prefix.length)}-${RANDOM}`;
}
