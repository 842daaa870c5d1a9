/** The surroundings of the cutover's rules; used only by preflight. */
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Surroundings } from '../../core/listener/index.ts';
import type { Deployment } from '../../core/model/index.ts';
import { CLIENT_OPTIONS } from '../aws/calls/index.ts';
import { ecsServices } from '../aws/ecs/deployment-strategy.ts';
import { elbSurroundings } from '../aws/elb/index.ts';

export function surroundings(deployment: Deployment): Pick<Surroundings, 'read'> {
  const { services } = deployment;
  return elbSurroundings(new ElasticLoadBalancingV2Client(CLIENT_OPTIONS), deployment, async () =>
    services === undefined ? [] : ecsServices(new ECSClient(CLIENT_OPTIONS), services),
  );
}
