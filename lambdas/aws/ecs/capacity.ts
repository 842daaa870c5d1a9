/** The capacity port, implemented with ECS and Application Auto Scaling. */
import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { type Capacity, type CapacitySnapshot, CrossfadeError, type Deployment } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { describeService, type EcsClient } from './service.ts';

export interface CapacityClients {
  readonly ecs: EcsClient;
  readonly scaling: Pick<ApplicationAutoScalingClient, 'send'>;
}

const SCALING = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

export function ecsCapacity(
  { ecs, scaling }: CapacityClients,
  services: NonNullable<Deployment['services']>,
): Capacity {
  const { cluster, service } = services.stable;
  const ResourceId = `service/${cluster}/${service}`;

  async function target() {
    const { ScalableTargets = [] } = await aws('DescribeScalableTargets', () =>
      scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [ResourceId] })),
    );
    return ScalableTargets[0];
  }

  /**
   * RegisterScalableTarget immediately clamps the desired count into the limits, so limits never shrink below the
   * present count.
   */
  async function register(min: number, max: number, suspended: boolean, scheduled = suspended) {
    await aws('RegisterScalableTarget', () =>
      scaling.send(
        new RegisterScalableTargetCommand({
          ...SCALING,
          ResourceId,
          MinCapacity: min,
          MaxCapacity: max,
          SuspendedState: { DynamicScalingInSuspended: suspended, ScheduledScalingSuspended: scheduled },
        }),
      ),
    );
  }

  return {
    async snapshot() {
      const live = await describeService(ecs, services.stable);
      if (live?.desiredCount === undefined) {
        throw new CrossfadeError('Crossfade.Refused', `ECS service ${service} does not exist in cluster ${cluster}.`, {
          traffic: 'unchanged.',
          nextStep: 'deploy the stable service, or leave `services` out of the deployment when it is not on ECS.',
        });
      }
      return { desired: live.desiredCount, running: live.runningCount ?? 0, scaling: scalingOf(await target()) };
    },
    async pin(snapshot) {
      if (snapshot.scaling === null) return;
      await register(
        Math.max(snapshot.scaling.min, snapshot.desired),
        Math.max(snapshot.scaling.max, snapshot.desired),
        true,
      );
    },
    async scaleStable(desired) {
      const bounds = await target();
      if (bounds?.MaxCapacity !== undefined) await register(desired, Math.max(bounds.MaxCapacity, desired), true);
      await aws('UpdateService', () => ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: desired })));
    },
    async release(snapshot) {
      if (snapshot.scaling === null) return;
      const { min, max, suspended, scheduledSuspended } = snapshot.scaling;
      await register(min, max, suspended, scheduledSuspended);
    },
  };
}

function scalingOf(target: ScalableTarget | undefined): CapacitySnapshot['scaling'] {
  if (target?.MinCapacity === undefined || target.MaxCapacity === undefined) return null;
  const { MinCapacity: min, MaxCapacity: max, SuspendedState } = target;
  return {
    min,
    max,
    suspended: SuspendedState?.DynamicScalingInSuspended ?? false,
    scheduledSuspended: SuspendedState?.ScheduledScalingSuspended ?? false,
  };
}

/** For a stable side that is not an ECS service of the deployment: its capacity is left alone. */
export const foreignCapacity: Capacity = {
  snapshot: async () => ({ desired: 0, running: 0, scaling: null }),
  pin: async () => {},
  scaleStable: async () => {},
  release: async () => {},
};
