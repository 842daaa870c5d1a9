/**
 * Generates the policies that CloudFormation needs to create, change and delete an attached cutover: the permissions
 * that AWS's own resource schemas name for the types of its template, on the names that its resources get.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ActionData } from '../../rehearsal/cloud/access/action-data.ts';

const schemaSchema = z.looseObject({
  typeName: z.string(),
  handlers: z.record(z.string(), z.looseObject({ permissions: z.array(z.string()).default([]) })).default({}),
});

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  }[];
}

/** Prefix of the stack's name, and so of the physical names that begin with it. */
const STACK = 'CrossfadeCutover-';
const any = (service: string, ...rest: string[]) => rest.map((name) => `arn:*:${service}:*:*:${name}`);

/** Resources of an attached cutover, by service. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  cloudwatch: any('cloudwatch', 'alarm:*', 'dashboard/*'),
  dynamodb: any('dynamodb', `table/${STACK}*`),
  events: any('events', `rule/${STACK}*`),
  firehose: any('firehose', `deliverystream/${STACK}*`),
  glue: any('glue', 'catalog', 'database/crossfade_*', 'table/crossfade_*', 'userDefinedFunction/crossfade_*'),
  iam: [
    `arn:*:iam::*:role/${STACK}*`,
    'arn:*:iam::*:role/*-campaign',
    // Only the operators' policies, `<ingress>-<region>-<what>`: a new version of any other policy would change the
    // rights of whoever it is attached to.
    ...['read', 'start', 'approve', 'rollback'].map((may) => `arn:*:iam::*:policy/*-*-*-*-${may}`),
  ],
  kms: any('kms', 'key/*'),
  lambda: any('lambda', `function:${STACK}*`, 'function:*-crossfade-rollback*'),
  logs: any('logs', `log-group:${STACK}*`, 'log-group:/aws/vendedlogs/states/*', 'log-group:/aws/kinesisfirehose/*'),
  s3: ['arn:*:s3:::crossfadecutover-*', 'arn:*:s3:::crossfadecutover-*/*'],
  sns: any('sns', `${STACK}*`),
  sqs: any('sqs', `${STACK}*`),
  states: any('states', 'stateMachine:*-cutover*', 'stateMachine:*-parity-backfill*'),
};

/** The only services to which roles may be passed. */
const PASSED_TO = ['lambda', 'states', 'firehose', 'events'].map((service) => `${service}.amazonaws.com`);
/** Function of the rules' provider. */
const RULE_PROVIDER = any('lambda', `function:${STACK}*RuleProvider*`);
/** The buckets in which the CDK's bootstrap stores the code of functions. */
const ASSETS = ['arn:*:s3:::cdk-*-assets-*', 'arn:*:s3:::cdk-*-assets-*/*'];
const READ_ASSETS = ['s3:GetObject', 's3:GetObjectVersion'];

/**
 * Actions that the schemas name for properties that no template here has, and actions that read or write data instead
 * of resources.
 */
const NOT_NEEDED = [
  /^(ec2|elasticfilesystem|s3files|s3tables|kinesis|lakeformation|application-autoscaling|secretsmanager|cognito-idp|autoscaling):/,
  /^dynamodb:(BatchWriteItem|DeleteItem|GetItem|PutItem|Query|Scan|UpdateItem|.*(Replica|KinesisStreaming|AutoScaling).*)$/,
  /^s3:(DeleteObject|PutObject|PutObjectAcl|.*(Replication|Website|Inventory|Analytics|Metadata|CORS|Cors|Accelerate|IntelligentTiering|ObjectLock|Abac).*)$/,
  /^lambda:.*(ProvisionedConcurrency|CodeSigning|CapacityProvider|RuntimeAlias|Layer|ScalingConfig|RuntimeManagement).*$/,
  /^logs:.*(DataProtection|Index|Bearer|DeletionProtection).*$/,
  /^glue:.*Connection.*$/,
  /^iam:.*(User|Group|ServiceLinked).*$/,
  /^kms:(Encrypt|GenerateDataKey|Decrypt)$/,
  /^cloudwatch:(GetMetricData|PutMetricData)$/,
  /^(sns|sqs):.*DataProtection.*$/,
];

/**
 * Returns the permissions of each of the given resource types.
 * @param folder cfn-lint's schemas: `cfnlint/data/schemas/resources`
 */
export function permissionsOf(folder: string, types: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    const { typeName, handlers } = schemaSchema.parse(JSON.parse(text));
    if (types.has(typeName))
      found.set(
        typeName,
        Object.values(handlers).flatMap(({ permissions }) => permissions),
      );
  }
  return found;
}

/** Returns two documents, since a managed policy holds at most 6,144 characters. */
export async function deployPolicies(
  permissions: Iterable<readonly string[]>,
): Promise<Readonly<Record<'resources' | 'identities', PolicyDocument>>> {
  const named = [...new Set([...permissions].flat())].filter((action) => !NOT_NEEDED.some((not) => not.test(action)));
  const data = await ActionData.of(new Set(named.map((action) => action.split(':')[0] ?? '')));
  const actions = named.filter((action) => isAction(data, action) && !READ_ASSETS.includes(action)).sort();
  // A pattern counts as one on resources if any action that it matches has resources. Its other actions are not needed:
  // AWS's schema of a table has `dynamodb:Describe*`.
  const hasResources = (action: string) => data.matching(action).some((one) => data.hasResources(one));
  const serviceOf = (action: string) => action.split(':')[0] ?? '';
  const statements = (chosen: (service: string) => boolean) => {
    const ours = actions.filter((action) => chosen(serviceOf(action)) && action !== 'iam:PassRole');
    const onResources = ours.filter(hasResources);
    return [
      ...[...new Set(onResources.map(serviceOf))].map((service) => ({
        Sid: service.replace(/^\w/, (letter) => letter.toUpperCase()),
        Effect: 'Allow' as const,
        Action: onResources.filter((action) => serviceOf(action) === service),
        Resource: RESOURCES[service] ?? [],
      })),
      {
        Sid: 'WithoutResources',
        Effect: 'Allow' as const,
        Action: ours.filter((action) => !hasResources(action)),
        Resource: '*',
      },
    ];
  };
  const isIdentity = (service: string) => ['iam', 'lambda', 'logs', 'kms'].includes(service);
  const Version = '2012-10-17';
  return {
    resources: { Version, Statement: statements((service) => !isIdentity(service)) },
    identities: {
      Version,
      Statement: [
        ...statements(isIdentity),
        {
          Sid: 'Pass',
          Effect: 'Allow',
          Action: ['iam:PassRole'],
          Resource: RESOURCES.iam?.filter((arn) => arn.includes(':role/')) ?? [],
          Condition: { StringEquals: { 'iam:PassedToService': PASSED_TO } },
        },
        // A custom resource is invoked with the rights of whoever deploys it.
        { Sid: 'Invoke', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: RULE_PROVIDER },
        { Sid: 'Assets', Effect: 'Allow', Action: READ_ASSETS, Resource: ASSETS },
        {
          Sid: 'Bootstrap',
          Effect: 'Allow',
          Action: ['ssm:GetParameters'],
          Resource: any('ssm', 'parameter/cdk-bootstrap/*'),
        },
      ],
    },
  };
}

/** Whether AWS has such an action. A schema may name others, such as `s3:REST.PUT.OBJECT`. */
function isAction(data: ActionData, action: string): boolean {
  try {
    return data.matching(action).length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
