/** The account's state: from the templates where they define it, and otherwise AWS's defaults. Tests may change it. */
import * as z from 'zod';
import { POLICIES_OF_AWS } from '../access/index.ts';
import type { Assembly, Names, Resource } from '../template/index.ts';

export interface LocalRole {
  readonly arn: string;
  /** Documents of inline policies, by name. */
  readonly policies: Map<string, unknown>;
  /** Documents of managed policies, by ARN. */
  readonly attached: Map<string, unknown>;
  /** The permissions boundary; absent if there is none. */
  boundary?: unknown;
}

export interface LocalTopicState {
  policy: unknown;
  readonly keyArn: string | null;
  confirmed: number;
  pending: number;
}

export interface LocalAccount {
  /** By name. */
  readonly roles: Map<string, LocalRole>;
  /** Key policies, by the key's ARN. */
  readonly keys: Map<string, unknown>;
  /** By ARN. */
  readonly topics: Map<string, LocalTopicState>;
  /** By the ARN of the tagged resource. */
  readonly tags: Map<string, Readonly<Record<string, string>>>;
  /** ELBv2's limits, by the names in DescribeAccountLimits. */
  readonly limits: Map<string, number>;
  /** Names of scheduled scaling actions, by `service/<cluster>/<name>`. */
  readonly scheduled: Map<string, readonly string[]>;
  /** Lambda's limit. */
  unreservedConcurrency: number;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const DEFAULT_LIMITS = {
  'rules-per-application-load-balancer': 100,
  'target-groups-per-application-load-balancer': 100,
  'targets-per-application-load-balancer': 1_000,
} as const;

const roleRef = z.object({ Roles: z.array(z.string()), PolicyName: z.string(), PolicyDocument: z.unknown() });
const managedSchema = z.looseObject({ ManagedPolicyArns: z.array(z.string()).default([]) });
const topicPolicySchema = z.looseObject({ Topics: z.array(z.string()), PolicyDocument: z.unknown() });

export function localAccount({ resources }: Assembly, names: Names): LocalAccount {
  const of = (type: string) => resources.filter((r) => r.type === type);
  const properties = (r: Resource) => names.properties(r);
  const topics = new Map(
    of('AWS::SNS::Topic').map((r) => {
      const key = properties(r).KmsMasterKeyId;
      const state: LocalTopicState = {
        policy: null,
        keyArn: typeof key === 'string' ? key : null,
        confirmed: 0,
        pending: 0,
      };
      return [names.arnOf(r), state];
    }),
  );
  for (const r of of('AWS::SNS::TopicPolicy')) {
    const { Topics, PolicyDocument } = topicPolicySchema.parse(properties(r));
    for (const arn of Topics) {
      const topic = topics.get(arn);
      if (topic !== undefined) topic.policy = PolicyDocument;
    }
  }
  return {
    roles: new Map(),
    topics,
    keys: new Map(of('AWS::KMS::Key').map((r) => [names.arnOf(r), properties(r).KeyPolicy])),
    tags: new Map(),
    limits: new Map(Object.entries(DEFAULT_LIMITS)),
    scheduled: new Map(),
    unreservedConcurrency: 1_000,
  };
}

/** Adds the roles after the custom resources exist, because policies use their attributes. */
export function addRoles({ roles }: Pick<LocalAccount, 'roles'>, { resources }: Assembly, names: Names): void {
  const of = (type: string) => resources.filter((r) => r.type === type);
  for (const r of of('AWS::IAM::Role')) {
    const { ManagedPolicyArns } = managedSchema.parse(names.properties(r));
    const attached = new Map(ManagedPolicyArns.map((arn) => [arn, POLICIES_OF_AWS[arn]]));
    roles.set(names.nameOf(r), { arn: names.arnOf(r), policies: new Map(), attached });
  }
  for (const r of of('AWS::IAM::Policy')) {
    const { Roles, PolicyName, PolicyDocument } = roleRef.parse(names.properties(r));
    for (const role of Roles) roles.get(role)?.policies.set(PolicyName, PolicyDocument);
  }
}
