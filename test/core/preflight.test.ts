import { describe, expect, it } from 'vitest';
import { rollBack } from '../../core/fence/rollback.ts';
import { ANY_REQUEST } from '../../core/listener/conditions.ts';
import { SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { QUIET_SECONDS } from '../../core/phases/preflight.ts';
import { makeHandler } from '../../lambdas/preflight.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage, PREFLIGHT_EVENT } from '../support/run.ts';

const start = (world: MemoryWorld, event: unknown = PREFLIGHT_EVENT) => makeHandler(world)(event);
const none = { healthy: 0, unhealthy: 0, registered: 0 };

describe('preflight', () => {
  it('takes the ingress for a new run', async () => {
    const world = new MemoryWorld();
    expect(await start(world)).toMatchObject({ phase: 'preflight', next: 'proceed', generation: 1 });
    expect(world.item).toMatchObject({ status: 'running', cutoverId: 'one' });
  });

  const refusals: [string, (world: MemoryWorld) => void, RegExp][] = [
    [
      'the candidate already carries weight',
      (w) => {
        w.live = weightsFor(DEPLOYMENT, { candidatePercent: 1, mirror: null });
      },
      /must send all traffic to stable/,
    ],
    [
      'stickiness is on',
      (w) => {
        w.live = w.live.map((r) => ({ ...r, sticky: true }));
      },
      /stickiness/,
    ],
    [
      'a rule with a login came to stand behind ours',
      (w) => {
        const [own, theirs] = [DEPLOYMENT.rules[0]?.arn ?? '', 'rule/theirs'];
        const rule = (arn: string, priority: number, guards: string[]) => ({
          arn,
          priority,
          guards,
          conditions: ANY_REQUEST,
          forwards: new Map([[DEPLOYMENT.targetGroups.stable.arn, 1]]),
          stickySeconds: null,
          rewrites: false,
        });
        const rules = [rule(own, 5, []), rule(theirs, 10, ['authenticate-cognito {}'])];
        w.around = { ...w.around, listeners: [{ ownRules: [own], rules }] };
      },
      /rule theirs at priority 10 .* demands authenticate-cognito first/,
    ],
    [
      'CodeDeploy shifts the same service',
      (w) => {
        w.around = { ...w.around, services: [{ name: 'stable', controller: 'CODE_DEPLOY', strategy: 'ROLLING' }] };
      },
      /CodeDeploy owns the weights of service stable/,
    ],
    [
      'the candidate has no healthy target',
      (w) => {
        w.healthy.candidate = none;
      },
      /candidate target group has no healthy target/,
    ],
    [
      'the mirror has no healthy target',
      (w) => {
        w.healthy.mirrorForward = none;
      },
      /mirror target group has no healthy target/,
    ],
    [
      'a stable target is unhealthy',
      (w) => {
        w.healthy.stable = { healthy: 2, unhealthy: 1, registered: 3 };
      },
      /1 unhealthy/,
    ],
    [
      'the stable side could not take everything',
      (w) => {
        w.healthy.stable = { healthy: 1, unhealthy: 0, registered: 1 };
      },
      /1 healthy targets of 2 desired/,
    ],
    [
      'an alarm is red',
      (w) => {
        w.alarmReadings = w.alarmReadings.map((a) => ({ ...a, state: 'ALARM' }));
      },
      /gateway-red is in ALARM/,
    ],
    [
      'an alarm has had no data',
      (w) => {
        w.alarmReadings = w.alarmReadings.map((a) => ({ ...a, state: 'INSUFFICIENT_DATA' }));
      },
      /INSUFFICIENT_DATA/,
    ],
    [
      'alarm actions are disabled',
      (w) => {
        w.alarmReadings = w.alarmReadings.map((a) => ({ ...a, actionsEnabled: false }));
      },
      /actions of alarm .* are disabled/,
    ],
    [
      'an alarm is muted',
      (w) => {
        w.alarmReadings = w.alarmReadings.map((a) => ({ ...a, mutedBy: ['friday'] }));
      },
      /gateway-red is muted by friday/,
    ],
    [
      'an alarm is missing',
      (w) => {
        w.alarmReadings = [];
      },
      /gateway-red does not exist/,
    ],
  ];

  it.each(refusals)('refuses when %s, and touches nothing', async (_name, break_, message) => {
    const world = new MemoryWorld();
    break_(world);
    const live = structuredClone(world.live);
    await expect(start(world)).rejects.toThrow(message);
    expect(world.item).toBeNull();
    expect(world.live).toEqual(live);
  });

  it('names every reason at once', async () => {
    const world = new MemoryWorld();
    world.alarmReadings = [];
    world.healthy.candidate = none;
    await expect(start(world)).rejects.toThrow(/candidate.*gateway-red.*gateway-mirror/);
  });

  it('refuses a second run, and one too soon after a rollback', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    const second = { ...PREFLIGHT_EVENT, executionArn: 'arn:execution:two', executionName: 'two' };
    await expect(start(world, second)).rejects.toThrow(/owns the ingress/);
    await rollBack(world, DEPLOYMENT, {
      trigger: 'operator',
      reason: 'r',
      by: 'b',
      at: new Date(world.now).toISOString(),
    });
    await expect(start(world)).rejects.toThrow(/start again once/);
    world.now += (QUIET_SECONDS + 1) * 1000;
    expect(await start(world)).toMatchObject({ generation: 3 });
  });

  it('refuses after a completed cutover until the sides have been exchanged, and then begins the next migration', async () => {
    const world = new MemoryWorld();
    const state = await atFirstStage(world);
    await world.ledger.complete(state);
    world.live = weightsFor(DEPLOYMENT, { candidatePercent: 100, mirror: null });
    await expect(start(world)).rejects.toThrow(/completed here.*swap stable and candidate/);
    // What the exchange comes to: the group that has everything is called stable now.
    world.live = weightsFor(DEPLOYMENT, SAFE_SPLIT);
    expect(await start(world)).toMatchObject({ next: 'proceed', generation: 2 });
  });

  it('refuses a bad plan by the name of its field', async () => {
    const world = new MemoryWorld();
    await expect(start(world, { ...PREFLIGHT_EVENT, input: { plan: { stages: [] } } })).rejects.toThrow(/stages/);
    await expect(start(world, { ...PREFLIGHT_EVENT, input: { plam: {} } })).rejects.toThrow(/plam/);
    await expect(
      start(world, { ...PREFLIGHT_EVENT, input: { plan: { soak: { observe: 'PT1M', maxHold: 'P7D' } } } }),
    ).rejects.toThrow(/history events/);
    expect(world.item).toBeNull();
  });
});
