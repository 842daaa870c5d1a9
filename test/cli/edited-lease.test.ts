import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { watch } from '../../core/fence/watchdog.ts';
import { SAFE_SPLIT, sameWeights, weightsFor } from '../../core/model/split.ts';
import { ownerKey, toValue } from '../../lambdas/aws/dynamo/item.ts';
import { elbIngress } from '../../lambdas/aws/elb/ingress.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { steeredSites } from '../support/steered-sites.ts';

const sites = steeredSites();

/** The attribute, what somebody makes of it in the console (undefined: removed), and what `status` says then. */
const EDITS: readonly (readonly [path: string, value: unknown, status: string])[] = [
  ['#intent', undefined, 'The lease in the ledger cannot be read (intent: '],
  ['#intent.#weights', 'all', 'cannot be read (intent.weights: '],
  ['#status', 'aborted', 'cannot be read (status: '],
  ['#generation', '1', 'cannot be read (generation: '],
  ['#heartbeatDueAt', '2026-11-28T10:00:00+01:00', 'cannot be read (heartbeatDueAt: '],
  ['#executionArn', undefined, 'cannot be read (executionArn: '],
  ['#capacity', undefined, 'cannot be read (capacity: '],
  ['#startedBy', 7, 'cannot be read (startedBy: '],
  ['#generation', 9, 'is rolled back'],
  ['#status', 'completed', 'is completed'],
  ['#status', 'rolled_back', 'is rolled back'],
  ['#status', 'rolling_back', 'is rolled back'],
];

describe('the watchdog returns the customers of a run whose lease somebody edits:', () => {
  it.each(EDITS)('%s = %j', async (path, value, status) => {
    const site = sites.next();
    await site.begin();
    await site.enter('stage');
    const ingress = elbIngress(sites.backend.elb, site.deployment);
    for (const rule of weightsFor(site.deployment, { candidatePercent: 10, mirror: null })) await ingress.write(rule);
    const given = value === undefined ? {} : { ExpressionAttributeValues: { ':value': toValue(value) } };
    await sites.backend.dynamo.send(
      new UpdateItemCommand({
        TableName: sites.backend.table,
        Key: ownerKey(site.ingressId),
        UpdateExpression: value === undefined ? `REMOVE ${path}` : `SET ${path} = :value`,
        ExpressionAttributeNames: Object.fromEntries(path.split('.').map((name) => [name, name.slice(1)])),
        ...given,
      }),
    );
    const { health } = new MemoryWorld().ingress;
    const ports = Object.assign(new MemoryWorld(site.deployment), {
      ledger: site.ledger,
      ingress: { ...ingress, health },
    });
    for (let minute = 0; minute < 2; minute++) await watch(ports, site.deployment);
    expect(sameWeights(await ingress.read(), weightsFor(site.deployment, SAFE_SPLIT))).toBe(true);
    const { code, stdout, stderr } = await site.as('ada', 'status');
    expect(stdout + stderr).toContain(status);
    if (status.includes('cannot be read')) {
      expect(code).toBe(3);
      expect(stderr).toMatch(/Nothing was changed\.\nNext: `crossfade rollback` needs no lease/);
    }
  });
});
