/** ECS services and their scaling limits, as far as the adapters read and write them. */
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';

/** A registered scalable target. */
export interface LocalScaling {
  readonly min: number;
  readonly max: number;
  readonly suspended: boolean;
  /** Scheduled actions are suspended separately from policies. */
  readonly scheduledSuspended: boolean;
}

export interface LocalService {
  readonly cluster: string;
  readonly name: string;
  desired: number;
  running: number;
  scaling: LocalScaling | null;
  /** ECS, CODE_DEPLOY or EXTERNAL. @default ECS */
  controller?: string;
  /** @default ROLLING */
  strategy?: string;
  /** @default ACTIVE */
  status?: string;
  /** Number of deployments of its task definition. @default 1 */
  revision?: number;
}

export interface ServicesOptions {
  readonly services: readonly LocalService[];
  /** Called when tasks are to be started or stopped. */
  readonly onScale: (service: LocalService) => void;
}

const PARAMETER = 'InvalidParameterException';
const describeSchema = z.strictObject({
  cluster: z.string().default('default'),
  services: z.array(z.string()).min(1).max(10),
});
const updateSchema = z.strictObject({
  cluster: z.string().default('default'),
  service: z.string(),
  desiredCount: z.int().min(0).optional(),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
export function ecs({ services, onScale }: ServicesOptions): JsonOperations {
  const inCluster = (cluster: string) => {
    const found = services.filter((s) => s.cluster === last(cluster));
    if (found.length === 0) throw new CloudError('ClusterNotFoundException', 'Cluster not found.');
    return found;
  };
  return {
    DescribeServices: (input) => {
      const wanted = parse(describeSchema, input, PARAMETER);
      const known = inCluster(wanted.cluster);
      const found = wanted.services.map((name) => ({ name, service: known.find((s) => s.name === last(name)) }));
      return {
        services: found.flatMap(({ service }) => (service === undefined ? [] : [describe(service)])),
        failures: found.flatMap(({ name, service }) =>
          service === undefined ? [{ arn: name, reason: 'MISSING' }] : [],
        ),
      };
    },
    UpdateService: (input) => {
      const { cluster, service, desiredCount } = parse(updateSchema, input, PARAMETER);
      const found = inCluster(cluster).find((s) => s.name === last(service));
      if (found === undefined) throw new CloudError('ServiceNotFoundException', 'Service not found.');
      if ((found.status ?? 'ACTIVE') !== 'ACTIVE')
        throw new CloudError('ServiceNotActiveException', 'Service was not ACTIVE.');
      resize(found, desiredCount ?? found.desired, onScale);
      return { service: describe(found) };
    },
  };
}

/** The role that Application Auto Scaling makes itself. */
const SCALING_ROLE =
  'arn:aws:iam::000000000000:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService';
const namespace = z.literal('ecs');
const dimension = z.literal('ecs:service:DesiredCount');
const resourceId = z
  .string()
  .min(1)
  .max(1_600)
  .regex(/^[\t\n\r\u0020-\uFFFD]*$/);
const idsSchema = z.strictObject({ ServiceNamespace: namespace, ResourceIds: z.array(resourceId).max(50).optional() });
const scheduledSchema = z.strictObject({ ServiceNamespace: namespace, ResourceId: resourceId });
const registerSchema = z.strictObject({
  ServiceNamespace: namespace,
  ScalableDimension: dimension,
  ResourceId: resourceId,
  MinCapacity: z.int().min(0).optional(),
  MaxCapacity: z.int().min(0).optional(),
  SuspendedState: z
    .strictObject({
      DynamicScalingInSuspended: z.boolean().optional(),
      ScheduledScalingSuspended: z.boolean().optional(),
    })
    .default({}),
});

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html */
export function applicationAutoScaling(
  { services, onScale }: ServicesOptions,
  scheduled: ReadonlyMap<string, readonly string[]> = new Map(),
): JsonOperations {
  const idOf = (s: LocalService) => `service/${s.cluster}/${s.name}`;
  return {
    DescribeScalableTargets: (input) => {
      const { ResourceIds } = parse(idsSchema, input);
      const found = services.filter((s) => ResourceIds?.includes(idOf(s)) ?? true);
      return {
        ScalableTargets: found.flatMap((s) =>
          s.scaling === null
            ? []
            : [
                {
                  ServiceNamespace: 'ecs',
                  ScalableDimension: 'ecs:service:DesiredCount',
                  ResourceId: idOf(s),
                  RoleARN: SCALING_ROLE,
                  CreationTime: 0,
                  MinCapacity: s.scaling.min,
                  MaxCapacity: s.scaling.max,
                  SuspendedState: {
                    DynamicScalingInSuspended: s.scaling.suspended,
                    ScheduledScalingSuspended: s.scaling.scheduledSuspended,
                  },
                },
              ],
        ),
      };
    },
    DescribeScheduledActions: (input) => {
      const { ResourceId } = parse(scheduledSchema, input);
      const names = scheduled.get(ResourceId) ?? [];
      return { ScheduledActions: names.map((ScheduledActionName) => ({ ScheduledActionName, ResourceId })) };
    },
    RegisterScalableTarget: (input) => {
      const { ResourceId, MinCapacity, MaxCapacity, SuspendedState } = parse(registerSchema, input);
      const service = services.find((s) => idOf(s) === ResourceId);
      if (service === undefined)
        throw new CloudError('ValidationException', `ECS service doesn't exist: ${ResourceId}`);
      // The limits may be omitted only for a target that is already registered.
      const [min, max] = [MinCapacity ?? service.scaling?.min, MaxCapacity ?? service.scaling?.max];
      if (min === undefined || max === undefined)
        throw new CloudError('ValidationException', 'MinCapacity and MaxCapacity are needed for a new scalable target');
      if (min > max)
        throw new CloudError('ValidationException', 'Maximum capacity cannot be less than minimum capacity');
      service.scaling = {
        min,
        max,
        suspended: SuspendedState.DynamicScalingInSuspended ?? service.scaling?.suspended ?? false,
        scheduledSuspended: SuspendedState.ScheduledScalingSuspended ?? service.scaling?.scheduledSuspended ?? false,
      };
      // Application Auto Scaling brings the count into new limits at once.
      resize(service, Math.min(max, Math.max(min, service.desired)), onScale);
      return {};
    },
  };
}

function resize(service: LocalService, desired: number, onScale: (service: LocalService) => void): void {
  if (desired === service.desired) return;
  service.desired = desired;
  onScale(service);
}

/** Accepts both names and ARNs where AWS does. */
function last(nameOrArn: string): string {
  return nameOrArn.split('/').at(-1) ?? nameOrArn;
}

function describe({
  name,
  desired,
  running,
  controller = 'ECS',
  strategy = 'ROLLING',
  status = 'ACTIVE',
  revision = 1,
}: LocalService) {
  return {
    serviceName: name,
    desiredCount: desired,
    runningCount: running,
    status,
    deploymentController: { type: controller },
    deploymentConfiguration: { strategy },
    deployments: [{ id: `ecs-svc/${revision}`, status: 'PRIMARY', taskDefinition: `${name}:${revision}` }],
  };
}
