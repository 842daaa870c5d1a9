/** Converts resources of the templates to the models of the local services. */
import * as z from 'zod';
import { GUARD_TYPE } from '../../core/model/index.ts';
import type { LoadBalancerModel } from '../machine/index.ts';
import { alarmPropertiesSchema, LocalAlarm } from './cloudwatch/index.ts';
import type { FunctionSpec } from './lambda/index.ts';
import { type LocalListener, type LocalService, type TableKeys, tableSchema } from './services/index.ts';
import { type Definition, definitionSchema } from './states/index.ts';
import type { Assembly, Names, Resource } from './template/index.ts';

const MODELLED = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::Lambda::Permission',
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::S3::BucketPolicy',
  'AWS::KMS::Key',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::SNS::Topic',
  'AWS::SNS::Subscription',
  'AWS::SQS::Queue',
  'AWS::CloudWatch::Alarm',
  'AWS::Events::Rule',
  'AWS::StepFunctions::StateMachine',
  'AWS::StepFunctions::StateMachineVersion',
  'AWS::StepFunctions::StateMachineAlias',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::ECS::Service',
  'AWS::ECS::Cluster',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::KinesisFirehose::DeliveryStream',
  'Custom::WeightedRule',
  GUARD_TYPE,
]);

/** Resource types that have no counterpart here, with their number; listed, so that none is silently omitted. */
export function notModelled({ resources }: Assembly): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const r of resources) {
    const foreign = r.type === 'AWS::Lambda::Function' ? !isOurs(r) : !MODELLED.has(r.type);
    const what = r.type === 'AWS::Lambda::Function' ? `${r.type} (${String(r.properties.Handler)})` : r.type;
    if (foreign) counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

export function ofType({ resources }: Assembly, ...types: readonly string[]): Resource[] {
  return resources.filter((r) => types.includes(r.type));
}

/** @throws RangeError if the assembly has none of the type, or several */
export function only(assembly: Assembly, type: string): Resource {
  const [first, ...rest] = ofType(assembly, type);
  if (first === undefined || rest.length > 0)
    throw new RangeError(`exactly one ${type} was expected, not ${first === undefined ? 0 : rest.length + 1}`);
  return first;
}

const MACHINE = 'AWS::StepFunctions::StateMachine';

/** The cutover's machine: if there are several, the published one. The parity backfill's is not part of a rehearsal. */
export function cutoverMachineOf(assembly: Assembly, names: Names): Resource {
  const published = ofType(assembly, 'AWS::StepFunctions::StateMachineVersion').map(
    (r) => names.properties(r).StateMachineArn,
  );
  const [found, ...rest] = ofType(assembly, MACHINE).filter((r) => published.includes(names.arnOf(r)));
  return found === undefined || rest.length > 0 ? only(assembly, MACHINE) : found;
}

const healthSchema = z.looseObject({
  HealthCheckPath: z.string().default('/'),
  HealthCheckIntervalSeconds: z.number().default(30),
  HealthCheckTimeoutSeconds: z.number().default(5),
  HealthyThresholdCount: z.number().default(5),
  UnhealthyThresholdCount: z.number().default(2),
  Matcher: z.looseObject({ HttpCode: z.string() }).default({ HttpCode: '200' }),
  TargetGroupAttributes: z.array(z.looseObject({ Key: z.string(), Value: z.string() })).default([]),
});

/** Without rules, which their custom resources create. */
export function loadBalancerOf(assembly: Assembly, names: Names): LoadBalancerModel {
  const lb = only(assembly, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const targetGroups: LoadBalancerModel['targetGroups'] = new Map();
  for (const r of ofType(assembly, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
    const h = healthSchema.parse(names.properties(r));
    const arn = names.arnOf(r);
    const healthCheck = {
      path: h.HealthCheckPath,
      intervalSeconds: h.HealthCheckIntervalSeconds,
      timeoutSeconds: h.HealthCheckTimeoutSeconds,
      healthyThreshold: h.HealthyThresholdCount,
      unhealthyThreshold: h.UnhealthyThresholdCount,
      matcher: h.Matcher.HttpCode,
    };
    const attributes = Object.fromEntries(h.TargetGroupAttributes.map(({ Key, Value }) => [Key, Value]));
    targetGroups.set(arn, { arn, fullName: names.fullName(r), healthCheck, targets: [], attributes });
  }
  return { arn: names.arnOf(lb), fullName: names.fullName(lb), rules: new Map(), targetGroups };
}

const listenerSchema = z.looseObject({
  Port: z.number().default(80),
  Protocol: z.string().default('HTTP'),
  DefaultActions: z.array(z.looseObject({ Type: z.string() })),
});

export function listenersOf(assembly: Assembly, names: Names): LocalListener[] {
  return ofType(assembly, 'AWS::ElasticLoadBalancingV2::Listener').map((r) => {
    const { Port, Protocol, DefaultActions } = listenerSchema.parse(names.properties(r));
    return { arn: names.arnOf(r), port: Port, protocol: Protocol, defaultActions: DefaultActions };
  });
}

const serviceSchema = z.looseObject({ Cluster: z.string().default('default'), DesiredCount: z.number().default(1) });
const boundsSchema = z.looseObject({ ResourceId: z.string(), MinCapacity: z.number(), MaxCapacity: z.number() });

export function servicesOf(assembly: Assembly, names: Names): LocalService[] {
  const bounds = ofType(assembly, 'AWS::ApplicationAutoScaling::ScalableTarget').map((r) =>
    boundsSchema.parse(names.properties(r)),
  );
  return ofType(assembly, 'AWS::ECS::Service').map((r) => {
    const { Cluster, DesiredCount: desired } = serviceSchema.parse(names.properties(r));
    const cluster = Cluster.split('/').at(-1) ?? Cluster;
    const name = names.nameOf(r);
    const found = bounds.find((b) => b.ResourceId === `service/${cluster}/${name}`);
    const scaling =
      found === undefined
        ? null
        : { min: found.MinCapacity, max: found.MaxCapacity, suspended: false, scheduledSuspended: false };
    return { cluster, name, desired, running: desired, scaling };
  });
}

export function alarmsOf(assembly: Assembly, names: Names): Map<string, LocalAlarm> {
  const alarms = ofType(assembly, 'AWS::CloudWatch::Alarm').map(
    (r) => new LocalAlarm(alarmPropertiesSchema.parse({ AlarmName: names.nameOf(r), ...names.properties(r) })),
  );
  return new Map(alarms.map((alarm) => [alarm.properties.AlarmName, alarm]));
}

export function machineDefinitionOf(resource: Resource, names: Names): Definition {
  return definitionSchema.parse(JSON.parse(String(names.properties(resource).DefinitionString)));
}

/** The role that Step Functions assumes for it. */
export function machineRoleOf(resource: Resource, names: Names): string | null {
  return z.looseObject({ RoleArn: z.string().nullable().default(null) }).parse(names.properties(resource)).RoleArn;
}

const topicSchema = z.looseObject({ KmsMasterKeyId: z.string().nullable().default(null) });

/** Keys of the encrypted topics, by the topics' ARNs. */
export function topicKeysOf(assembly: Assembly, names: Names): ReadonlyMap<string, string | null> {
  return new Map(
    ofType(assembly, 'AWS::SNS::Topic').map((r) => [
      names.arnOf(r),
      topicSchema.parse(names.properties(r)).KmsMasterKeyId,
    ]),
  );
}

const taskSchema = z.looseObject({
  TaskRoleArn: z.string(),
  ContainerDefinitions: z.array(
    z.looseObject({ Environment: z.array(z.looseObject({ Name: z.string() })).default([]) }),
  ),
});

/** The role of the mirror's task, recognised by its sink; null if there is no mirror. */
export function mirrorRoleOf(assembly: Assembly, names: Names): string | null {
  const tasks = ofType(assembly, 'AWS::ECS::TaskDefinition').map((r) => taskSchema.parse(names.properties(r)));
  const mirror = tasks.find((t) =>
    t.ContainerDefinitions.some((c) => c.Environment.some((e) => e.Name === 'MIRROR_SINK')),
  );
  return mirror?.TaskRoleArn ?? null;
}

const functionSchema = z.looseObject({
  Role: z.string().optional(),
  Timeout: z.number().default(3),
  Code: z.looseObject({ S3Key: z.string() }),
  LoggingConfig: z.looseObject({ LogGroup: z.string().optional() }).default({}),
  TracingConfig: z.looseObject({ Mode: z.string() }).default({ Mode: 'PassThrough' }),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.string()).default({}) }).default({ Variables: {} }),
});

/**
 * The handler of every bundle of Crossfade; a function with another one is the CDK's, and not part of the rehearsal.
 */
function isOurs({ properties: { Handler, Code } }: Resource): boolean {
  return Handler === 'index.handler' && typeof Code === 'object' && Code !== null && 'S3Key' in Code;
}

export interface DeployedFunction extends FunctionSpec {
  /** @default - a template without roles */
  readonly roleArn?: string;
  /** ARN of the log group, with `:*`. */
  readonly logsArn: string;
  readonly traced: boolean;
}

/** null for a function that is not Crossfade's. */
export function functionOf(assembly: Assembly, names: Names, resource: Resource): DeployedFunction | null {
  if (!isOurs(resource)) return null;
  const { Code, Environment, Timeout, Role, LoggingConfig, TracingConfig } = functionSchema.parse(
    names.properties(resource),
  );
  return {
    name: names.nameOf(resource),
    codeDir: assembly.assetDir(Code.S3Key),
    environment: Environment.Variables,
    timeoutSeconds: Timeout,
    ...(Role === undefined ? {} : { roleArn: Role }),
    logsArn: names.arn('logs', `log-group:${LoggingConfig.LogGroup ?? `/aws/lambda/${names.nameOf(resource)}`}`),
    traced: TracingConfig.Mode === 'Active',
  };
}

export function tablesOf(assembly: Assembly, names: Names): { name: string; keys: TableKeys }[] {
  return ofType(assembly, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table').map((r) => ({
    name: names.nameOf(r),
    keys: tableSchema.parse(names.properties(r)),
  }));
}

const streamSchema = z.looseObject({
  ExtendedS3DestinationConfiguration: z.looseObject({
    RoleARN: z.string().nullable().default(null),
    BucketARN: z.string().default(''),
    Prefix: z.string().default(''),
    ProcessingConfiguration: z
      .looseObject({
        Processors: z.array(
          z.looseObject({
            Parameters: z.array(z.looseObject({ ParameterName: z.string(), ParameterValue: z.string() })),
          }),
        ),
      })
      .optional(),
  }),
});

const subscriptionSchema = z.looseObject({ Protocol: z.string(), TopicArn: z.string(), Endpoint: z.string() });

/**
 * ARNs of the queues, each with the topics to which it is subscribed; other subscribers are people, who are not
 * modelled.
 */
export function queuesOf(assembly: Assembly, names: Names): ReadonlyMap<string, readonly string[]> {
  const subscribed = ofType(assembly, 'AWS::SNS::Subscription')
    .map((r) => subscriptionSchema.parse(names.properties(r)))
    .filter(({ Protocol }) => Protocol === 'sqs');
  const topicsOf = (arn: string) =>
    subscribed.flatMap(({ TopicArn, Endpoint }) => (Endpoint === arn ? [TopicArn] : []));
  return new Map(ofType(assembly, 'AWS::SQS::Queue').map((r) => [names.arnOf(r), topicsOf(names.arnOf(r))]));
}

export interface StreamSpec {
  readonly name: string;
  readonly arn: string;
  /** undefined: records are delivered unchanged. */
  readonly transformArn: string | undefined;
  /** null in a template without roles. */
  readonly roleArn: string | null;
  /** ARN of an object that the stream writes. */
  readonly objectArn: string;
  /** Simulated seconds between two calls of the transform. */
  readonly bufferSeconds: number;
}

export function streamOf(assembly: Assembly, names: Names): StreamSpec {
  const resource = only(assembly, 'AWS::KinesisFirehose::DeliveryStream');
  const { ExtendedS3DestinationConfiguration: s3 } = streamSchema.parse(names.properties(resource));
  const parameters = s3.ProcessingConfiguration?.Processors.flatMap((p) => p.Parameters) ?? [];
  const value = (name: string) => parameters.find((p) => p.ParameterName === name)?.ParameterValue;
  return {
    name: names.nameOf(resource),
    arn: names.arnOf(resource),
    transformArn: value('LambdaArn'),
    roleArn: s3.RoleARN,
    // The part of a prefix with the time follows its first words.
    objectArn: `${s3.BucketARN}/${s3.Prefix.replace(/!\{.*$/, '')}object`,
    bufferSeconds: Number(value('BufferIntervalInSeconds') ?? 60),
  };
}
