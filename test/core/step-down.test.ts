import { describe, expect, it } from 'vitest';
import { leaveOwedCapacity } from '../../core/fence/stable-capacity.ts';
import { openStep, stepDown } from '../../core/fence/step-down.ts';
import { FencedError } from '../../core/model/errors.ts';
import type { Lease } from '../../core/model/lease.ts';
import type { CapacitySnapshot } from '../../core/model/run-state.ts';
import { lease } from '../support/ledger-item.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { begun } from '../support/run.ts';

const FREE = { min: 2, max: 10, suspended: false, scheduledSuspended: false };
const BACK = { trigger: 'alarm', reason: 'r', by: 'b', at: '2026-11-24T08:10:00.000Z' } as const;
const OWN: CapacitySnapshot = { desired: 8, running: 8, scaling: FREE };

function worldWith(desired: number, scaling: CapacitySnapshot['scaling'] = FREE): MemoryWorld {
  const world = new MemoryWorld();
  world.stableTasks = { desired, running: desired, scaling };
  world.healthy = { ...world.healthy, stable: { healthy: desired, unhealthy: 0, registered: desired } };
  return world;
}

describe('a step down', () => {
  it('stands in the ledger before a task goes, and is confirmed after it', async () => {
    const world = worldWith(8);
    const state = await begun(world);
    world.before = (step) => {
      if (step === 'scaleStable') expect(world.item?.tasks).toMatchObject({ step: 3, desired: 4, confirmed: false });
    };
    await stepDown(world, state, OWN, { step: 3, desired: 4 });
    expect(world.stableTasks.desired).toBe(4);
    expect(world.item).toMatchObject({ stableCapacity: 'reduced', tasks: { step: 3, desired: 4, confirmed: true } });
  });

  it('takes nothing away from a run that was fenced before it', async () => {
    const world = worldWith(8);
    const state = await begun(world);
    await world.ledger.fence(state.ingressId, BACK);
    await expect(stepDown(world, state, OWN, { step: 0, desired: 4 })).rejects.toThrow(FencedError);
    expect(world.stableTasks.desired).toBe(8);
  });

  it('gives back what it took when a rollback came in between', async () => {
    const world = worldWith(8);
    const state = await begun(world);
    world.before = async (step) => {
      if (step === 'scaleStable' && world.item?.status === 'running') await world.ledger.fence(state.ingressId, BACK);
    };
    await expect(stepDown(world, state, OWN, { step: 0, desired: 4 })).rejects.toThrow(FencedError);
    expect(world.stableTasks.desired).toBe(8);
  });

  it('is open for its own second try alone', () => {
    const tasks = { step: 2, desired: 4, at: '2026-11-24T08:00:00.000Z', confirmed: false };
    const held = lease({ tasks });
    expect(openStep(held, held, 2)).toBe(4);
    expect(openStep(held, held, 3)).toBeNull();
    expect(openStep(lease({ tasks: null }), held, 2)).toBeNull();
    expect(openStep({ ...held, generation: lease().generation + 1 } as Lease, held, 2)).toBeNull();
    expect(openStep(null, held, 2)).toBeNull();
  });
});

describe('a writer of capacity that woke too late leaves', () => {
  const held = { min: 6, max: 10, suspended: true, scheduledSuspended: true };
  const theirs: CapacitySnapshot = { desired: 6, running: 6, scaling: FREE };

  it.each<[string, Lease | null, number, CapacitySnapshot['scaling']]>([
    ['what a run holds that owns the ingress now', lease({ capacity: theirs }), 6, held],
    [
      'the tasks of that run’s last step',
      lease({
        capacity: theirs,
        stableCapacity: 'reduced',
        tasks: { step: 1, desired: 3, at: '2026-11-24T08:00:00.000Z', confirmed: true },
      }),
      3,
      held,
    ],
    ['its own tasks to a run that has noted none', lease(), 8, FREE],
    [
      'the tasks of a run that is being rolled back, and its scaling held',
      lease({ status: 'rolling_back', capacity: theirs }),
      6,
      FREE,
    ],
    ['its own snapshot after a rollback', lease({ status: 'rolled_back', capacity: theirs }), 8, FREE],
    ['its own snapshot where the lease is missing', null, 8, FREE],
    ['nothing to a completed cutover', lease({ status: 'completed', capacity: theirs }), 1, FREE],
  ])('%s', async (_what, owner, desired, scaling) => {
    const world = worldWith(1);
    await leaveOwedCapacity(world.capacity, owner, OWN);
    expect(world.stableTasks).toMatchObject({ desired, scaling });
  });
});
