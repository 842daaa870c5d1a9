import { ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { FencedError, SupersededError } from '../../../core/model/errors.ts';
import { cutoverIdSchema, generationSchema, ingressIdSchema } from '../../../core/model/ids.ts';
import { ledgerItemSchema } from '../../../core/model/lease.ts';
import { SAFE_SPLIT } from '../../../core/model/split.ts';
import { type Steering, UNSTEERED } from '../../../core/model/steering.ts';
import { dynamoLeases } from '../../../lambdas/aws/dynamo/leases.ts';
import { awsClient } from '../../support/aws-client.ts';

const ref = {
  ingressId: ingressIdSchema.parse('gateway'),
  generation: generationSchema.parse(1),
  executionArn: 'arn:execution:one',
};
const progress = { phase: 'stage' as const, stage: 0, heartbeatDueAt: '2026-11-24T08:00:00.000Z' };
const over = (send: (command: object) => Promise<object>) => dynamoLeases(awsClient<DynamoDBClient>(send), 'table');

const LEASE = ledgerItemSchema.parse({
  ...ref,
  cutoverId: cutoverIdSchema.parse('one'),
  executionArn: 'arn:one',
  status: 'running',
  startedAt: '2026-11-24T08:00:00.000Z',
  startedBy: null,
  phase: 'stage',
  stage: 0,
  heartbeatDueAt: progress.heartbeatDueAt,
  intent: { split: SAFE_SPLIT, weights: [], at: '2026-11-24T08:00:00.000Z', confirmed: true },
  capacity: null,
  stableCapacity: 'full',
  tasks: null,
  rollback: null,
  drill: null,
  steering: UNSTEERED,
});

describe('the ledger', () => {
  it('takes a request of a person’s that was sent twice for taken, and another one’s for another', async () => {
    const pause = { by: 'arn:ada', reason: '', from: LEASE.startedAt, until: '2026-11-24T09:00:00.000Z' };
    const asked = { ...UNSTEERED, rev: 1, pauses: [pause] };
    const met = (steering: Steering) =>
      over(() => {
        const Item = marshall({ ...LEASE, steering });
        return Promise.reject(new ConditionalCheckFailedException({ message: 'no', $metadata: {}, Item }));
      });
    await met(asked).steer(LEASE, asked);
    const other = { ...asked, pauses: [{ ...pause, by: 'arn:bob' }] };
    await expect(met(other).steer(LEASE, asked)).rejects.toBeInstanceOf(SupersededError);
  });

  it('reads who owns the ingress from no replica that lags', async () => {
    const asked: object[] = [];
    await over(async (command) => {
      asked.push(command);
      return {};
    }).read(ref.ingressId);
    const [get] = asked;
    expect(get instanceof GetItemCommand && get.input.ConsistentRead).toBe(true);
  });

  it('takes a failure that is no condition’s for no fence', async () => {
    const denied = Object.assign(new Error('not authorised'), { name: 'AccessDeniedException' });
    const ledger = over(() => Promise.reject(denied));
    const failure = await ledger.heartbeat(ref, progress).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(FencedError);
    await expect(ledger.confirmRollback(ref, progress.heartbeatDueAt)).rejects.not.toBeInstanceOf(FencedError);
  });
});
