/** ECS services with their scheduled scaling. */
import { DescribeScheduledActionsCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import type { ServiceFacts } from '../../../core/doctor/index.ts';
import { type Clients, unlessMissing } from './clients.ts';

interface Named {
  readonly cluster: string;
  readonly service: string;
}

export async function lookAtService(
  { ecs, scaling }: Clients,
  side: ServiceFacts['side'],
  { cluster, service: name }: Named,
): Promise<ServiceFacts> {
  const answer = await unlessMissing(ecs.send(new DescribeServicesCommand({ cluster, services: [name] })));
  const service = answer?.services?.[0];
  if (service === undefined) return { side, name, found: null };
  const { ScheduledActions = [] } = await scaling.send(
    new DescribeScheduledActionsCommand({ ServiceNamespace: 'ecs', ResourceId: `service/${cluster}/${name}` }),
  );
  return {
    side,
    name,
    found: {
      status: service.status ?? 'unknown',
      controller: service.deploymentController?.type ?? 'ECS',
      strategy: service.deploymentConfiguration?.strategy ?? 'ROLLING',
      desired: service.desiredCount ?? 0,
      running: service.runningCount ?? 0,
      scheduled: ScheduledActions.flatMap(({ ScheduledActionName }) => ScheduledActionName ?? []),
    },
  };
}
