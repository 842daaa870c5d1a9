/** What a rollback needs, and nothing else: the smaller the bundle, the sooner the first call leaves. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Deployment } from '../../core/deployment.ts';
import type { RollbackDeps } from '../deps.ts';
import { emfEmitter } from '../emf.ts';
import { CLIENT_OPTIONS } from './clients.ts';
import { deploymentFromEnv } from './deployment.ts';
import { dynamoLedger } from './dynamo-ledger.ts';
import { type CapacityClients, ecsCapacity, foreignCapacity } from './ecs-capacity.ts';
import { elbIngress } from './elb-ingress.ts';
import { sfnExecutions } from './sfn-executions.ts';
import { snsNotifier } from './sns-notifier.ts';
import { systemClock } from './system-clock.ts';

let built: RollbackDeps | undefined;

export function rollbackDeps(): RollbackDeps {
  built ??= rollbackDepsOf(deploymentFromEnv());
  return built;
}

/** The same for a deployment that is known otherwise: the operator's command. */
export function rollbackDepsOf(deployment: Deployment): RollbackDeps {
  const { services } = deployment;
  return {
    deployment,
    ingress: elbIngress(new ElasticLoadBalancingV2Client(CLIENT_OPTIONS), deployment),
    ledger: dynamoLedger(new DynamoDBClient(CLIENT_OPTIONS), deployment.ledgerTable),
    executions: sfnExecutions(new SFNClient(CLIENT_OPTIONS)),
    capacity: services === undefined ? foreignCapacity : ecsCapacity(capacityClients, services),
    notifier: snsNotifier(new SNSClient(CLIENT_OPTIONS), deployment.topicArn),
    clock: systemClock,
    emit: emfEmitter(deployment.ingressId, systemClock.now, (line) => console.log(line)),
  };
}

let clients: Promise<CapacityClients> | undefined;

/** Capacity is touched only once the weights are safe, so its clients are not loaded before. */
export function capacityClients(): Promise<CapacityClients> {
  clients ??= load();
  return clients;
}

async function load(): Promise<CapacityClients> {
  const [{ ECSClient }, { ApplicationAutoScalingClient }] = await Promise.all([
    import('@aws-sdk/client-ecs'),
    import('@aws-sdk/client-application-auto-scaling'),
  ]);
  return { ecs: new ECSClient(CLIENT_OPTIONS), scaling: new ApplicationAutoScalingClient(CLIENT_OPTIONS) };
}
