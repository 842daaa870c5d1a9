/** Every port over AWS, built once per process on first use. */

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CLIENT_OPTIONS } from '../aws/calls/index.ts';
import { cloudWatchAlarms, cloudWatchMetrics, mirrorCopies } from '../aws/cloudwatch/index.ts';
import {
  dynamoApprovals,
  dynamoDrills,
  dynamoParityRules,
  dynamoParityStore,
  storedParity,
} from '../aws/dynamo/index.ts';
import { sideRevisions } from '../aws/ecs/revisions.ts';
import { targetIds } from '../aws/elb/index.ts';
import { lambdaExercise } from '../aws/lambda-exercise.ts';
import { planHooks, planMetrics, providerCallers, providerSources } from '../providers/index.ts';
import type { Deps } from '../tasks/index.ts';
import { rollbackDeps } from './rollback.ts';

let built: Deps | undefined;

export function awsDeps(): Deps {
  built ??= build();
  return built;
}

function build(): Deps {
  const shared = rollbackDeps();
  const { deployment } = shared;
  const { ledgerTable: table } = deployment;
  const cloudWatch = new CloudWatchClient(CLIENT_OPTIONS);
  const elb = new ElasticLoadBalancingV2Client(CLIENT_OPTIONS);
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  return {
    ...shared,
    metrics: cloudWatchMetrics(cloudWatch, deployment),
    planMetrics: planMetrics({ deployment, cloudWatch, providers: providerSources(deployment) }),
    hooks: planHooks(deployment, providerCallers(deployment)),
    revisions: sideRevisions(new ECSClient(CLIENT_OPTIONS), deployment, (side) => targetIds(elb, deployment, side)),
    alarms: cloudWatchAlarms(cloudWatch),
    parity: storedParity({
      ingressId: deployment.ingressId,
      ledger: shared.ledger,
      rules: dynamoParityRules(dynamo, { table, ingressId: deployment.ingressId, clock: shared.clock }),
      store: dynamoParityStore(dynamo, {
        table,
        ingressId: deployment.ingressId,
        clock: shared.clock,
        keepDays: deployment.shadowLogDays,
      }),
      copies: (range) => mirrorCopies(cloudWatch, deployment.ingressId, range),
      clock: shared.clock,
    }),
    drills: dynamoDrills(dynamo, table, deployment.ingressId),
    approvals: dynamoApprovals(dynamo, table, deployment.ingressId),
    exercise: lambdaExercise(new LambdaClient(CLIENT_OPTIONS), deployment.exerciseFunction),
  };
}
