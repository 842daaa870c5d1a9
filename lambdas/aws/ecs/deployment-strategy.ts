/** Who deploys the sides' services, and how. */
import type { ServiceReading } from '../../../core/listener/index.ts';
import type { Deployment } from '../../../core/model/index.ts';
import { describeService, type EcsClient } from './service.ts';

/** A service that is not found is left out; the caller reports it if it is needed. */
export async function ecsServices(
  client: EcsClient,
  { stable, candidate }: NonNullable<Deployment['services']>,
): Promise<readonly ServiceReading[]> {
  const readings = [stable, candidate].map(async (named): Promise<ServiceReading[]> => {
    const found = await describeService(client, named);
    if (found === undefined) return [];
    const { deploymentController, deploymentConfiguration } = found;
    return [
      {
        name: named.service,
        controller: deploymentController?.type ?? 'ECS',
        strategy: deploymentConfiguration?.strategy ?? 'ROLLING',
      },
    ];
  });
  return (await Promise.all(readings)).flat();
}
