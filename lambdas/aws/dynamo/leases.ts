/**
 * The leases port, implemented with DynamoDB. Every write is one conditional request, so that of two writers exactly
 * one succeeds:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Claim,
  generationSchema,
  type Lease,
  type Leases,
  RefusedError,
  type Steering,
  SupersededError,
  UNSTEERED,
} from '../../../core/model/index.ts';
import { ownerKey, toItem, toValue } from './item.ts';
import {
  both,
  type Condition,
  intentIs,
  leaseMet,
  readOwner,
  replaceAsOwner,
  runIs,
  setAsOwner,
  setAttributes,
  setWhere,
  standsAs,
} from './lease-requests.ts';
import { fence, rollbackRecord } from './lease-rollback.ts';
import { archiveRun } from './runs.ts';
import { LedgerTable } from './table.ts';

export function dynamoLeases(client: Pick<DynamoDBClient, 'send'>, name: string): Leases {
  const table = new LedgerTable(client, name);
  return {
    read: (ingressId) => readOwner(table, ingressId),
    claim: (claim) => claimIngress(table, claim),
    recordIntent: (ref, intent, progress) => setAsOwner(table, ref, { intent, ...progress }),
    replaceIntent: (ref, intent, expected) => replaceAsOwner(table, ref, { intent }, intentIs(expected)),
    confirmIntent: (ref, intent) => replaceAsOwner(table, ref, { 'intent.confirmed': true }, intentIs(intent)),
    heartbeat: (ref, progress) => setAsOwner(table, ref, { ...progress }),
    recordCapacity: (ref, capacity, stableCapacity) => setAsOwner(table, ref, { capacity, stableCapacity }),
    recordTasks: (ref, tasks) => setAsOwner(table, ref, { tasks, stableCapacity: 'reduced' }),
    confirmTasks: (ref, tasks) =>
      replaceAsOwner(
        table,
        ref,
        { 'tasks.confirmed': true },
        { all: ['tasks.#at = :tasksAt'], values: { tasksAt: tasks.at } },
      ),
    recordTrip: (ref, drill) => setAsOwner(table, ref, { drill }),
    steer: (lease, steering) => steer(table, lease, steering),
    async complete(ref, intent) {
      const sets = { status: 'completed', phase: 'complete', ...(intent === undefined ? {} : { intent }) };
      await setWhere(table, ref, sets, runIs(ref));
    },
    fence: (ingressId, request) => fence(table, ingressId, request),
    ...rollbackRecord(table),
  };
}

async function claimIngress(table: LedgerTable, { at, ...claim }: Claim): Promise<Lease> {
  const before = await readOwner(table, claim.ingressId);
  // A second attempt of the same execution, after its first answer was lost.
  if (before?.status === 'running' && before.executionArn === claim.executionArn) return before;
  const lease: Lease = {
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
  if (before !== null) await archiveRun(table, before);
  try {
    await putAfter(table, lease, before);
    return lease;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The SDK may have sent the request twice, and the first one took effect.
    const now = await readOwner(table, claim.ingressId);
    if (now?.status === 'running' && now.executionArn === claim.executionArn) return now;
    throw new RefusedError(['another run took the ingress at the same moment']);
  }
}

/**
 * Replaces the previous run, which must still be the last one and have ended.
 * @throws ConditionalCheckFailedException
 */
async function putAfter(table: LedgerTable, lease: Lease, before: Lease | null): Promise<void> {
  await table.put(
    { ...ownerKey(lease.ingressId), ...toItem(lease) },
    {
      ConditionExpression:
        'attribute_not_exists(pk) OR (#status IN (:rolledBack, :completed) AND generation = :before)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':rolledBack': { S: 'rolled_back' },
        ':completed': { S: 'completed' },
        ':before': toValue(before?.generation ?? 0),
      },
    },
  );
}

/**
 * Succeeds only while the run is where it was read.
 * @throws SupersededError if it has moved on, or somebody else has steered it
 */
async function steer(table: LedgerTable, lease: Lease, steering: Steering): Promise<void> {
  const { phase, stage } = lease;
  const { rev } = lease.steering;
  const unsteered = rev === 0 ? 'attribute_not_exists(steering) OR ' : '';
  const asRead: Condition = {
    all: ['#phase = :phase', '#stage = :stage', `(${unsteered}steering.rev = :rev)`],
    values: { phase, stage, rev },
  };
  try {
    await setAttributes(table, lease.ingressId, { steering }, both(standsAs(lease, 'running'), asRead));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The SDK may have sent the request twice, and the first one took effect.
    if (isDeepStrictEqual((await leaseMet(table, lease.ingressId, error))?.steering, steering)) return;
    throw new SupersededError(`it has moved on, or somebody else steered it, since ${phase} was read`, error);
  }
}
