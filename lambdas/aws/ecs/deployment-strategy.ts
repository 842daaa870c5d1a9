/** By whom and how the sides' services are deployed. */
import { DescribeServicesCommand, type ECSClient } from '@aws-sdk/client-ecs';
import type { ServiceReading } from '../../../core/listener/index.ts';
import type { Deployment } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';

/** A service that is not found is left out; whoever needs it says so. */
export async function ecsServices(
  client: Pick<ECSClient, 'send'>,
  deployed: NonNullable<Deployment['services']>,
): Promise<readonly ServiceReading[]> {
  const readings = [deployed.stable, deployed.candidate].map(async ({ cluster, service }) => {
    const { services = [] } = await aws('DescribeServices', () =>
      client.send(new DescribeServicesCommand({ cluster, services: [service] })),
    );
    return services.map(({ deploymentController, deploymentConfiguration }) => ({
      name: service,
      controller: deploymentController?.type ?? 'ECS',
      strategy: deploymentConfiguration?.strategy ?? 'ROLLING',
    }));
  });
  return (await Promise.all(readings)).flat();
}
