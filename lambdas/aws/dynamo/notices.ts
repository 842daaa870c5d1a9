/** What people have read: the message that began a cutover's thread in a chat, and when they were told of a trouble. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type IngressId, REMINDED_AFTER_MS, type Reminders } from '../../../core/model/index.ts';
import { chatKey, reminderKey, toValue } from './item.ts';
import { LedgerTable } from './table.ts';

/** The first message of each thread. */
export function dynamoChatThreads(client: Pick<DynamoDBClient, 'send'>, name: string, channel: string) {
  const table = new LedgerTable(client, name);
  return {
    async read(thread: string): Promise<string | null> {
      return (await table.get(chatKey(channel, thread)))?.ts?.S ?? null;
    },
    /** Keeps the first one that is written. */
    async keep(thread: string, ts: string): Promise<void> {
      const first = { ConditionExpression: 'attribute_not_exists(pk)' };
      await table.putIf({ ...chatKey(channel, thread), ts: { S: ts } }, first);
    },
  };
}

/** The reminders port: one item for each trouble. Of two watchdogs at the same time, one tells. */
export function dynamoReminders(client: Pick<DynamoDBClient, 'send'>, name: string, ingressId: IngressId): Reminders {
  const table = new LedgerTable(client, name);
  return {
    due: (about, now) =>
      table.putIf(
        { ...reminderKey(ingressId, about), at: toValue(now) },
        {
          // The SDK may send the request twice, and a clock may have been ahead.
          ConditionExpression: 'attribute_not_exists(pk) OR #at <= :before OR #at >= :now',
          ExpressionAttributeNames: { '#at': 'at' },
          ExpressionAttributeValues: { ':before': toValue(now - REMINDED_AFTER_MS), ':now': toValue(now) },
        },
      ),
  };
}
