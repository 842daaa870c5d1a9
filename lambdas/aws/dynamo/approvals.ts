/** Open sign-offs: the task token of each, where `crossfade approve` finds it. */
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type Approvals, cutoverIdSchema, type IngressId } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { cutoverPartition, fromItem, toItem } from './item.ts';
import { queryAll } from './query.ts';

const requestSchema = z.strictObject({
  cutoverId: cutoverIdSchema,
  kind: z.enum(['shadow', 'final']),
  token: z.string(),
  askedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  evidence: z.string(),
});

export function dynamoApprovals(client: Pick<DynamoDBClient, 'send'>, table: string, ingressId: IngressId): Approvals {
  return {
    async open(request) {
      const item = {
        pk: { S: cutoverPartition(ingressId, request.cutoverId) },
        sk: { S: `APPROVAL#${request.kind}` },
        ...toItem({ ...request }),
      };
      await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item: item })));
    },
    async pending(cutoverId) {
      const items = await queryAll(client, table, cutoverPartition(ingressId, cutoverId), 'APPROVAL#');
      const requests = items.map((item) => requestSchema.parse(fromItem(item)));
      return requests.sort((a, b) => (a.askedAt < b.askedAt ? 1 : -1))[0] ?? null;
    },
  };
}
