/**
 * What every function that counts captures needs: the run, the rules for comparing captures, and the store of the
 * counts.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Deployment, Leases } from '../../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock as clock } from '../aws/calls/index.ts';
import {
  dynamoLeases,
  dynamoParityRules,
  dynamoParityStore,
  type ParityRules,
  type ParityStore,
} from '../aws/dynamo/index.ts';

export interface Counting {
  readonly deployment: Deployment;
  readonly ledger: Pick<Leases, 'read'>;
  readonly rules: Pick<ParityRules, 'effective'>;
  readonly store: Pick<ParityStore, 'add'>;
}

/** @param rulesCacheMs how old the rules may be, in milliseconds; a minute by default */
export function counting(deployment: Deployment, rulesCacheMs?: number): Counting & { readonly store: ParityStore } {
  const { ingressId, ledgerTable: table, shadowLogDays: keepDays } = deployment;
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  return {
    deployment,
    ledger: dynamoLeases(dynamo, table),
    rules: dynamoParityRules(dynamo, {
      table,
      ingressId,
      clock,
      ...(rulesCacheMs === undefined ? {} : { cacheMs: rulesCacheMs }),
    }),
    store: dynamoParityStore(dynamo, { table, ingressId, clock, keepDays }),
  };
}
