/** Conditional requests to the item of a lease, and what their failures mean. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  FencedError,
  type IngressId,
  type Lease,
  ledgerItemSchema,
  type RunRef,
  SupersededError,
} from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { fromItem, type Item, ownerKey, toValue } from './item.ts';
import type { Condition } from './lease-conditions.ts';

/** The run still owns the ingress: its generation holds, and no rollback has been asked for. */
export const OWNED = '#status = :running AND generation = :generation';

/** Changes what the run intends while it owns the ingress and the expected intent stands there. @throws FencedError; SupersededError */
export async function setWhere(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  ref: RunRef,
  same: Condition,
  UpdateExpression: string,
  values: Item,
): Promise<void> {
  try {
    await updateOwner(client, table, ref.ingressId, {
      UpdateExpression,
      ConditionExpression: [OWNED, ...same.all].join(' AND '),
      ExpressionAttributeNames: { '#status': 'status', ...same.names },
      ExpressionAttributeValues: {
        ':running': { S: 'running' },
        ':generation': toValue(ref.generation),
        ...same.values,
        ...values,
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const lease = error.Item === undefined ? await readOwner(client, table, ref.ingressId) : parseOwner(error.Item);
    if (lease?.status !== 'running' || lease.generation !== ref.generation) throw asFenced(error, ref);
    throw new SupersededError(`recorded at ${lease.intent.at}`, error);
  }
}

export async function rollbackUpdate(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  ref: RunRef,
  ConditionExpression: string,
  UpdateExpression: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await updateOwner(client, table, ref.ingressId, {
      UpdateExpression,
      ConditionExpression,
      // ROLLBACK is one of DynamoDB's reserved words.
      ExpressionAttributeNames: Object.fromEntries(
        ['status', 'rollback']
          .filter((n) => `${ConditionExpression} ${UpdateExpression}`.includes(`#${n}`))
          .map((n) => [`#${n}`, n]),
      ),
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries({ ...values, generation: ref.generation }).map(([n, v]) => [`:${n}`, toValue(v)]),
      ),
    });
  } catch (error) {
    throw asFenced(error, ref);
  }
}

async function updateOwner(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  ingressId: IngressId,
  update: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
): Promise<void> {
  const command = new UpdateItemCommand({ TableName: table, Key: ownerKey(ingressId), ...update });
  await aws('UpdateItem', () => client.send(command));
}

export async function readOwner(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  ingressId: IngressId,
): Promise<Lease | null> {
  const { Item: item } = await aws('GetItem', () =>
    client.send(new GetItemCommand({ TableName: table, Key: ownerKey(ingressId), ConsistentRead: true })),
  );
  return item === undefined ? null : parseOwner(item);
}

export function parseOwner(item: Item): Lease {
  return ledgerItemSchema.parse(fromItem(item));
}

export function asFenced(error: unknown, ref: RunRef): unknown {
  if (!(error instanceof ConditionalCheckFailedException)) return error;
  return new FencedError(`generation ${ref.generation} of ${ref.ingressId} is no longer running`, error);
}
