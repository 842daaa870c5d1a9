/** The decision log, implemented with DynamoDB: entries of one ingress, each written once. */
import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DecisionLog, type IngressId, readEntry } from '../../../core/model/index.ts';
import { cutoverPartition, earlierPartition } from './item.ts';
import { LedgerTable } from './table.ts';

export function dynamoDecisionLog(
  client: Pick<DynamoDBClient, 'send'>,
  name: string,
  ingressId: IngressId,
): DecisionLog {
  const table = new LedgerTable(client, name);
  return {
    async append(cutoverId, entry) {
      const pk = cutoverPartition(ingressId, cutoverId);
      const sk = `LOG#${entry.at}#${randomUUID()}`;
      // Stored as JSON text: evidence is always read as a whole, and DynamoDB's own numbers would round it.
      await table.put({ pk: { S: pk }, sk: { S: sk }, entry: { S: JSON.stringify(entry) } });
    },
    async entries(cutoverId) {
      const items = await table.query(cutoverPartition(ingressId, cutoverId), 'LOG#');
      const found = items.length > 0 ? items : await table.query(earlierPartition(cutoverId), 'LOG#');
      return found.map((item) => readEntry(JSON.parse(item.entry?.S ?? 'null')));
    },
  };
}
