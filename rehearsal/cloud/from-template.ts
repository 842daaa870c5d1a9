/** From resources of the templates to the models of the local services. */
import * as z from 'zod';
import type { LoadBalancerModel } from '../world.ts';
import { alarmPropertiesSchema, LocalAlarm } from './alarms.ts';
import type { Assembly, Resource } from './assembly.ts';
import type { Names } from './names.ts';
import type { LocalService } from './services.ts';
import { type Definition, definitionSchema } from './step-functions.ts';

const MODELLED = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::DynamoDB::GlobalTable',
  'AWS::SNS::Topic',
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
]);

/** Resource types that have no counterpart here, with their number: listed, not silently left out. */
export function notModelled({ resources }: Assembly): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of resources) if (!MODELLED.has(type)) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

export function ofType({ resources }: Assembly, type: string): Resource[] {
  return resources.filter((r) => r.type === type);
}

/** @throws RangeError when the assembly has none of the type, or several. */
export function only(assembly: Assembly, type: string): Resource {
  const [first, ...rest] = ofType(assembly, type);
  if (first === undefined || rest.length > 0)
    throw new RangeError(`exactly one ${type} was expected, not ${first === undefined ? 0 : rest.length + 1}`);
  return first;
}

const healthSchema = z.looseObject({
  HealthCheckPath: z.string().default('/'),
  HealthCheckIntervalSeconds: z.number().default(30),
  HealthCheckTimeoutSeconds: z.number().default(5),
  HealthyThresholdCount: z.number().default(5),
  UnhealthyThresholdCount: z.number().default(2),
  Matcher: z.looseObject({ HttpCode: z.string() }).default({ HttpCode: '200' }),
});

/** Without rules: those are made by their custom resources. */
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
    targetGroups.set(arn, { arn, fullName: names.fullName(r), healthCheck, targets: [] });
  }
  return { arn: names.arnOf(lb), fullName: names.fullName(lb), rules: new Map(), targetGroups };
}

const serviceSchema = z.looseObject({ Cluster: z.string(), DesiredCount: z.number().default(1) });
const boundsSchema = z.looseObject({ ResourceId: z.string(), MinCapacity: z.number(), MaxCapacity: z.number() });

export function servicesOf(assembly: Assembly, names: Names): LocalService[] {
  const bounds = ofType(assembly, 'AWS::ApplicationAutoScaling::ScalableTarget').map((r) =>
    boundsSchema.parse(names.properties(r)),
  );
  return ofType(assembly, 'AWS::ECS::Service').map((r) => {
    const { Cluster: cluster, DesiredCount: desired } = serviceSchema.parse(names.properties(r));
    const name = names.nameOf(r);
    const found = bounds.find((b) => b.ResourceId === `service/${cluster}/${name}`);
    const scaling = found === undefined ? null : { min: found.MinCapacity, max: found.MaxCapacity, suspended: false };
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

/** ARN of the function that a delivery stream hands its records to. */
export function transformOf(stream: Resource, names: Names): string {
  const arn = /arn:aws:lambda:[^"]+function:[A-Za-z0-9-]+/.exec(JSON.stringify(names.properties(stream)))?.[0];
  if (arn === undefined) throw new RangeError(`delivery stream ${stream.logicalId} has no transformation`);
  return arn;
}
