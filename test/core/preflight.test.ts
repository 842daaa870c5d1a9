import { describe, expect, it } from 'vitest';
import { rollBack } from '../../core/fence/rollback.ts';
import { ANY_REQUEST } from '../../core/listener/conditions.ts';
import { type Deployment, deploymentSchema } from '../../core/model/deployment.ts';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import { SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { type PreflightFindings, QUIET_SECONDS, refusals, retentionProblem } from '../../core/phases/preflight.ts';
import { makeHandler } from '../../lambdas/preflight.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld, START } from '../support/memory-world.ts';
import { atFirstStage, PREFLIGHT_EVENT } from '../support/run.ts';

const start = (world: MemoryWorld, event: unknown = PREFLIGHT_EVENT) => makeHandler(world)(event);
const none = { healthy: 0, unhealthy: 0, registered: 0 };

describe('preflight', () => {
  it('takes the ingress for a new run', async () => {
    const world = new MemoryWorld();
    expect(await start(world)).toMatchObject({ phase: 'preflight', next: 'proceed', generation: 1 });
    expect(world.item).toMatchObject({ status: 'running', cutoverId: 'one' });
  });

  it('takes the later of two clocks for its start: no alarm from before it may look younger', async () => {
    const begunAt = async (startedAt: string) => {
      const world = new MemoryWorld();
      await start(world, { ...PREFLIGHT_EVENT, startedAt });
      return world.item?.startedAt;
    };
    expect(await begunAt('2026-11-24T08:01:30.000Z')).toBe('2026-11-24T08:01:30.000Z');
    expect(await begunAt('2026-11-24T07:58:30.000Z')).toBe(new Date(START).toISOString());
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
    // After the exchange, the group with all the traffic is called stable.
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

const TWO = { healthy: 2, unhealthy: 0, registered: 2 };
const OPERATOR = { trigger: 'operator', reason: 'r', by: 'b' } as const;
const deployed = (more: object): Deployment => deploymentSchema.parse({ ...DEPLOYMENT, ...more });

it.each([
  ['us-east-1', '123456789012'],
  ['eu-west-1', '999999999999'],
])('preflight refuses an alarm of %s, account %s: read by its name it would be another one', (region, account) => {
  const group = (name: string) => ({
    arn: `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/1`,
    fullName: `targetgroup/${name}/1`,
  });
  const targetGroups = { stable: group('stable'), candidate: group('candidate') };
  const rules = [{ arn: 'rule/one', roles: ['stable', 'candidate'] }];
  const deployment = deployed({ targetGroups, rules });
  const at = (r: string, a: string) => ({ plan: { alarms: [`arn:aws:cloudwatch:${r}:${a}:alarm:gateway-red`] } });
  const live = weightsFor(deployment, SAFE_SPLIT);
  expect(reasons({ live }, { deployment, ...at(region, account) })).toEqual([
    expect.stringMatching(/^alarms\.0: .* is not an alarm of aws eu-west-1 123456789012, where the deployment is$/),
  ]);
  expect(reasons({ live }, { deployment, ...at('eu-west-1', '123456789012') })).toEqual([]);
});

/** Reasons that refuse a run of another execution, in a world where nothing else is wrong. */
function reasons(
  found: Partial<PreflightFindings> = {},
  { deployment = DEPLOYMENT, plan = {}, now = START, execution = 'arn:execution:two' } = {} as {
    readonly deployment?: Deployment;
    readonly plan?: PlanInput;
    readonly now?: number;
    readonly execution?: string;
  },
): string[] {
  const world = new MemoryWorld();
  const health = { stable: TWO, candidate: TWO, mirror: TWO };
  const usual = { live: world.live, health, capacity: world.stableTasks, alarms: world.alarmReadings, owner: null };
  return refusals(deployment, parsePlan(plan), { ...usual, ...found }, now, execution);
}

/** A world whose run began an hour ago and was rolled back just now. */
async function broughtBack(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  await atFirstStage(world);
  world.now += 3_600_000;
  await rollBack(world, DEPLOYMENT, { ...OPERATOR, at: new Date(world.now).toISOString() });
  return world;
}

describe('what an earlier run has left', () => {
  it('is its writers, who may be in flight for four minutes after the safe weights, however old it was', async () => {
    const { item: owner, now } = await broughtBack();
    const seen = (seconds: number) => reasons({ owner }, { now: now + seconds * 1000 });
    expect(seen(239)).toEqual([expect.stringMatching(/rolled back 239 s ago; start again once 240 s have passed/)]);
    expect(seen(240)).toEqual([]);
  });

  it('is the ingress, until its rollback has ended', async () => {
    const { item } = await broughtBack();
    const owner = item && { ...item, status: 'rolling_back' as const };
    expect(reasons({ owner })).toEqual([expect.stringMatching(/is still being rolled back/)]);
  });

  it('is nothing of its own execution’s either: a redrive does not go on with what was brought back', async () => {
    const { item: owner, now } = await broughtBack();
    expect(reasons({ owner }, { now, execution: owner?.executionArn ?? '' })).toHaveLength(1);
  });

  it('is tasks and scaling that it owes, unless they were once seen as they were', async () => {
    const { item, now } = await broughtBack();
    const held = { desired: 2, running: 2, scaling: { min: 2, max: 10, suspended: true, scheduledSuspended: true } };
    const later = { now: now + 3_600_000 };
    expect(reasons({ owner: item, capacity: held }, later)).toEqual([
      expect.stringMatching(/tasks or scaling are not restored yet after cutover one/),
    ]);
    const rollback = item?.rollback && { ...item.rollback, capacityRestoredAt: new Date(now).toISOString() };
    const settled = item && { ...item, rollback: rollback ?? null };
    expect(reasons({ owner: settled, capacity: held }, later)).toEqual([]);
  });
});

describe('what a plan needs of its deployment', () => {
  const orders = { name: 'orders', kind: 'count', direction: 'lowerIsWorse', relativeMargin: 0.2 } as const;
  const query = (provider: string) => ({ source: 'provider', provider, query: 'orders{side="{{side}}"}' }) as const;

  it('is a mirror and a service only where there are some', () => {
    const health = { stable: TWO, candidate: TWO, mirror: null };
    expect(reasons({ health, capacity: null })).toEqual([]);
    expect(reasons({ health: { ...health, candidate: none } })).toHaveLength(1);
  });

  it('is the provider of each query, and services where ECS is asked', () => {
    const prometheus = { type: 'prometheus', url: 'https://prometheus.example/', timeoutSeconds: 5 };
    const { services: _, ...unserved } = DEPLOYMENT;
    const deployment = deploymentSchema.parse({ ...unserved, metricProviders: { ours: prometheus } });
    const plan: PlanInput = {
      metrics: [
        { ...orders, numerator: query('ours'), denominator: query('theirs') },
        {
          name: 'cpu',
          kind: 'value',
          value: { source: 'ecs', usage: 'cpu' },
          direction: 'higherIsWorse',
          tolerance: 5,
        },
      ],
    };
    expect(reasons({ capacity: null }, { deployment, plan })).toEqual([
      expect.stringMatching(/^metrics\.0\.denominator \(orders\): .* no provider "theirs"; it has ours/),
      expect.stringMatching(/^metrics\.1\.value \(cpu\): the deployment names no services of ECS/),
    ]);
  });

  it('is a name of each side, where the query tells them apart by it', () => {
    const prometheus = { type: 'prometheus', url: 'https://prometheus.example/', timeoutSeconds: 5 };
    const deployment = deployed({ metricProviders: { ours: prometheus } });
    const found = (candidate: string) => {
      const sides = { stable: 'shop', candidate };
      return reasons({}, { deployment, plan: { metrics: [{ ...orders, sides, numerator: query('ours') }] } });
    };
    expect(found('shop-go')).toEqual([]);
    expect(found('shop')).toEqual([expect.stringMatching(/would read the same for both sides/)]);
  });

  it('is a provider that can be asked for a vote', () => {
    const prometheus = { type: 'prometheus', url: 'https://prometheus.example/', timeoutSeconds: 5 };
    const deployment = deployed({ metricProviders: { desk: prometheus } });
    const plan: PlanInput = { hooks: [{ name: 'tickets', when: 'after', provider: 'desk' }] };
    expect(reasons({}, { deployment, plan })).toEqual([
      expect.stringMatching(/"desk" as a provider of type prometheus/),
    ]);
  });

  it('is that captures are kept for as long as it may last', () => {
    expect(retentionProblem(7, undefined)).toBeNull();
    expect(retentionProblem(7, 7)).toBeNull();
    expect(retentionProblem(8, 7)).toMatchObject({ path: 'retention' });
  });
});
