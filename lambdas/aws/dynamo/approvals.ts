/**
 * Sign-offs: their task tokens, where `crossfade approve` finds them, who has approved so far, and the answer that
 * closed each.
 */
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  type ApprovalRequest,
  type Approvals,
  type CutoverStateJson,
  cutoverIdSchema,
  type IngressId,
  SupersededError,
} from '../../../core/model/index.ts';
import { cutoverPartition, fromItem, type Item, toItem, toValue } from './item.ts';
import { LedgerTable } from './table.ts';

const KINDS = ['shadow', 'final'] as const;

const requestSchema = z.object({
  cutoverId: cutoverIdSchema,
  kind: z.enum(KINDS),
  token: z.string(),
  askedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  evidence: z.string(),
  /** Parsed by the code that uses it. */
  state: z.custom<CutoverStateJson>((value) => typeof value === 'object' && value !== null).optional(),
  /** Comments by approver; absent in requests of earlier versions. */
  agreed: z.record(z.string(), z.string()).default({}),
  answered: z
    .object({ answer: z.enum(['approve', 'refuse']), by: z.string(), at: z.iso.datetime() })
    .nullable()
    .default(null),
});

export function dynamoApprovals(client: Pick<DynamoDBClient, 'send'>, name: string, ingressId: IngressId): Approvals {
  const table = new LedgerTable(client, name);
  const keyOf = ({ cutoverId, kind }: Pick<ApprovalRequest, 'cutoverId' | 'kind'>): Item => ({
    pk: { S: cutoverPartition(ingressId, cutoverId) },
    sk: { S: `APPROVAL#${kind}` },
  });
  /** Sets one attribute while the very request is open. @returns the request after it @throws SupersededError */
  const set = async (request: ApprovalRequest, path: string, names: Record<string, string>, value: unknown) => {
    try {
      return await table.update(keyOf(request), {
        UpdateExpression: `SET ${path} = :value`,
        ConditionExpression: '#token = :token AND (attribute_not_exists(answered) OR answered = :open)',
        ExpressionAttributeNames: { ...names, '#token': 'token' },
        ExpressionAttributeValues: {
          ':value': toValue(value),
          ':token': { S: request.token },
          ':open': { NULL: true },
        },
        ReturnValues: 'ALL_NEW',
      });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new SupersededError(`the ${request.kind} sign-off was answered`, error);
    }
  };
  return {
    open: (request) => table.put({ ...keyOf(request), ...toItem({ ...request, agreed: {}, answered: null }) }),
    async newest(cutoverId) {
      const items = await Promise.all(KINDS.map((kind) => table.get(keyOf({ cutoverId, kind }))));
      const requests = items.flatMap((item) => (item === null ? [] : [requestOf(item)]));
      return requests.sort((a, b) => (a.askedAt < b.askedAt ? 1 : -1))[0] ?? null;
    },
    agree: async (request, { by, comment }) => requestOf(await set(request, 'agreed.#by', { '#by': by }, comment)),
    async close(request, answered) {
      await set(request, 'answered', {}, answered);
    },
  };
}

function requestOf(item: Item): ApprovalRequest {
  const { agreed, ...request } = requestSchema.parse(fromItem(item));
  return { ...request, agreed: Object.entries(agreed).map(([by, comment]) => ({ by, comment })) };
}
