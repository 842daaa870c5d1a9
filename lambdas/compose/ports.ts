/**
 * Each port on AWS separately: a handler composes those that it names, and its bundle contains no client of the others.
 * If AWS has separate permissions for parts of a port, those parts are separate, too.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Surroundings } from '../../core/listener/index.ts';
import type {
  Alarms,
  Approvals,
  Deployment,
  Drills,
  Exercise,
  Ingress,
  Metrics,
  Parity,
  Reminders,
} from '../../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock as clock } from '../aws/calls/index.ts';
import { cloudWatchAlarms, cloudWatchMetrics, mirrorCopies } from '../aws/cloudwatch/index.ts';
import {
  dynamoApprovals,
  dynamoDrills,
  dynamoLeases,
  dynamoParityRules,
  dynamoParityStore,
  dynamoReminders,
  storedParity,
} from '../aws/dynamo/index.ts';
import { sideRevisions } from '../aws/ecs/revisions.ts';
import { elbIngress, elbRules, targetIds } from '../aws/elb/index.ts';
import { lambdaExercise } from '../aws/lambda-exercise.ts';
import { planHooks, planMetrics, providerCallers, providerSources } from '../providers/index.ts';
import type { Deps } from '../tasks/index.ts';

export function listener(deployment: Deployment): Ingress {
  return elbIngress(new ElasticLoadBalancingV2Client(CLIENT_OPTIONS), deployment);
}

export function listenerReading(deployment: Deployment): Pick<Ingress, 'read' | 'health'> {
  const { read, health } = listener(deployment);
  return { read, health };
}

export function rulesAround(deployment: Deployment): Pick<Surroundings, 'rules'> {
  return elbRules(new ElasticLoadBalancingV2Client(CLIENT_OPTIONS), deployment);
}

export function metrics(deployment: Deployment): Metrics {
  return cloudWatchMetrics(new CloudWatchClient(CLIENT_OPTIONS), deployment);
}

/** The plan's own metrics, from CloudWatch and from the deployment's providers. */
export function ownMetrics(deployment: Deployment): Deps['planMetrics'] {
  const cloudWatch = new CloudWatchClient(CLIENT_OPTIONS);
  return planMetrics({ deployment, cloudWatch, providers: providerSources(deployment) });
}

export function hooks(deployment: Deployment): Deps['hooks'] {
  return planHooks(deployment, providerCallers(deployment));
}

export function revisions(deployment: Deployment): Deps['revisions'] {
  const elb = new ElasticLoadBalancingV2Client(CLIENT_OPTIONS);
  return sideRevisions(new ECSClient(CLIENT_OPTIONS), deployment, (side) => targetIds(elb, deployment, side));
}

export function alarmReadings(): Pick<Alarms, 'read'> {
  const { read } = cloudWatchAlarms(new CloudWatchClient(CLIENT_OPTIONS));
  return { read };
}

export function alarmTrips(): Pick<Alarms, 'trip'> {
  const { trip } = cloudWatchAlarms(new CloudWatchClient(CLIENT_OPTIONS));
  return { trip };
}

export function parity({ ingressId, ledgerTable: table, shadowLogDays: keepDays }: Deployment): Parity {
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  const cloudWatch = new CloudWatchClient(CLIENT_OPTIONS);
  return storedParity({
    ingressId,
    ledger: dynamoLeases(dynamo, table),
    rules: dynamoParityRules(dynamo, { table, ingressId, clock }),
    store: dynamoParityStore(dynamo, { table, ingressId, clock, keepDays }),
    copies: (range) => mirrorCopies(cloudWatch, ingressId, range),
    clock,
  });
}

export function drills({ ingressId, ledgerTable: table }: Deployment): Drills {
  return dynamoDrills(new DynamoDBClient(CLIENT_OPTIONS), table, ingressId);
}

export function reminders({ ingressId, ledgerTable: table }: Deployment): Reminders {
  return dynamoReminders(new DynamoDBClient(CLIENT_OPTIONS), table, ingressId);
}

export function approvals({ ingressId, ledgerTable: table }: Deployment): Approvals {
  return dynamoApprovals(new DynamoDBClient(CLIENT_OPTIONS), table, ingressId);
}

export function exercise({ exerciseFunction }: Deployment): Exercise {
  return lambdaExercise(new LambdaClient(CLIENT_OPTIONS), exerciseFunction);
}
