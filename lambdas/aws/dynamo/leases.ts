/**
 * The leases port over DynamoDB. Every write is one conditional request, so that of two writers exactly one wins:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
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
import { aws } from '../calls/index.ts';
import { ownerKey, toItem, toValue } from './item.ts';
import {
  both,
  type Condition,
  intentIs,
  type LeaseStore,
  leaseMet,
  readOwner,
  replaceAsOwner,
  setAsOwner,
  setAttributes,
  setWhere,
  standsAs,
} from './lease-requests.ts';
import { fence, rollbackRecord } from './lease-rollback.ts';
import { archiveRun } from './runs.ts';

export function dynamoLeases(client: Pick<DynamoDBClient, 'send'>, table: string): Leases {
  const at: LeaseStore = { client, table };
  return {
    read: (ingressId) => readOwner(at, ingressId),
    claim: (claim) => claimIngress(at, claim),
    recordIntent: (ref, intent, progress) => setAsOwner(at, ref, { intent, ...progress }),
    replaceIntent: (ref, intent, expected) => replaceAsOwner(at, ref, { intent }, intentIs(expected)),
    confirmIntent: (ref, intent) => replaceAsOwner(at, ref, { 'intent.confirmed': true }, intentIs(intent)),
    heartbeat: (ref, progress) => setAsOwner(at, ref, { ...progress }),
    recordCapacity: (ref, capacity, stableCapacity) => setAsOwner(at, ref, { capacity, stableCapacity }),
    recordTasks: (ref, tasks) => setAsOwner(at, ref, { tasks, stableCapacity: 'reduced' }),
    confirmTasks: (ref, tasks) =>
      replaceAsOwner(
        at,
        ref,
        { 'tasks.confirmed': true },
        { all: ['tasks.#at = :tasksAt'], values: { tasksAt: tasks.at } },
      ),
    recordTrip: (ref, drill) => setAsOwner(at, ref, { drill }),
    steer: (lease, steering) => steer(at, lease, steering),
    async complete(ref, intent) {
      const sets = { status: 'completed', phase: 'complete', ...(intent === undefined ? {} : { intent }) };
      await setWhere(at, ref, sets, { all: ['generation = :generation'], values: { generation: ref.generation } });
    },
    fence: (ingressId, request) => fence(at, ingressId, request),
    ...rollbackRecord(at),
  };
}

async function claimIngress(table: LeaseStore, { at, ...claim }: Claim): Promise<Lease> {
  const before = await readOwner(table, claim.ingressId);
  // The same execution's second try, after its first answer was lost.
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
  if (before !== null) await archiveRun(table.client, table.table, before);
  try {
    await putAfter(table, lease, before);
    return lease;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The SDK may have sent it twice, the first time with effect.
    const now = await readOwner(table, claim.ingressId);
    if (now?.status === 'running' && now.executionArn === claim.executionArn) return now;
    throw new RefusedError(['another run took the ingress at the same moment']);
  }
}

/** In the place of the run before it, which must still be the last one and have ended. @throws ConditionalCheckFailedException */
async function putAfter({ client, table }: LeaseStore, lease: Lease, before: Lease | null): Promise<void> {
  await aws('PutItem', () =>
    client.send(
      new PutItemCommand({
        TableName: table,
        Item: { ...ownerKey(lease.ingressId), ...toItem(lease) },
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
}

/** While the run stands where it was read. @throws SupersededError when it has moved on, or somebody else steered it */
async function steer(at: LeaseStore, lease: Lease, steering: Steering): Promise<void> {
  const { phase, stage } = lease;
  const { rev } = lease.steering;
  const unsteered = rev === 0 ? 'attribute_not_exists(steering) OR ' : '';
  const asRead: Condition = {
    all: ['#phase = :phase', '#stage = :stage', `(${unsteered}steering.rev = :rev)`],
    values: { phase, stage, rev },
  };
  try {
    await setAttributes(at, lease.ingressId, { steering }, both(standsAs(lease, 'running'), asRead));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The SDK may have sent it twice, the first time with effect.
    if (isDeepStrictEqual((await leaseMet(at, lease.ingressId, error))?.steering, steering)) return;
    throw new SupersededError(`it has moved on, or somebody else steered it, since ${phase} was read`, error);
  }
}
