/**
 * Exactly what a rollback needs. Until the weights are safe, only the clients of the ledger and the listener are
 * loaded.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Deployment } from '../../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock } from '../aws/calls/index.ts';
import { dynamoDecisionLog, dynamoLeases } from '../aws/dynamo/index.ts';
import { elbIngress } from '../aws/elb/index.ts';
import { emfEmitter, type RollbackDeps } from '../tasks/index.ts';
import type { LatePorts } from './late-clients.ts';

export function rollbackDepsOf(deployment: Deployment): RollbackDeps {
  let loaded: Promise<LatePorts> | undefined;
  const late = () => {
    loaded ??= import('./late-clients.ts').then(({ latePorts }) => latePorts(deployment));
    return loaded;
  };
  const { ingressId, ledgerTable: table } = deployment;
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  return {
    deployment,
    ingress: elbIngress(new ElasticLoadBalancingV2Client(CLIENT_OPTIONS), deployment),
    ledger: dynamoLeases(dynamo, table),
    decisionLog: dynamoDecisionLog(dynamo, table, ingressId),
    executions: {
      stateOf: async (arn) => (await late()).executions.stateOf(arn),
      stop: async (arn, reason) => (await late()).executions.stop(arn, reason),
      carried: async (since) => (await late()).executions.carried(since),
    },
    capacity: {
      snapshot: async () => (await late()).capacity.snapshot(),
      pin: async (snapshot) => (await late()).capacity.pin(snapshot),
      scaleStable: async (desired) => (await late()).capacity.scaleStable(desired),
      release: async (snapshot) => (await late()).capacity.release(snapshot),
    },
    notifier: { publish: async (notice) => (await late()).notifier.publish(notice) },
    clock: systemClock,
    emit: emfEmitter(ingressId, systemClock.now, (line) => console.log(line)),
  };
}
