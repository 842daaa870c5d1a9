/** One service of ECS as it is now. */
import { DescribeServicesCommand, type ECSClient, type Service } from '@aws-sdk/client-ecs';
import type { Deployment } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';

export type EcsClient = Pick<ECSClient, 'send'>;

/** Undefined where there is no such service. */
export async function describeService(
  client: EcsClient,
  { cluster, service }: NonNullable<Deployment['services']>['stable'],
): Promise<Service | undefined> {
  const command = new DescribeServicesCommand({ cluster, services: [service] });
  const { services = [] } = await aws('DescribeServices', () => client.send(command));
  return services[0];
}
