/**
 * Parity aggregates in the ledger's table: one item per Firehose batch, keyed by what the batch holds, so a batch that is
 * delivered twice counts once. Reading merges them.
 */
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { CutoverId } from '../../core/ids.ts';
import { EMPTY_AGGREGATE, merge, type RouteAggregate } from '../../parity/aggregate.ts';
import { cutoverPartition } from './dynamo-item.ts';
import { queryAll } from './query.ts';
import { aws } from './transient.ts';

const counters = z.record(z.string(), z.number());
const aggregateSchema = z.strictObject({
  pairs: z.number(),
  breaking: z.number(),
  benign: z.number(),
  unmatched: z.number(),
  newErrors: z.number(),
  causes: counters,
  stableLatency: counters,
  candidateLatency: counters,
});
const routesSchema = z.record(z.string(), aggregateSchema);

export type RouteAggregates = Readonly<Record<string, RouteAggregate>>;

export interface ParityStore {
  /** Idempotent by `batchId`. */
  add(cutoverId: CutoverId, batchId: string, routes: RouteAggregates): Promise<void>;
  /** Everything counted for the cutover so far. */
  read(cutoverId: CutoverId): Promise<RouteAggregates>;
}

export function dynamoParityStore(client: Pick<DynamoDBClient, 'send'>, table: string): ParityStore {
  return {
    async add(cutoverId, batchId, routes) {
      const item = {
        pk: { S: cutoverPartition(cutoverId) },
        sk: { S: `PARITY#${batchId}` },
        routes: { S: JSON.stringify(routes) },
      };
      await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item: item })));
    },
    async read(cutoverId) {
      const items = await queryAll(client, table, cutoverPartition(cutoverId), 'PARITY#');
      return items.reduce<RouteAggregates>(
        (merged, item) => mergeRoutes(merged, routesSchema.parse(JSON.parse(item.routes?.S ?? '{}'))),
        {},
      );
    },
  };
}

export function mergeRoutes(a: RouteAggregates, b: RouteAggregates): RouteAggregates {
  const merged: Record<string, RouteAggregate> = { ...a };
  for (const [route, aggregate] of Object.entries(b))
    merged[route] = merge(merged[route] ?? EMPTY_AGGREGATE, aggregate);
  return merged;
}
