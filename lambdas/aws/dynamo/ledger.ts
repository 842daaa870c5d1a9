/**
 * The ledger port over DynamoDB. Every write is one conditional request, so that of two writers exactly one wins:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type CutoverId,
  drillRecordSchema,
  FencedError,
  type FenceRequest,
  type Lease,
  type Ledger,
  type LogEntry,
  ledgerItemSchema,
  logEntrySchema,
  RefusedError,
  type RunRef,
} from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { cutoverPartition, drillKey, fromItem, type Item, ownerKey, toItem, toValue } from './item.ts';
import { queryAll } from './query.ts';

/** The run still owns the ingress: its generation holds, and no rollback has been asked for. */
const OWNED = '#status = :running AND generation = :generation';

export function dynamoLedger(client: Pick<DynamoDBClient, 'send'>, table: string): Ledger {
  /** Sets attributes under a condition. Resolves to the item after it; a failed condition rejects with AWS's exception. */
  async function update(
    key: Item,
    sets: Readonly<Record<string, unknown>>,
    condition: string,
    values: Readonly<Record<string, unknown>>,
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
          ExpressionAttributeNames: { ...Object.fromEntries(names.map((n) => [`#${n}`, n])), '#status': 'status' },
          ExpressionAttributeValues: Object.fromEntries(Object.entries(used).map(([n, v]) => [`:${n}`, toValue(v)])),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /** An update that only the present owner may make. */
  async function asOwner(ref: RunRef, sets: Readonly<Record<string, unknown>>, condition = OWNED): Promise<void> {
    try {
      await update(ownerKey(ref.ingressId), sets, condition, { running: 'running', generation: ref.generation });
    } catch (error) {
      throw asFenced(error, ref);
    }
  }

  return {
    async read(ingressId) {
      const { Item: item } = await aws('GetItem', () =>
        client.send(new GetItemCommand({ TableName: table, Key: ownerKey(ingressId), ConsistentRead: true })),
      );
      return item === undefined ? null : parseOwner(item);
    },

    async claim({ at, ...claim }) {
      const before = await this.read(claim.ingressId);
      // The same execution's second try, after its first answer was lost.
      if (before?.status === 'running' && before.executionArn === claim.executionArn) return before;
      const item: Lease = {
        ...claim,
        generation: ledgerItemSchema.shape.generation.parse((before?.generation ?? 0) + 1),
        status: 'running',
        startedAt: at,
        phase: 'preflight',
        stage: -1,
        capacity: null,
        stableCapacity: 'full',
        rollback: null,
      };
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
        throw new RefusedError(['another run took the ingress at the same moment']);
      }
      return item;
    },

    recordIntent: (ref, intent, progress) => asOwner(ref, { intent, ...progress }),
    heartbeat: (ref, progress) => asOwner(ref, { ...progress }),
    recordCapacity: (ref, capacity, stableCapacity) => asOwner(ref, { capacity, stableCapacity }),
    complete: (ref) =>
      asOwner(
        ref,
        { status: 'completed', phase: 'complete' },
        `(#status = :running OR #status = :set_status) AND generation = :generation`,
      ),

    recordTrip: (ref, drill) => asOwner(ref, { drill }),

    async recordDrill(ingressId, record) {
      // JSON text, as log entries are.
      const item = { ...drillKey(ingressId), record: { S: JSON.stringify(record) } };
      await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item: item })));
    },

    async lastDrill(ingressId) {
      const { Item: item } = await aws('GetItem', () =>
        client.send(new GetItemCommand({ TableName: table, Key: drillKey(ingressId), ConsistentRead: true })),
      );
      return item === undefined ? null : drillRecordSchema.parse(JSON.parse(item.record?.S ?? 'null'));
    },

    async confirmIntent(ref) {
      const key = ownerKey(ref.ingressId);
      try {
        await aws('UpdateItem', () =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: key,
              UpdateExpression: 'SET intent.confirmed = :true',
              ConditionExpression: OWNED,
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: {
                ':true': { BOOL: true },
                ':running': { S: 'running' },
                ':generation': toValue(ref.generation),
              },
            }),
          ),
        );
      } catch (error) {
        throw asFenced(error, ref);
      }
    },

    async fence(ingressId, request) {
      try {
        return await fenceRunning(client, table, ownerKey(ingressId), request);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The failed condition brings the item along; a store that leaves it out is asked.
        const item = error.Item === undefined ? await this.read(ingressId) : parseOwner(error.Item);
        if (item === null) return { outcome: 'none', item };
        return item.status === 'completed' ? { outcome: 'none', item } : { outcome: 'already', item };
      }
    },

    async confirmRollback(ref, at) {
      const sets = 'SET #status = :rolledBack, #rollback.confirmedAt = :at';
      try {
        await rollbackUpdate(client, table, ref, 'generation = :generation AND #status = :rollingBack', sets, {
          rollingBack: 'rolling_back',
          rolledBack: 'rolled_back',
          at,
        });
      } catch (error) {
        const item = error instanceof FencedError ? await this.read(ref.ingressId) : null;
        // Two triggers, two confirmations: the first one's time stands.
        if (item?.generation !== ref.generation || item.status !== 'rolled_back') throw error;
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

    async append(cutoverId, entry) {
      const sk = `LOG#${entry.at}#${randomUUID()}`;
      // Written as JSON text: evidence is read whole or not at all, and DynamoDB's own numbers would round it.
      const item = { pk: { S: cutoverPartition(cutoverId) }, sk: { S: sk }, entry: { S: JSON.stringify(entry) } };
      await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item: item })));
    },

    entries: (cutoverId) => readLog(client, table, cutoverId),
  };
}

async function fenceRunning(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  Key: Item,
  { trigger, reason, by, at }: FenceRequest,
) {
  const rollback = { trigger, reason, by, requestedAt: at, confirmedAt: null, verifiedAt: null };
  const { Attributes } = await aws('UpdateItem', () =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key,
        UpdateExpression: 'SET #status = :rollingBack, generation = generation + :one, #rollback = :rollback',
        ConditionExpression: '#status = :running',
        ExpressionAttributeNames: { '#status': 'status', '#rollback': 'rollback' },
        ExpressionAttributeValues: {
          ':rollingBack': { S: 'rolling_back' },
          ':running': { S: 'running' },
          ':one': { N: '1' },
          ':rollback': toValue(rollback),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return { outcome: 'fenced' as const, item: parseOwner(Attributes ?? {}) };
}

async function rollbackUpdate(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  ref: RunRef,
  ConditionExpression: string,
  UpdateExpression: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await aws('UpdateItem', () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: ownerKey(ref.ingressId),
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
        }),
      ),
    );
  } catch (error) {
    throw asFenced(error, ref);
  }
}

async function readLog(client: Pick<DynamoDBClient, 'send'>, table: string, cutoverId: CutoverId): Promise<LogEntry[]> {
  const items = await queryAll(client, table, cutoverPartition(cutoverId), 'LOG#');
  return items.map((item) => logEntrySchema.parse(JSON.parse(item.entry?.S ?? 'null')));
}

function parseOwner(item: Item): Lease {
  return ledgerItemSchema.parse(fromItem(item));
}

function asFenced(error: unknown, ref: RunRef): unknown {
  if (!(error instanceof ConditionalCheckFailedException)) return error;
  return new FencedError(`generation ${ref.generation} of ${ref.ingressId} is no longer running`, error);
}
