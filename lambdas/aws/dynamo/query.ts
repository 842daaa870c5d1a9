/** All items of a partition whose sort key begins so, page by page. */
import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { aws } from '../calls/index.ts';
import type { Item } from './item.ts';

/** Ordered by sort key; strongly consistent. Items come whole, or with the attributes named. */
export async function queryAll(
  client: Pick<DynamoDBClient, 'send'>,
  TableName: string,
  pk: string,
  prefix: string,
  attributes: readonly string[] = [],
): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await aws('Query', () =>
      client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: prefix } },
          ConsistentRead: true,
          ...(attributes.length === 0 ? {} : { ProjectionExpression: attributes.join(', ') }),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      ),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}
