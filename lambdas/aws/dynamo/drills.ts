/** The drills port over DynamoDB: one item an ingress. */
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Drills, drillRecordSchema, type IngressId } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { drillKey } from './item.ts';

export function dynamoDrills(client: Pick<DynamoDBClient, 'send'>, table: string, ingressId: IngressId): Drills {
  const Key = drillKey(ingressId);
  return {
    async keep(record) {
      // JSON text, as log entries are.
      const item = { ...Key, record: { S: JSON.stringify(record) } };
      await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item: item })));
    },
    async last() {
      const { Item: item } = await aws('GetItem', () =>
        client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true })),
      );
      return item === undefined ? null : drillRecordSchema.parse(JSON.parse(item.record?.S ?? 'null'));
    },
  };
}
