/** The capacity of stable, if it is an ECS service of the deployment. */
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import type { Capacity, Deployment } from '../../core/model/index.ts';
import { CLIENT_OPTIONS } from '../aws/calls/index.ts';
import { ecsCapacity, foreignCapacity } from '../aws/ecs/capacity.ts';

export function stableCapacity({ services }: Deployment): Capacity {
  if (services === undefined) return foreignCapacity;
  const clients = { ecs: new ECSClient(CLIENT_OPTIONS), scaling: new ApplicationAutoScalingClient(CLIENT_OPTIONS) };
  return ecsCapacity(clients, services);
}

export function stableCapacityReading(deployment: Deployment): Pick<Capacity, 'snapshot'> {
  const { snapshot } = stableCapacity(deployment);
  return { snapshot };
}
