import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { FencedError } from '../../../core/model/errors.ts';
import { generationSchema, ingressIdSchema } from '../../../core/model/ids.ts';
import { dynamoLeases } from '../../../lambdas/aws/dynamo/leases.ts';

const ref = { ingressId: ingressIdSchema.parse('gateway'), generation: generationSchema.parse(1) };
const progress = { phase: 'stage' as const, stage: 0, heartbeatDueAt: '2026-11-24T08:00:00.000Z' };
const over = (send: (command: object) => Promise<object>) =>
  dynamoLeases({ send: send as unknown as DynamoDBClient['send'] }, 'table');

describe('the ledger', () => {
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
