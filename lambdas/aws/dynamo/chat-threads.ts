/** Which message began the thread of a cutover in a chat. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { aws } from '../calls/index.ts';
import { chatKey } from './item.ts';

export function dynamoChatThreads(client: Pick<DynamoDBClient, 'send'>, table: string, channel: string) {
  return {
    async read(thread: string): Promise<string | null> {
      const Key = chatKey(channel, thread);
      const { Item } = await aws('GetItem', () =>
        client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true })),
      );
      return Item?.ts?.S ?? null;
    },
    /** Keeps the first that is written. */
    async keep(thread: string, ts: string): Promise<void> {
      const Item = { ...chatKey(channel, thread), ts: { S: ts } };
      const first = new PutItemCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' });
      try {
        await aws('PutItem', () => client.send(first));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
