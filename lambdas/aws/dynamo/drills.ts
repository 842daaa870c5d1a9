/** The drills port, implemented with DynamoDB: one item per ingress. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Drills, drillRecordSchema, type IngressId } from '../../../core/model/index.ts';
import { drillKey } from './item.ts';
import { LedgerTable } from './table.ts';

export function dynamoDrills(client: Pick<DynamoDBClient, 'send'>, name: string, ingressId: IngressId): Drills {
  const table = new LedgerTable(client, name);
  return {
    // JSON text, like log entries.
    keep: (record) => table.put({ ...drillKey(ingressId), record: { S: JSON.stringify(record) } }),
    async last() {
      const item = await table.get(drillKey(ingressId));
      return item === null ? null : drillRecordSchema.parse(JSON.parse(item.record?.S ?? 'null'));
    },
  };
}
