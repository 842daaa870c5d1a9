/** Stable's capacity after the loss of the table, by what the execution's own history carries. */
import { describe, expect, it } from 'vitest';
import { rollBack, watch } from '../../core/fence/index.ts';
import { weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const REQUEST = { trigger: 'alarm', reason: 'red', by: 'gateway-red', at: '2026-11-27T08:00:00Z' } as const;
const LOST = 'arn:execution:lost';

/** A table without the lease of the run that holds stable at two of its four tasks. */
function lost(phase = 'decommission'): MemoryWorld {
  const world = new MemoryWorld();
  const scaling = { min: 2, max: 8, suspended: false, scheduledSuspended: false };
  world.carried = { executionArn: LOST, capacity: { desired: 4, running: 4, scaling }, phase };
  world.stableTasks = { desired: 2, running: 2, scaling: { ...scaling, suspended: true, scheduledSuspended: true } };
  return world;
}

/** The same while the candidate answers everybody, with so many healthy targets on stable. */
function answering(healthy: number, phase?: string): MemoryWorld {
  const world = lost(phase);
  world.live = weightsFor(DEPLOYMENT, { candidatePercent: 100, mirror: null });
  const of = (n: number) => ({ healthy: n, unhealthy: 0, registered: n });
  world.healthy = { stable: of(healthy), candidate: of(4) };
  return world;
}

const weightsOf = ({ live }: MemoryWorld) => live[1]?.groups.map(({ weight }) => weight);

describe('a return without a lease', () => {
  it('gives stable no more than it can carry, and all tasks of the snapshot', async () => {
    const world = answering(2);
    const outcome = await rollBack(world, DEPLOYMENT, REQUEST);
    expect(outcome).toMatchObject({ outcome: 'waiting_for_capacity', needed: 4, candidatePercent: 50 });
    expect(weightsOf(world)).toEqual([50, 50]);
    expect(world.stableTasks.desired).toBe(4);
  });

  it('gives everything to half of the targets where the run took none', async () => {
    const world = answering(2, 'stage');
    expect(await rollBack(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'rolled_back' });
    expect(world.stableTasks).toMatchObject({ desired: 4, scaling: { suspended: false } });
  });

  it('goes by what the run carries that asks for itself', async () => {
    const world = answering(2);
    const capacity = { desired: 2, running: 2, scaling: null };
    const outcome = await rollBack(world, DEPLOYMENT, { ...REQUEST, capacity, phase: 'decommission' });
    expect(outcome).toMatchObject({ outcome: 'rolled_back' });
    expect(world.stableTasks.desired).toBe(2);
  });

  it('does without a history that cannot be read', async () => {
    const world = answering(2);
    world.executions.carried = () => Promise.reject(new Error('AccessDenied'));
    expect(await rollBack(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'rolled_back' });
  });
});

describe('the watchdog', () => {
  it('restores the capacity of a run whose lease is lost, once', async () => {
    const world = lost();
    expect(await watch(world, DEPLOYMENT)).toEqual({ action: 'restored_capacity', item: null, desired: 4 });
    expect(world.stableTasks).toMatchObject({ desired: 4, scaling: { min: 2, suspended: false } });
    expect(await watch(world, DEPLOYMENT)).toEqual({ action: 'none', item: null });
  });

  it('asks for runs of the last day', async () => {
    const world = lost();
    const asked: number[] = [];
    world.executions.carried = async (since) => {
      asked.push(world.now - since);
      return null;
    };
    await watch(world, DEPLOYMENT);
    expect(asked).toEqual([86_400_000]);
  });

  it('leaves scaling that somebody has resumed', async () => {
    const world = lost();
    world.stableTasks = { ...world.stableTasks, scaling: { min: 1, max: 3, suspended: false } };
    expect(await watch(world, DEPLOYMENT)).toEqual({ action: 'none', item: null });
    expect(world.stableTasks.desired).toBe(2);
  });

  it('writes nothing where all is as in the snapshot', async () => {
    const world = lost();
    const { carried } = world;
    if (carried === null) throw new RangeError('the run carries a snapshot');
    const scaling = { min: 2, max: 8, suspended: true, scheduledSuspended: false };
    world.carried = { ...carried, capacity: { desired: 4, running: 4, scaling } };
    world.stableTasks = { desired: 4, running: 4, scaling };
    expect(await watch(world, DEPLOYMENT)).toEqual({ action: 'none', item: null });
  });

  it('leaves the capacity to a run that has begun meanwhile', async () => {
    const world = lost();
    const { snapshot } = world.capacity;
    const begun = new MemoryWorld();
    await atFirstStage(begun);
    world.capacity.snapshot = async () => {
      world.item = begun.item;
      return snapshot();
    };
    expect(await watch(world, DEPLOYMENT)).toEqual({ action: 'none', item: null });
    expect(world.stableTasks.desired).toBe(2);
  });

  it('leaves it to the lease where that is the same run’s', async () => {
    const world = lost();
    const earlier = new MemoryWorld();
    await atFirstStage(earlier);
    await rollBack(earlier, DEPLOYMENT, REQUEST);
    const { item } = earlier;
    if (item?.rollback == null) throw new RangeError('it was rolled back');
    const restored = { ...item, rollback: { ...item.rollback, capacityRestoredAt: item.rollback.requestedAt } };
    world.item = { ...restored, executionArn: LOST };
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'none' });
    world.item = restored;
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'restored_capacity', desired: 4 });
  });
});
