import { beforeEach, describe, expect, it } from 'vitest';
import { GUARD_TYPE } from '../../core/model/deployment.ts';
import type { Lease } from '../../core/model/lease.ts';
import { makeHandler } from '../../lambdas/weighted-rule.ts';
import { lease } from '../support/ledger-item.ts';

let owner: Lease | null;

beforeEach(() => {
  owner = null;
});

const elb = { send: () => Promise.reject(new Error('the guard calls no load balancer')) };
const handle = makeHandler({ elb, owner: async () => owner, clock: { sleep: async () => {} }, ingressId: 'gateway' });

describe('the guard of a deployment', () => {
  const renamed = (PhysicalResourceId: string, IngressId: string) =>
    handle({ ResourceType: GUARD_TYPE, RequestType: 'Update', ResourceProperties: { IngressId }, PhysicalResourceId });

  it('refuses another name for its ingress, and agrees to what takes that back', async () => {
    await expect(renamed('guard-of-gateway', 'shop')).rejects.toMatchObject({
      name: 'Crossfade.IngressRenamed',
      message: expect.stringMatching(
        /gateway was not renamed to shop.*Traffic: unchanged.*keep the ingress id gateway/s,
      ),
    });
    expect(await renamed('guard-of-gateway', 'gateway')).toMatchObject({ PhysicalResourceId: 'guard-of-gateway' });
  });

  const asked = (RequestType: 'Create' | 'Update' | 'Delete') =>
    handle({ ResourceType: GUARD_TYPE, RequestType, ResourceProperties: {}, PhysicalResourceId: 'guard-of-gateway' });

  it.each(['running', 'rolling_back'] as const)(
    'lets nothing go while a run is %s, and says what to do',
    async (status) => {
      owner = lease({ status });
      await expect(asked('Delete')).rejects.toThrow(
        new RegExp(`not deleted: cutover .* is ${status}\\. Traffic: unchanged.*crossfade rollback`),
      );
      for (const request of ['Create', 'Update'] as const)
        expect(await asked(request)).toMatchObject({ PhysicalResourceId: 'guard-of-gateway' });
    },
  );

  it.each([null, 'rolled_back', 'completed'] as const)('lets all go when the last run is %s', async (status) => {
    if (status !== null) owner = lease({ status });
    expect(await asked('Delete')).toMatchObject({ PhysicalResourceId: 'guard-of-gateway' });
  });
});
