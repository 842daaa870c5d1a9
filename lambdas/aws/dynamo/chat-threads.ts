/** The message that began a cutover's thread in a chat. */
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { chatKey } from './item.ts';
import { LedgerTable } from './table.ts';

export function dynamoChatThreads(client: Pick<DynamoDBClient, 'send'>, name: string, channel: string) {
  const table = new LedgerTable(client, name);
  return {
    async read(thread: string): Promise<string | null> {
      return (await table.get(chatKey(channel, thread)))?.ts?.S ?? null;
    },
    /** Keeps the first one that is written. */
    async keep(thread: string, ts: string): Promise<void> {
      const first = { ConditionExpression: 'attribute_not_exists(pk)' };
      try {
        await table.put({ ...chatKey(channel, thread), ts: { S: ts } }, first);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
