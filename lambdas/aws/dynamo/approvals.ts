/** Sign-offs: the task token of each, where `crossfade approve` finds it, who has approved so far, and the answer that ended it. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  type ApprovalRequest,
  type Approvals,
  type CutoverStateJson,
  cutoverIdSchema,
  type IngressId,
  SupersededError,
} from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { cutoverPartition, fromItem, type Item, toItem, toValue } from './item.ts';

const KINDS = ['shadow', 'final'] as const;

const requestSchema = z.object({
  cutoverId: cutoverIdSchema,
  kind: z.enum(KINDS),
  token: z.string(),
  askedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  evidence: z.string(),
  /** Parsed by whoever goes on with it. */
  state: z.custom<CutoverStateJson>((value) => typeof value === 'object' && value !== null).optional(),
  /** Comments by who gave them; absent in requests of earlier versions. */
  agreed: z.record(z.string(), z.string()).default({}),
  answered: z
    .object({ answer: z.enum(['approve', 'refuse']), by: z.string(), at: z.iso.datetime() })
    .nullable()
    .default(null),
});

export function dynamoApprovals(client: Pick<DynamoDBClient, 'send'>, table: string, ingressId: IngressId): Approvals {
  const keyOf = ({ cutoverId, kind }: Pick<ApprovalRequest, 'cutoverId' | 'kind'>): Item => ({
    pk: { S: cutoverPartition(ingressId, cutoverId) },
    sk: { S: `APPROVAL#${kind}` },
  });
  /** Sets one attribute while the very request is open. @throws SupersededError */
  const set = async (request: ApprovalRequest, expression: string, names: Record<string, string>, value: unknown) => {
    const update = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(request),
      UpdateExpression: `SET ${expression} = :value`,
      ConditionExpression: '#token = :token AND (attribute_not_exists(answered) OR answered = :open)',
      ExpressionAttributeNames: { ...names, '#token': 'token' },
      ExpressionAttributeValues: { ':value': toValue(value), ':token': { S: request.token }, ':open': { NULL: true } },
      ReturnValues: 'ALL_NEW',
    });
    try {
      return await aws('UpdateItem', () => client.send(update));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new SupersededError(`the ${request.kind} sign-off was answered`, error);
    }
  };
  const getItem = async (Key: Item) => {
    const get = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
    return (await aws('GetItem', () => client.send(get))).Item;
  };
  return {
    async open(request) {
      const item = { ...keyOf(request), ...toItem({ ...request, agreed: {}, answered: null }) };
      await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item: item })));
    },
    async newest(cutoverId) {
      const items = await Promise.all(KINDS.map((kind) => getItem(keyOf({ cutoverId, kind }))));
      const requests = items.flatMap((item) => (item === undefined ? [] : [requestOf(item)]));
      return requests.sort((a, b) => (a.askedAt < b.askedAt ? 1 : -1))[0] ?? null;
    },
    async agree(request, { by, comment }) {
      const { Attributes } = await set(request, 'agreed.#by', { '#by': by }, comment);
      return requestOf(Attributes ?? {});
    },
    async close(request, answered) {
      await set(request, 'answered', {}, answered);
    },
  };
}

function requestOf(item: Item): ApprovalRequest {
  const { agreed, ...request } = requestSchema.parse(fromItem(item));
  return { ...request, agreed: Object.entries(agreed).map(([by, comment]) => ({ by, comment })) };
}
