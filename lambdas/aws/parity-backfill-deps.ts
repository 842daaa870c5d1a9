/** What the backfill is given, built once per process on first use. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { BackfillDeps } from '../parity-backfill.ts';
import { CLIENT_OPTIONS } from './clients.ts';
import { deploymentFromEnv } from './deployment.ts';
import { dynamoLedger } from './dynamo-ledger.ts';
import { s3PairObjects } from './pair-objects.ts';
import { dynamoParityRules } from './parity-rules.ts';
import { dynamoParityStore } from './parity-store.ts';
import { systemClock as clock } from './system-clock.ts';

let built: BackfillDeps | undefined;

export function parityBackfillDeps(): BackfillDeps {
  built ??= build();
  return built;
}

function build(): BackfillDeps {
  const deployment = deploymentFromEnv();
  const { ingressId, ledgerTable: table, shadowLogDays: keepDays } = deployment;
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  return {
    deployment,
    ledger: dynamoLedger(dynamo, table),
    // Read for every object: a backfill is started because the rules have just changed.
    rules: { effective: () => dynamoParityRules(dynamo, { table, ingressId, clock }).effective() },
    store: dynamoParityStore(dynamo, { table, clock, keepDays }),
    objects: s3PairObjects(new S3Client(CLIENT_OPTIONS)),
  };
}
