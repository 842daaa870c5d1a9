/** Which readings the watchdog believes, and what it leaves alone. */
import { describe, expect, it } from 'vitest';
import { rollBack } from '../../core/fence/rollback.ts';
import { fencedShift } from '../../core/fence/shift.ts';
import { COUNTS_LATE_SECONDS } from '../../core/fence/verified-return.ts';
import { watch } from '../../core/fence/watchdog.ts';
import { readBack, writeAll } from '../../core/fence/write-weights.ts';
import { finalWeights, type RuleWeights, SAFE_SPLIT, type TrafficSplit, weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const SAFE = weightsFor(DEPLOYMENT, SAFE_SPLIT);
const TEN = weightsFor(DEPLOYMENT, { candidatePercent: 10, mirror: null });
const DEAD = { healthy: 0, unhealthy: 2, registered: 2 };
const REQUEST = { trigger: 'alarm' as const, reason: 'red', by: 'gateway-red', at: '2026-11-24T08:10:00.000Z' };
const look = (world: MemoryWorld) => watch(world, DEPLOYMENT);

/** Makes the listener answer with `answers`, one after the other, and then with what it has. */
function reading(world: MemoryWorld, ...answers: readonly RuleWeights[][]): MemoryWorld {
  const left = [...answers];
  const read = async () => left.shift() ?? world.live;
  return Object.assign(world, { ingress: { ...world.ingress, read } });
}

async function inStage(split: TrafficSplit = { candidatePercent: 10, mirror: null }): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  const state = await atFirstStage(world);
  const progress = { phase: 'stage' as const, stage: 0, heartbeatDueAt: '2026-11-24T20:00:00.000Z' };
  await fencedShift(world, DEPLOYMENT, state, split, progress);
  return world;
}

describe('a healthy run is left alone', () => {
  it('where one reading of the listener is stale', async () => {
    const world = reading(await inStage(), SAFE);
    expect(await look(world)).toMatchObject({ action: 'none', item: { status: 'running' } });
  });

  it('where the listener carries the weights of a completed cutover, and nobody knows whether the execution still runs', async () => {
    const world = await inStage();
    world.live = finalWeights(DEPLOYMENT);
    const stateOf = () => Promise.reject(new Error('Throttling'));
    expect(await look(Object.assign(world, { executions: { ...world.executions, stateOf } }))).toMatchObject({
      action: 'none',
      item: { status: 'running' },
    });
  });

  it('where one reading of the listener after its rollback is stale', async () => {
    const world = await inStage();
    await rollBack(world, DEPLOYMENT, REQUEST);
    expect(await look(reading(world, TEN))).toMatchObject({ action: 'none' });
  });

  it.each<[string, TrafficSplit, Record<string, typeof DEAD>]>([
    ['both sides are dead', { candidatePercent: 10, mirror: null }, { stable: DEAD, candidate: DEAD }],
    ['the stable side is dead, which answers nobody', { candidatePercent: 100, mirror: null }, { stable: DEAD }],
    ['the candidate is dead, which answers nobody', { candidatePercent: 0, mirror: null }, { candidate: DEAD }],
  ])('where %s', async (_what, split, healthy) => {
    const world = await inStage(split);
    world.healthy = healthy;
    expect(await look(world)).toMatchObject({ action: 'none', item: { status: 'running' } });
  });

  it('where nobody knows the health of a side', async () => {
    const world = await inStage();
    const health = () => Promise.reject(new Error('Throttling'));
    expect(await watch(Object.assign(world, { ingress: { ...world.ingress, health } }), DEPLOYMENT)).toMatchObject({
      action: 'none',
    });
  });

  it('where a step has taken the tasks that are missing since the lease was read', async () => {
    const world = await inStage({ candidatePercent: 100, mirror: null });
    const { item } = world;
    if (item === null) throw new RangeError('no run has begun');
    const tasks = { step: 0, desired: 1, at: REQUEST.at, confirmed: false };
    const leases = [item, { ...item, tasks, stableCapacity: 'reduced' as const }];
    world.stableTasks = { ...world.stableTasks, desired: 1 };
    const ledger = { ...world.ledger, read: async () => leases.shift() ?? null };
    expect(await watch(Object.assign(world, { ledger }), DEPLOYMENT)).toMatchObject({ action: 'none' });
    expect(world.stableTasks.desired).toBe(1);
  });
});

describe('a mirror whose alarm is red, although its event was lost', () => {
  const red = (world: MemoryWorld) => {
    world.alarmReadings = world.alarmReadings.map((alarm) =>
      alarm.name === 'gateway-mirror' ? { ...alarm, state: 'ALARM' } : alarm,
    );
    return world;
  };
  const SOAK: TrafficSplit = { candidatePercent: 100, mirror: { face: 'reverse', percent: 5 } };

  it('is closed within a minute once the candidate has the customers, and the run goes on', async () => {
    const world = red(await inStage(SOAK));
    expect(await look(world)).toMatchObject({
      action: 'mirror',
      request: { reason: "the mirror's alarm gateway-mirror is in ALARM, and 5 % of the requests pass through it" },
      outcome: { outcome: 'closed' },
    });
    expect(world.item).toMatchObject({ status: 'running', intent: { split: { candidatePercent: 100, mirror: null } } });
    expect(await look(world)).toMatchObject({ action: 'none' });
  });

  it('ends the run in the shadow, as its event would', async () => {
    const world = red(await inStage({ candidatePercent: 0, mirror: { face: 'forward', percent: 5 } }));
    expect(await look(world)).toMatchObject({ action: 'mirror', outcome: { outcome: 'rolled_back' } });
  });

  it('is nobody’s concern while nothing is mirrored', async () => {
    expect(await look(red(await inStage()))).toMatchObject({ action: 'none' });
  });

  it('stays while nobody knows the alarms, and the stable side keeps its tasks', async () => {
    const world = await inStage(SOAK);
    world.item = world.item && { ...world.item, capacity: { ...world.stableTasks } };
    world.stableTasks = { ...world.stableTasks, desired: 1 };
    const alarms = { ...world.alarms, read: () => Promise.reject(new Error('Throttling')) };
    expect(await watch(Object.assign(world, { alarms }), DEPLOYMENT)).toMatchObject({ action: 'restored_capacity' });
  });
});

describe('after a rollback', () => {
  const returned = async () => {
    const world = await inStage();
    await rollBack(world, DEPLOYMENT, REQUEST);
    return world;
  };

  it('a listener that cannot be read is not taken for safe', async () => {
    const world = await returned();
    const read = () => Promise.reject(new Error('Throttling'));
    await expect(watch(Object.assign(world, { ingress: { ...world.ingress, read } }), DEPLOYMENT)).rejects.toThrow(
      'Throttling',
    );
  });

  it('an execution that cannot be read keeps no dead side in use, and fails a minute in which nothing else is found', async () => {
    const world = await inStage();
    const stateOf = () => Promise.reject(new Error('AccessDenied'));
    Object.assign(world, { executions: { ...world.executions, stateOf } });
    await expect(look(world)).rejects.toThrow('AccessDenied');
    world.healthy = { candidate: DEAD };
    expect(await look(world)).toMatchObject({ action: 'rollback', outcome: { outcome: 'rolled_back' } });
  });

  it('a minute in which nobody was counted is no return', async () => {
    const world = await returned();
    const minute = Math.ceil(world.now / 60_000) * 60_000;
    world.minuteEvidence = [{ minute, stable: null, candidate: null, elb5xx: 0 }];
    world.now = minute + 60_000 + COUNTS_LATE_SECONDS * 1000;
    expect(await look(world)).toMatchObject({ action: 'none' });
    expect(world.item?.rollback?.verifiedAt).toBeNull();
  });

  it('a stable side that lost its last healthy target is told of, at once and until it was seen to answer', async () => {
    const world = await returned();
    world.healthy = { stable: { healthy: 0, unhealthy: 2, registered: 2 } };
    expect(await look(world)).toMatchObject({ action: 'unanswered', registered: 2 });
    const minute = Math.ceil(world.now / 60_000) * 60_000;
    world.now = minute + 60_000 + COUNTS_LATE_SECONDS * 1000;
    expect(await look(world)).toMatchObject({ action: 'unanswered' });
    const stable = { requests: 100, target5xx: 0, connectionErrors: 0, slow: 0 };
    world.minuteEvidence = [{ minute, stable, candidate: null, elb5xx: 0 }];
    expect(await look(world)).toMatchObject({ action: 'verified' });
  });

  it('a capacity that cannot be read keeps nobody from seeing that the traffic is back, and fails every other minute', async () => {
    const world = await returned();
    world.item = world.item && { ...world.item, capacity: { ...world.stableTasks } };
    const snapshot = () => Promise.reject(new Error('AccessDenied'));
    Object.assign(world, { capacity: { ...world.capacity, snapshot } });
    const minute = Math.ceil(world.now / 60_000) * 60_000;
    world.now = minute + 60_000 + COUNTS_LATE_SECONDS * 1000;
    await expect(look(world)).rejects.toThrow('AccessDenied');
    const stable = { requests: 100, target5xx: 0, connectionErrors: 0, slow: 0 };
    world.minuteEvidence = [{ minute, stable, candidate: null, elb5xx: 0 }];
    expect(await look(world)).toMatchObject({ action: 'verified' });
    await expect(look(world)).rejects.toThrow('AccessDenied');
  });

  it('capacity that is as it was is owed while a writer may sleep', async () => {
    const world = await returned();
    await look(world);
    expect(world.item?.rollback?.capacityRestoredAt).toBeNull();
  });
});

describe('weights', () => {
  it('are read back twice in a row', async () => {
    const world = reading(new MemoryWorld(), SAFE, TEN, SAFE);
    let asked = 0;
    const read = () => {
      asked++;
      return world.ingress.read();
    };
    await readBack({ ...world.ingress, read }, DEPLOYMENT, SAFE, world.clock);
    expect(asked).toBe(4);
  });

  it('are written to every rule before one that failed is heard of', async () => {
    const written: string[] = [];
    const write = async ({ ruleArn }: RuleWeights) => {
      if (ruleArn === SAFE[0]?.ruleArn) throw new Error('Throttling');
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      written.push(ruleArn);
    };
    await expect(writeAll({ ...new MemoryWorld().ingress, write }, SAFE)).rejects.toThrow('Throttling');
    expect(written).toEqual(SAFE.slice(1).map(({ ruleArn }) => ruleArn));
  });
});
