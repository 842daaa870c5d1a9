/** What the functions that count pairs are given, built once per process on first use. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { emfEmitter } from '../emf.ts';
import type { TransformDeps } from '../parity-transform.ts';
import { CLIENT_OPTIONS } from './clients.ts';
import { deploymentFromEnv } from './deployment.ts';
import { dynamoLedger } from './dynamo-ledger.ts';
import { knownNoise } from './known-noise.ts';
import { dynamoParityRules } from './parity-rules.ts';
import { dynamoParityStore } from './parity-store.ts';
import { systemClock } from './system-clock.ts';

let built: TransformDeps | undefined;

export function parityDeps(): TransformDeps {
  built ??= build();
  return built;
}

function build(): TransformDeps {
  const deployment = deploymentFromEnv();
  const { ledgerTable: table, shadowLogDays: keepDays } = deployment;
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  const store = dynamoParityStore(dynamo, { table, clock: systemClock, keepDays });
  return {
    deployment,
    ledger: dynamoLedger(dynamo, table),
    rules: dynamoParityRules(dynamo, { table, ingressId: deployment.ingressId, clock: systemClock }),
    store,
    noise: knownNoise(store, systemClock),
    emit: emfEmitter(deployment.ingressId, systemClock.now, (line) => console.log(line)),
  };
}
