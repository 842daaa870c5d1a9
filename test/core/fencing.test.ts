import { describe, expect, it } from 'vitest';
import { rollBack } from '../../core/fence/rollback.ts';
import type { RollbackRequest } from '../../core/fence/rollback-outcome.ts';
import { fencedShift } from '../../core/fence/shift.ts';
import { COUNTS_LATE_SECONDS } from '../../core/fence/verified-return.ts';
import { SHIFT_DEADLINE_SECONDS, watch } from '../../core/fence/watchdog.ts';
import { CrossfadeError, FencedError } from '../../core/model/errors.ts';
import { SAFE_SPLIT, sameWeights, weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { EXECUTION, MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage, begun } from '../support/run.ts';

const SAFE = weightsFor(DEPLOYMENT, SAFE_SPLIT);
const TEN = { candidatePercent: 10, mirror: null };
const REQUEST: RollbackRequest = { trigger: 'alarm', reason: 'red', by: 'gateway-red', at: '2026-11-24T08:10:00.000Z' };
const progress = { phase: 'stage' as const, stage: 1, heartbeatDueAt: '2026-11-24T09:00:00.000Z' };

const isSafe = (world: MemoryWorld) => sameWeights(world.live, SAFE);
/** The error with which adapters report that a service does not answer. */
const silent = () => new CrossfadeError('Crossfade.Transient', 'no ledger', { traffic: 'unknown.', nextStep: 'wait.' });
const rollback = (world: MemoryWorld) => rollBack(world, DEPLOYMENT, REQUEST);

describe('a fenced shift', () => {
  it('writes every rule and is confirmed only after reading back', async () => {
    const world = new MemoryWorld();
    const state = await begun(world);
    await fencedShift(world, DEPLOYMENT, state, TEN, progress);
    expect(sameWeights(world.live, weightsFor(DEPLOYMENT, TEN))).toBe(true);
    expect(world.item?.intent).toMatchObject({ confirmed: true, split: TEN });
  });

  it('writes nothing once a rollback has fenced it', async () => {
    const world = new MemoryWorld();
    const state = await begun(world);
    await rollback(world);
    await expect(fencedShift(world, DEPLOYMENT, state, TEN, progress)).rejects.toThrow(FencedError);
    expect(isSafe(world)).toBe(true);
  });

  // A whole rollback runs just before one write of the shift. The dangerous place is between intent and write.
  it.each(['recordIntent', 'modifyRule', 'confirmIntent'])(
    'leaves the safe weights when a rollback runs just before %s',
    async (step) => {
      const world = new MemoryWorld();
      const state = await begun(world);
      let raced = false;
      world.before = async (now) => {
        if (now !== step || raced) return;
        raced = true;
        await rollback(world);
      };
      await expect(fencedShift(world, DEPLOYMENT, state, TEN, progress)).rejects.toThrow(FencedError);
      expect(isSafe(world)).toBe(true);
      expect(world.item?.status).toBe('rolled_back');
    },
  );

  it('refuses to leave customers with a stable side without a healthy target', async () => {
    const world = new MemoryWorld();
    const state = await atFirstStage(world);
    world.healthy = { stable: { healthy: 0, unhealthy: 2, registered: 2 } };
    await expect(fencedShift(world, DEPLOYMENT, state, TEN, progress)).rejects.toThrow(/stable/);
    expect(world.item?.intent.split.candidatePercent).toBe(1);
  });

  it('mirrors nothing where no mirror is deployed', async () => {
    const world = new MemoryWorld();
    const state = await begun(world);
    const { stable, candidate } = DEPLOYMENT.targetGroups;
    const rules = DEPLOYMENT.rules.map((rule) => ({ ...rule, roles: ['stable' as const, 'candidate' as const] }));
    const unmirrored = { ...DEPLOYMENT, targetGroups: { stable, candidate }, rules };
    world.healthy = { mirrorForward: { healthy: 0, unhealthy: 0, registered: 0 } };
    const shadow = { candidatePercent: 0, mirror: { face: 'forward' as const, percent: 5 } };
    const confirmed = await fencedShift(world, unmirrored, state, shadow, { ...progress, phase: 'shadow', stage: -1 });
    expect(confirmed).toEqual(SAFE_SPLIT);
    expect(world.item?.intent).toMatchObject({ confirmed: true, split: SAFE_SPLIT });
  });

  it('does not take a completed cutover back to a side that is gone', async () => {
    const world = new MemoryWorld();
    const state = await begun(world);
    const all = { candidatePercent: 100, mirror: null };
    await fencedShift(world, DEPLOYMENT, state, all, progress);
    await world.ledger.complete(state);
    const owned = world.item;
    world.before = (step) => {
      if (step === 'confirmIntent' && owned !== null)
        world.item = { ...owned, generation: 7 as typeof owned.generation };
    };
    world.item = owned === null ? null : { ...owned, status: 'running' };
    await expect(fencedShift(world, DEPLOYMENT, state, TEN, progress)).rejects.toThrow(FencedError);
    expect(sameWeights(world.live, weightsFor(DEPLOYMENT, all))).toBe(true);
  });
});

describe('a rollback', () => {
  it('is two calls to safety: fence, then write', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    const steps: string[] = [];
    let safeAfter: readonly string[] | null = null;
    world.before = (step) => {
      steps.push(step);
    };
    world.after = () => {
      if (safeAfter === null && isSafe(world)) safeAfter = [...steps];
    };
    await rollback(world);
    // The two rules are written in parallel, so they are one step in sequence.
    expect(safeAfter).toEqual(['fence', 'modifyRule', 'modifyRule']);
    expect(steps.slice(3)).toEqual(['stopExecution', 'release', 'confirmRollback']);
  });

  it('switches stickiness off in the same write', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.live = world.live.map((r) => ({ ...r, sticky: true }));
    await rollback(world);
    expect(world.live.every((r) => !r.sticky)).toBe(true);
  });

  it('comes to the same whoever and however many ask', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    const generation = world.item?.generation ?? 0;
    await Promise.all([
      rollback(world),
      rollback(world),
      rollBack(world, DEPLOYMENT, { ...REQUEST, trigger: 'execution' }),
    ]);
    expect(isSafe(world)).toBe(true);
    expect(world.item).toMatchObject({
      status: 'rolled_back',
      generation: generation + 1,
      rollback: { trigger: 'alarm' },
    });
  });

  it('writes the safe weights without the ledger, and says so', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.before = (step) => {
      if (step === 'fence') throw silent();
    };
    expect(await rollback(world)).toMatchObject({ outcome: 'rolled_back', ledger: 'unreachable' });
    expect(isSafe(world)).toBe(true);
  });

  it('does not send customers to a stable side without a healthy target when the ledger is silent', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    const before = world.live;
    world.healthy.stable = { healthy: 0, unhealthy: 0, registered: 0 };
    world.before = (step) => {
      if (step === 'fence') throw silent();
    };
    await expect(rollback(world)).rejects.toThrow(/no healthy target/);
    expect(world.live).toEqual(before);
  });

  it('leaves the listener alone when no run owns it, or the last one completed', async () => {
    const world = new MemoryWorld();
    expect(await rollback(world)).toMatchObject({ outcome: 'nothing_to_do' });
    const state = await atFirstStage(world);
    await world.ledger.complete(state);
    const live = weightsFor(DEPLOYMENT, { candidatePercent: 100, mirror: null });
    world.live = live;
    expect(await rollback(world)).toMatchObject({ outcome: 'nothing_to_do' });
    expect(world.live).toEqual(live);
  });

  it('writes all the same when the ledger is silent and health cannot be read', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.before = (step) => {
      if (step === 'fence') throw silent();
    };
    const blind = { ...world.ingress, health: () => Promise.reject(new Error('access denied')) };
    const { ledger, executions, capacity, clock } = world;
    const ports = { ledger, executions, capacity, clock, ingress: blind };
    expect(await rollBack(ports, DEPLOYMENT, REQUEST)).toMatchObject({ ledger: 'unreachable' });
    expect(isSafe(world)).toBe(true);
  });

  it('by break-glass goes to a stable side without a known healthy target', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.healthy.stable = { healthy: 0, unhealthy: 2, registered: 2 };
    world.before = (step) => {
      if (step === 'fence') throw silent();
    };
    await rollBack(world, DEPLOYMENT, { ...REQUEST, trigger: 'operator', breakGlass: true });
    expect(isSafe(world)).toBe(true);
  });

  it('does not wait for a reduced stable side when the candidate serves nobody any more', async () => {
    const world = new MemoryWorld();
    const state = await atFirstStage(world);
    await world.ledger.recordCapacity(state, { desired: 4, running: 4, scaling: null }, 'reduced');
    world.healthy.stable = { healthy: 1, unhealthy: 0, registered: 1 };
    world.healthy.candidate = { healthy: 0, unhealthy: 2, registered: 2 };
    expect(await rollback(world)).toMatchObject({ outcome: 'rolled_back' });
    expect(isSafe(world)).toBe(true);
    expect(world.stableTasks.desired).toBe(4);
  });

  it('scales a reduced stable side up before it gets weight', async () => {
    const world = new MemoryWorld();
    const state = await atFirstStage(world);
    await world.ledger.recordCapacity(state, { desired: 4, running: 4, scaling: null }, 'reduced');
    world.healthy.stable = { healthy: 1, unhealthy: 0, registered: 1 };
    expect(await rollback(world)).toMatchObject({ outcome: 'waiting_for_capacity' });
    expect(isSafe(world)).toBe(false);
    expect(world.stableTasks.desired).toBe(4);
    world.healthy.stable = { healthy: 4, unhealthy: 0, registered: 4 };
    await watch(world, DEPLOYMENT);
    expect(isSafe(world)).toBe(true);
    expect(world.item?.status).toBe('rolled_back');
  });

  // Every write of a rollback may fail, or take effect and lose its answer. The next attempt finishes the rollback.
  it.each(
    ['modifyRule', 'stopExecution', 'confirmRollback'].flatMap(
      (step) =>
        [
          [step, 'before'],
          [step, 'after'],
        ] as const,
    ),
  )('is finished by the watchdog when %s fails %s its effect', async (step, when) => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    let failed = false;
    const once = (now: string) => {
      if (now !== step || failed) return;
      failed = true;
      throw silent();
    };
    if (when === 'before') world.before = once;
    else world.after = once;
    // A confirmation without an answer is reported, not repeated: the weights are safe by then.
    if (step === 'confirmRollback')
      expect(await rollback(world)).toMatchObject({ outcome: 'rolled_back', first: true });
    else await expect(rollback(world)).rejects.toThrow('no ledger');
    await watch(world, DEPLOYMENT);
    expect(isSafe(world)).toBe(true);
    expect(world.item?.status).toBe('rolled_back');
  });
});

describe('capacity after a rollback', () => {
  it.each(['release', 'scaleStable'])(
    'keeps nobody from safety when ECS refuses %s, and is owed until it is back',
    async (step) => {
      const world = new MemoryWorld();
      await atFirstStage(world);
      world.stableTasks = {
        desired: 1,
        running: 1,
        scaling: { min: 1, max: 2, suspended: true, scheduledSuspended: true },
      };
      world.before = (now) => {
        if (now === step) throw new Error('AccessDenied');
      };
      expect(await rollback(world)).toMatchObject({ outcome: 'rolled_back', trouble: { message: 'AccessDenied' } });
      expect(isSafe(world)).toBe(true);
      world.before = () => {};
      expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'restored_capacity' });
      expect(world.stableTasks).toMatchObject({ desired: 2, scaling: world.item?.capacity?.scaling });
    },
  );

  it('is watched for as long as a paused writer may wake, and then left to its owner', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    await rollback(world);
    world.now += 14 * 60_000;
    world.stableTasks = { ...world.stableTasks, desired: 1 };
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'restored_capacity' });
    world.now += 60_000;
    await watch(world, DEPLOYMENT);
    expect(world.item?.rollback?.capacityRestoredAt).not.toBeNull();
    world.stableTasks = { ...world.stableTasks, desired: 1 };
    await watch(world, DEPLOYMENT);
    expect(world.stableTasks.desired).toBe(1);
  });
});

describe('the watchdog', () => {
  it('leaves a healthy run alone', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'none' });
  });

  it('rolls back a run that has not been heard of, also where nobody can say what became of its execution', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.now += 86_400_000;
    world.executions.stateOf = () => Promise.reject(new Error('AccessDenied'));
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'rollback', request: { trigger: 'watchdog' } });
    expect(isSafe(world)).toBe(true);
  });

  it('leaves a late shift alone that is confirmed before the fence', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    const { item } = world;
    if (item === null) throw new RangeError('no run has begun');
    world.item = { ...item, intent: { ...item.intent, confirmed: false } };
    world.now += (SHIFT_DEADLINE_SECONDS + 1) * 1000;
    world.before = (step) => {
      if (step === 'fence') world.item = item;
    };
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'none' });
    expect(world.item).toMatchObject({ status: 'running' });
  });

  it('rolls back a run that has not been heard of', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.now += 86_400_000;
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'rollback', request: { trigger: 'watchdog' } });
    expect(isSafe(world)).toBe(true);
  });

  it('rolls back a run whose execution is gone', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.running.delete(EXECUTION);
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'rollback', request: { trigger: 'execution' } });
    expect(isSafe(world)).toBe(true);
  });

  it('rolls back weights that nobody intended', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.live = weightsFor(DEPLOYMENT, { candidatePercent: 100, mirror: null });
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'rollback', request: { trigger: 'drift' } });
    expect(isSafe(world)).toBe(true);
  });

  it('gives a shift its time, and rolls it back when it is never confirmed', async () => {
    const world = new MemoryWorld();
    const state = await atFirstStage(world);
    world.before = (step) => {
      if (step === 'confirmIntent') throw new Error('crashed');
    };
    await expect(fencedShift(world, DEPLOYMENT, state, TEN, progress)).rejects.toThrow('crashed');
    world.before = () => {};
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'none' });
    world.now += (SHIFT_DEADLINE_SECONDS + 1) * 1000;
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'rollback' });
    expect(isSafe(world)).toBe(true);
  });

  it('writes the safe weights again when a late writer moved them', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    await rollback(world);
    world.live = weightsFor(DEPLOYMENT, TEN);
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'rewrote_safe_weights' });
    expect(isSafe(world)).toBe(true);
  });

  it('verifies the return by counts, and not before', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    await rollback(world);
    const side = { requests: 100, target5xx: 0, connectionErrors: 0, slow: 0 };
    const returned = Math.ceil(world.now / 60_000) * 60_000;
    // The stable side's count has arrived, but the candidate's has not, so the minute looks like a completed return.
    world.minuteEvidence = [{ minute: returned, stable: side, candidate: null, elb5xx: 0 }];
    world.now = returned + 60_000 + (COUNTS_LATE_SECONDS - 1) * 1000;
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'none' });
    world.minuteEvidence = [{ minute: returned, stable: side, candidate: side, elb5xx: 0 }];
    world.now += 1000;
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'none' });
    world.minuteEvidence = [{ minute: returned, stable: side, candidate: null, elb5xx: 0 }];
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'verified' });
    expect(world.item?.rollback?.verifiedAt).not.toBeNull();
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'none' });
  });
});
