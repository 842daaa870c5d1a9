/** Every policy in the templates: of roles, and of resources. */
import * as z from 'zod';
import { ACCOUNT, type Assembly, type Names, type Resource } from '../template/index.ts';
import { parsePolicy, type Statement } from './policy.ts';

export interface Role {
  readonly arn: string;
  readonly statements: readonly Statement[];
  /** @default - no boundary */
  readonly boundary?: readonly Statement[];
  /** Who may assume the role: the role's own policy. */
  readonly trust: readonly Statement[];
}

/** The policy of a resource. */
export interface Attached {
  readonly arn: string;
  readonly statements: readonly Statement[];
}

export interface AccountPolicies {
  readonly roles: ReadonlyMap<string, Role>;
  readonly attached: readonly Attached[];
}

/**
 * Policies that AWS manages.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
 */
export const POLICIES_OF_AWS: Readonly<Record<string, unknown>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  },
};

/** SNS's default policy of a topic: allows its account, and the services that act on its behalf. */
const TOPIC_DEFAULT = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: '*',
    Action: 'sns:Publish',
    Condition: { StringEqualsIfExists: { 'aws:SourceAccount': ACCOUNT } },
  },
};

const arns = z.array(z.string()).default([]);
const roleSchema = z.looseObject({
  AssumeRolePolicyDocument: z.unknown(),
  ManagedPolicyArns: arns,
  PermissionsBoundary: z.string().optional(),
  Policies: z.array(z.looseObject({ PolicyDocument: z.unknown() })).default([]),
});
const policySchema = z.looseObject({ PolicyDocument: z.unknown(), Roles: arns });
const keySchema = z.looseObject({ KeyPolicy: z.unknown() });
const attachedSchema = z.looseObject({
  PolicyDocument: z.unknown(),
  Topics: arns,
  Queues: arns,
  Bucket: z.string().optional(),
});
const permissionSchema = z.looseObject({
  FunctionName: z.string(),
  Action: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/** @throws z.ZodError or RangeError for a policy that is unknown here */
export function policiesOf({ resources }: Assembly, names: Names): AccountPolicies {
  const read = (...types: readonly string[]) => resources.filter((r) => types.includes(r.type));
  const managed = new Map(
    read('AWS::IAM::ManagedPolicy').map((r) => [
      names.arnOf(r),
      parsePolicy(r.logicalId, policySchema.parse(names.properties(r)).PolicyDocument),
    ]),
  );
  const byArn = (holder: string, arn: string): readonly Statement[] => {
    if (POLICIES_OF_AWS[arn] !== undefined) return parsePolicy(holder, POLICIES_OF_AWS[arn]);
    const found = managed.get(arn);
    if (found === undefined) throw new RangeError(`${holder}: the policy ${arn} is not known here`);
    return found.map((s) => ({ ...s, holder }));
  };
  const added = read('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy').map((r) => policySchema.parse(names.properties(r)));
  const roles = read('AWS::IAM::Role').map((r): [string, Role] => {
    const { ManagedPolicyArns, Policies, PermissionsBoundary, ...given } = roleSchema.parse(names.properties(r));
    const holder = r.logicalId;
    const documents = [...Policies, ...added.filter((p) => p.Roles.includes(names.nameOf(r)))];
    const statements = [
      ...documents.flatMap((p) => parsePolicy(holder, p.PolicyDocument)),
      ...ManagedPolicyArns.flatMap((arn) => byArn(holder, arn)),
    ];
    const arn = names.arnOf(r);
    const trust = parsePolicy(holder, given.AssumeRolePolicyDocument);
    return PermissionsBoundary === undefined
      ? [arn, { arn, statements, trust }]
      : [arn, { arn, statements, trust, boundary: byArn(`${holder} (boundary)`, PermissionsBoundary) }];
  });
  const attached = [
    ...read('AWS::KMS::Key').map((r) => {
      const { KeyPolicy } = keySchema.parse(names.properties(r));
      return { arn: names.arnOf(r), statements: parsePolicy(r.logicalId, KeyPolicy) };
    }),
    ...read('AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy').flatMap((r) => {
      const { Topics, Queues, Bucket, PolicyDocument } = attachedSchema.parse(names.properties(r));
      const statements = parsePolicy(r.logicalId, PolicyDocument);
      const buckets = Bucket === undefined ? [] : [`arn:aws:s3:::${Bucket}`];
      return [...Topics, ...Queues, ...buckets].map((arn) => ({ arn, statements }));
    }),
    ...read('AWS::Lambda::Permission').map((r) => permission(r, names)),
  ];
  const open = read('AWS::SNS::Topic').filter((r) => !attached.some(({ arn }) => arn === names.arnOf(r)));
  attached.push(...open.map((r) => ({ arn: names.arnOf(r), statements: parsePolicy(r.logicalId, TOPIC_DEFAULT) })));
  return { roles: new Map(roles), attached };
}

/** As Lambda adds it to the function's policy. */
function permission(resource: Resource, names: Names): Attached {
  const { FunctionName, Action, Principal, SourceArn, SourceAccount } = permissionSchema.parse(
    names.properties(resource),
  );
  const arn = FunctionName.startsWith('arn:') ? FunctionName : names.arn('lambda', `function:${FunctionName}`);
  const Condition = {
    ...(SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    ...(SourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
  };
  const whom = Principal === ACCOUNT ? { AWS: Principal } : { Service: Principal };
  const Statement = { Effect: 'Allow', Principal: whom, Action, Resource: arn, Condition };
  return { arn, statements: parsePolicy(resource.logicalId, { Version: '2012-10-17', Statement }) };
}
