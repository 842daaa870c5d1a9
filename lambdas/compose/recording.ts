/** What every task of a run needs: the lease, the decision log, and notifications. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Deployment } from '../../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock } from '../aws/calls/index.ts';
import { dynamoDecisionLog, dynamoLeases } from '../aws/dynamo/index.ts';
import { statusNotifier } from '../aws/status-notifier.ts';
import { type Deps, emfEmitter } from '../tasks/index.ts';

export function recording(deployment: Deployment) {
  const { ingressId, ledgerTable: table } = deployment;
  const clients = { sns: new SNSClient(CLIENT_OPTIONS), events: new EventBridgeClient(CLIENT_OPTIONS) };
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  return {
    deployment,
    ledger: dynamoLeases(dynamo, table),
    decisionLog: dynamoDecisionLog(dynamo, table, ingressId),
    notifier: statusNotifier(clients, deployment, systemClock),
    clock: systemClock,
    emit: emfEmitter(ingressId, systemClock.now, (line) => console.log(line)),
  } satisfies Partial<Deps>;
}
