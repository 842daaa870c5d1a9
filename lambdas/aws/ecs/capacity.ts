/** The capacity port over ECS and Application Auto Scaling. */
import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, type ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { type Capacity, CrossfadeError, type Deployment } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';

type Sender<C extends { send: unknown }> = Pick<C, 'send'>;

export interface CapacityClients {
  readonly ecs: Sender<ECSClient>;
  readonly scaling: Sender<ApplicationAutoScalingClient>;
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

  /** RegisterScalableTarget clamps the count into the bounds at once, so bounds never shrink below what runs. */
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
      const { services: found = [] } = await aws('DescribeServices', () =>
        ecs.send(new DescribeServicesCommand({ cluster, services: [service] })),
      );
      const live = found[0];
      if (live?.desiredCount === undefined) {
        throw new CrossfadeError('Crossfade.Refused', `ECS service ${service} does not exist in cluster ${cluster}.`, {
          traffic: 'unchanged.',
          nextStep: 'deploy the stable service, or leave `services` out of the deployment when it is not on ECS.',
        });
      }
      const bounds = await target();
      const scaling =
        bounds?.MinCapacity === undefined || bounds.MaxCapacity === undefined
          ? null
          : {
              min: bounds.MinCapacity,
              max: bounds.MaxCapacity,
              suspended: bounds.SuspendedState?.DynamicScalingInSuspended ?? false,
              scheduledSuspended: bounds.SuspendedState?.ScheduledScalingSuspended ?? false,
            };
      return { desired: live.desiredCount, running: live.runningCount ?? 0, scaling };
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

/** For a stable side that is no ECS service of the deployment: somebody else's capacity is left alone. */
export const foreignCapacity: Capacity = {
  snapshot: async () => ({ desired: 0, running: 0, scaling: null }),
  pin: async () => {},
  scaleStable: async () => {},
  release: async () => {},
};
