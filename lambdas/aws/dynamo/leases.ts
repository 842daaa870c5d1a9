/**
 * The leases port over DynamoDB. Every write is one conditional request, so that of two writers exactly one wins:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  concerns,
  FencedError,
  type FenceRequest,
  generationSchema,
  type Lease,
  type Leases,
  RefusedError,
  type RunRef,
  SupersededError,
  TIDINGS,
  UNSTEERED,
} from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { type Item, ownerKey, toItem, toValue } from './item.ts';
import { intentCondition, scopeCondition } from './lease-conditions.ts';
import { asFenced, OWNED, parseOwner, readOwner, rollbackUpdate, setWhere } from './lease-requests.ts';
import { archiveRun } from './runs.ts';

export function dynamoLeases(client: Pick<DynamoDBClient, 'send'>, table: string): Leases {
  /** Sets attributes under a condition. Resolves to the item after it; a failed condition rejects with AWS's exception. */
  async function update(
    key: Item,
    sets: Readonly<Record<string, unknown>>,
    condition: string,
    values: Readonly<Record<string, unknown>>,
    moreNames: Readonly<Record<string, string>> = {},
  ) {
    const names = Object.keys(sets);
    const used = { ...values, ...Object.fromEntries(names.map((n) => [`set_${n}`, sets[n]])) };
    return aws('UpdateItem', () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: key,
          UpdateExpression: `SET ${names.map((n) => `#${n} = :set_${n}`).join(', ')}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: {
            ...Object.fromEntries(names.map((n) => [`#${n}`, n])),
            ...moreNames,
            '#status': 'status',
          },
          ExpressionAttributeValues: Object.fromEntries(Object.entries(used).map(([n, v]) => [`:${n}`, toValue(v)])),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /** An update that only the present owner may make. */
  async function asOwner(ref: RunRef, sets: Readonly<Record<string, unknown>>): Promise<void> {
    try {
      await update(ownerKey(ref.ingressId), sets, OWNED, { running: 'running', generation: ref.generation });
    } catch (error) {
      throw asFenced(error, ref);
    }
  }

  return {
    read: (ingressId) => readOwner(client, table, ingressId),

    async claim({ at, ...claim }) {
      const before = await readOwner(client, table, claim.ingressId);
      // The same execution's second try, after its first answer was lost.
      if (before?.status === 'running' && before.executionArn === claim.executionArn) return before;
      const item: Lease = {
        ...claim,
        generation: generationSchema.parse((before?.generation ?? 0) + 1),
        status: 'running',
        startedAt: at,
        phase: 'preflight',
        stage: -1,
        capacity: null,
        stableCapacity: 'full',
        tasks: null,
        rollback: null,
        steering: UNSTEERED,
      };
      if (before !== null) await archiveRun(client, table, before);
      try {
        await aws('PutItem', () =>
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: { ...ownerKey(claim.ingressId), ...toItem(item) },
              ConditionExpression:
                'attribute_not_exists(pk) OR (#status IN (:rolledBack, :completed) AND generation = :before)',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: {
                ':rolledBack': { S: 'rolled_back' },
                ':completed': { S: 'completed' },
                ':before': toValue(before?.generation ?? 0),
              },
            }),
          ),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The SDK may have sent it twice, the first time with effect.
        const now = await readOwner(client, table, claim.ingressId);
        if (now?.status === 'running' && now.executionArn === claim.executionArn) return now;
        throw new RefusedError(['another run took the ingress at the same moment']);
      }
      return item;
    },

    recordIntent: (ref, intent, progress) => asOwner(ref, { intent, ...progress }),
    heartbeat: (ref, progress) => asOwner(ref, { ...progress }),
    recordCapacity: (ref, capacity, stableCapacity) => asOwner(ref, { capacity, stableCapacity }),
    async complete(ref, intent) {
      const sets = { status: 'completed', phase: 'complete', ...(intent === undefined ? {} : { intent }) };
      const { generation } = ref;
      try {
        await update(ownerKey(ref.ingressId), sets, 'generation = :generation', { generation });
      } catch (error) {
        throw asFenced(error, ref);
      }
    },

    recordTrip: (ref, drill) => asOwner(ref, { drill }),

    async steer(lease, steering) {
      const Key = ownerKey(lease.ingressId);
      const { rev } = lease.steering;
      const unsteered = rev === 0 ? 'attribute_not_exists(steering) OR ' : '';
      const condition = `${OWNED} AND #phase = :phase AND #stage = :stage AND (${unsteered}steering.rev = :rev)`;
      const { generation, phase, stage } = lease;
      const values = { running: 'running', generation, phase, stage, rev };
      try {
        await update(Key, { steering }, condition, values, { '#phase': 'phase', '#stage': 'stage' });
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        throw new SupersededError(`it has moved on, or somebody else steered it, since ${phase} was read`, error);
      }
    },

    recordTasks: (ref, tasks) => asOwner(ref, { tasks, stableCapacity: 'reduced' }),
    confirmTasks: (ref, { at }) =>
      setWhere(
        client,
        table,
        ref,
        { all: ['tasks.#at = :at'], values: { ':at': { S: at } }, names: { '#at': 'at' } },
        'SET tasks.confirmed = :set',
        { ':set': { BOOL: true } },
      ),

    replaceIntent: (ref, intent, expected) =>
      setWhere(client, table, ref, intentCondition(expected), 'SET intent = :set', { ':set': toValue(intent) }),
    confirmIntent: (ref, intent) =>
      setWhere(client, table, ref, intentCondition(intent), 'SET intent.confirmed = :set', { ':set': { BOOL: true } }),

    async fence(ingressId, request) {
      try {
        return await fenceRunning(client, table, ownerKey(ingressId), request);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The failed condition brings the item along; a store that leaves it out is asked.
        const item = error.Item === undefined ? await readOwner(client, table, ingressId) : parseOwner(error.Item);
        if (item === null || item.status === 'completed') return { outcome: 'none', item };
        // A reading that no longer holds may have been overtaken by another trigger's fence.
        const mine = concerns(item, request.scope) || request.scope?.kind === 'unchanged';
        return { outcome: mine && item.status !== 'running' ? 'already' : 'not_concerned', item };
      }
    },

    async confirmRollback(ref, at) {
      const sets = 'SET #status = :rolledBack, #rollback.confirmedAt = :at, #rollback.owed = :owed';
      try {
        await rollbackUpdate(client, table, ref, 'generation = :generation AND #status = :rollingBack', sets, {
          rollingBack: 'rolling_back',
          rolledBack: 'rolled_back',
          at,
          owed: TIDINGS,
        });
        return true;
      } catch (error) {
        const item = error instanceof FencedError ? await readOwner(client, table, ref.ingressId) : null;
        // Two triggers, two confirmations: the first one's time stands.
        if (item?.generation !== ref.generation || item.status !== 'rolled_back') throw error;
        return false;
      }
    },

    async recordTold(ref, status, owed) {
      const [condition, sets] = ['generation = :generation AND #status = :status', 'SET #rollback.owed = :owed'];
      try {
        await rollbackUpdate(client, table, ref, condition, sets, { status, owed });
      } catch (error) {
        if (!(error instanceof FencedError)) throw error;
      }
    },

    async verifyRollback(ref, at) {
      await rollbackUpdate(
        client,
        table,
        ref,
        'generation = :generation AND #status = :rolledBack',
        'SET #rollback.verifiedAt = :at',
        { rolledBack: 'rolled_back', at },
      );
    },

    async confirmCapacity(ref, at) {
      await rollbackUpdate(
        client,
        table,
        ref,
        'generation = :generation AND #status = :rolledBack',
        'SET #rollback.capacityRestoredAt = :at',
        { rolledBack: 'rolled_back', at },
      );
    },
  };
}

async function fenceRunning(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  Key: Item,
  { trigger, reason, by, at, scope }: FenceRequest,
) {
  const rollback = {
    trigger,
    reason,
    by,
    requestedAt: at,
    confirmedAt: null,
    verifiedAt: null,
    capacityRestoredAt: null,
    owed: TIDINGS,
  };
  const condition = scopeCondition(scope);
  const { Attributes } = await aws('UpdateItem', () =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key,
        UpdateExpression: 'SET #status = :rollingBack, generation = generation + :one, #rollback = :rollback',
        ConditionExpression: ['#status = :running', ...condition.all].join(' AND '),
        ExpressionAttributeNames: { '#status': 'status', '#rollback': 'rollback', ...condition.names },
        ExpressionAttributeValues: {
          ':rollingBack': { S: 'rolling_back' },
          ':running': { S: 'running' },
          ':one': { N: '1' },
          ':rollback': toValue(rollback),
          ...condition.values,
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return { outcome: 'fenced' as const, item: parseOwner(Attributes ?? {}) };
}
