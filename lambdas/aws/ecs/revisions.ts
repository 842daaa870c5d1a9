/**
 * The code that each side runs: the deployment of its ECS service, or the set of its targets if the deployment names no
 * service.
 */
import type { Deployment, Revision, RevisionReader } from '../../../core/model/index.ts';
import type { Side } from '../../../sides/index.ts';
import { describeService, type EcsClient } from './service.ts';

/**
 * ECS resolves an image's tag once per deployment of a service, so the deployment's id stands for both task definition
 * and image. A changed task count does not create a new deployment
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html).
 */
export function sideRevisions(
  ecs: EcsClient,
  { services }: Deployment,
  targets: (side: Side) => Promise<string[]>,
): RevisionReader {
  const read = async (side: Side): Promise<Revision | null> => {
    if (services === undefined) return { kind: 'targets', ids: await targets(side) };
    const found = await describeService(ecs, services[side]);
    const primary = found?.deployments?.find(({ status }) => status === 'PRIMARY');
    if (primary?.id === undefined || primary.taskDefinition === undefined) return null;
    return { kind: 'tasks', id: `${primary.taskDefinition.split('/').at(-1)} by ${primary.id}` };
  };
  return {
    async read() {
      const [stable, candidate] = await Promise.all([read('stable'), read('candidate')]);
      return { stable, candidate };
    },
  };
}
