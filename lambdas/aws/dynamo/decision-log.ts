/** The decision log over DynamoDB: entries of one ingress, each written once. */
import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type DecisionLog, type IngressId, readEntry } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { cutoverPartition, earlierPartition } from './item.ts';
import { queryAll } from './query.ts';

export function dynamoDecisionLog(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  ingressId: IngressId,
): DecisionLog {
  return {
    async append(cutoverId, entry) {
      const pk = cutoverPartition(ingressId, cutoverId);
      const sk = `LOG#${entry.at}#${randomUUID()}`;
      // Written as JSON text: evidence is read whole or not at all, and DynamoDB's own numbers would round it.
      const item = { pk: { S: pk }, sk: { S: sk }, entry: { S: JSON.stringify(entry) } };
      await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item: item })));
    },
    async entries(cutoverId) {
      const items = await queryAll(client, table, cutoverPartition(ingressId, cutoverId), 'LOG#');
      const found = items.length > 0 ? items : await queryAll(client, table, earlierPartition(cutoverId), 'LOG#');
      return found.map((item) => readEntry(JSON.parse(item.entry?.S ?? 'null')));
    },
  };
}
