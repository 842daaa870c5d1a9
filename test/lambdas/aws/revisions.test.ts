import type { ECSClient } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { sideRevisions } from '../../../lambdas/aws/ecs/revisions.ts';
import { awsClient } from '../../support/aws-client.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';

const noTargets = async () => Promise.reject(new Error('targets were asked'));
const ecs = (deployments: object[] | undefined) => awsClient<ECSClient>(async () => ({ services: [{ deployments }] }));

describe('which code a side runs', () => {
  it('is the primary deployment of its service: a new image by the same tag is another one', async () => {
    const taskDefinition = 'arn:aws:ecs:eu-west-1:1:task-definition/shop-go:41';
    const deployments = [
      { status: 'ACTIVE', id: 'ecs-svc/1', taskDefinition },
      { status: 'PRIMARY', id: 'ecs-svc/2', taskDefinition },
    ];
    const { candidate } = await sideRevisions(ecs(deployments), DEPLOYMENT, noTargets).read();
    expect(candidate).toEqual({ kind: 'tasks', id: 'shop-go:41 by ecs-svc/2' });
  });

  it.each([[undefined], [[]]])('is not known while the service says %j', async (deployments) => {
    const read = await sideRevisions(ecs(deployments), DEPLOYMENT, noTargets).read();
    expect(read).toEqual({ stable: null, candidate: null });
  });

  it('is the set of its targets where the deployment names no service', async () => {
    const { services: _, ...without } = DEPLOYMENT;
    const reader = sideRevisions(ecs([]), without, async (side) => [`${side}-1:80`]);
    expect(await reader.read()).toEqual({
      stable: { kind: 'targets', ids: ['stable-1:80'] },
      candidate: { kind: 'targets', ids: ['candidate-1:80'] },
    });
  });
});
