/** What a shift leaves behind after it has lost its fence, and what a shift refuses. */
import { describe, expect, it } from 'vitest';
import { fencedShift } from '../../core/fence/shift.ts';
import { FencedError, NoHealthyTargetError } from '../../core/model/errors.ts';
import { generationSchema } from '../../core/model/ids.ts';
import type { Lease } from '../../core/model/lease.ts';
import { SAFE_SPLIT, sameWeights, weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { begun } from '../support/run.ts';

const TEN = { candidatePercent: 10, mirror: null };
const TWENTY = { candidatePercent: 20, mirror: null };
const progress = { phase: 'stage' as const, stage: 0, heartbeatDueAt: '2026-11-24T09:00:00.000Z' };

/** Runs a shift. When it is about to confirm, a newer run begins and intends something else. */
async function overtaken(world: MemoryWorld): Promise<unknown> {
  const state = await begun(world);
  let raced = false;
  world.before = async (step) => {
    if (step === 'confirmIntent' && !raced) {
      raced = true;
      const item = world.item as Lease;
      const intent = {
        ...item.intent,
        split: TWENTY,
        weights: weightsFor(DEPLOYMENT, TWENTY),
        at: '2026-11-24T08:30:00.000Z',
      };
      world.item = { ...item, generation: generationSchema.parse(item.generation + 2), intent };
    }
    // A write takes some time.
    if (raced && step === 'modifyRule') for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return fencedShift(world, DEPLOYMENT, state, TEN, progress).catch((error: unknown) => error);
}

describe('a shift that a newer run overtakes', () => {
  it('has written what that run intends before it ends', async () => {
    const world = new MemoryWorld();
    expect(await overtaken(world)).toBeInstanceOf(FencedError);
    expect(sameWeights(world.live, weightsFor(DEPLOYMENT, TWENTY))).toBe(true);
  });
});

describe('a shift', () => {
  it('opens no mirror without a healthy target', async () => {
    const world = new MemoryWorld();
    const state = await begun(world);
    world.healthy = { mirrorForward: { healthy: 0, unhealthy: 1, registered: 1 } };
    const shadow = { candidatePercent: 0, mirror: { face: 'forward' as const, percent: 5 } };
    await expect(fencedShift(world, DEPLOYMENT, state, shadow, progress)).rejects.toThrow(NoHealthyTargetError);
    expect(sameWeights(world.live, weightsFor(DEPLOYMENT, SAFE_SPLIT))).toBe(true);
  });

  it('begins the soak without a mirror that is dead, for its customers can do without', async () => {
    const world = new MemoryWorld();
    const state = await begun(world);
    world.healthy = { mirrorReverse: { healthy: 0, unhealthy: 2, registered: 2 } };
    const soak = { candidatePercent: 100, mirror: { face: 'reverse' as const, percent: 5 } };
    const unmirrored = { candidatePercent: 100, mirror: null };
    await expect(fencedShift(world, DEPLOYMENT, state, soak, progress)).resolves.toEqual(unmirrored);
    expect(sameWeights(world.live, weightsFor(DEPLOYMENT, unmirrored))).toBe(true);
  });

  it('moves nobody where the candidate is as dead as the mirror', async () => {
    const world = new MemoryWorld();
    const state = await begun(world);
    const none = { healthy: 0, unhealthy: 2, registered: 2 };
    world.healthy = { mirrorReverse: none, candidate: none };
    const soak = { candidatePercent: 100, mirror: { face: 'reverse' as const, percent: 5 } };
    await expect(fencedShift(world, DEPLOYMENT, state, soak, progress)).rejects.toThrow(/Target group candidate/);
  });
});
