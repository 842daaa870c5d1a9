/** Open sign-offs: the task token of each, where `crossfade approve` finds it. */
import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { cutoverIdSchema } from '../../core/ids.ts';
import type { Approvals } from '../../core/ports.ts';
import { cutoverPartition, fromItem, toItem } from './dynamo-item.ts';
import { aws } from './transient.ts';

const requestSchema = z.strictObject({
  cutoverId: cutoverIdSchema,
  kind: z.enum(['shadow', 'final']),
  token: z.string(),
  askedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  evidence: z.string(),
});

export function dynamoApprovals(client: Pick<DynamoDBClient, 'send'>, table: string): Approvals {
  return {
    async open(request) {
      const item = {
        pk: { S: cutoverPartition(request.cutoverId) },
        sk: { S: `APPROVAL#${request.kind}` },
        ...toItem({ ...request }),
      };
      await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item: item })));
    },
    async pending(cutoverId) {
      const { Items = [] } = await aws('Query', () =>
        client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :approval)',
            ExpressionAttributeValues: { ':pk': { S: cutoverPartition(cutoverId) }, ':approval': { S: 'APPROVAL#' } },
            ConsistentRead: true,
          }),
        ),
      );
      const requests = Items.map((item) => requestSchema.parse(fromItem(item)));
      return requests.sort((a, b) => (a.askedAt < b.askedAt ? 1 : -1))[0] ?? null;
    },
  };
}
