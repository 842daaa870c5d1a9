import { describe, expect, it } from 'vitest';
import { rollBack } from '../../core/fence/rollback.ts';
import { fencedShift } from '../../core/fence/shift.ts';
import { watch } from '../../core/fence/watchdog.ts';
import { ANY_REQUEST } from '../../core/listener/conditions.ts';
import { type CutoverState, PHASES, type Phase, parseState, stateToJson } from '../../core/model/run-state.ts';
import { SAFE_SPLIT, sameWeights, type TrafficSplit, weightsFor } from '../../core/model/split.ts';
import { answeredByStable, residue } from '../../core/phases/decommission.ts';
import { makeHandler } from '../../lambdas/decommission.ts';
import { makeHandler as verifyRollback } from '../../lambdas/verify-rollback.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { begun } from '../support/run.ts';

const SOAKED: TrafficSplit = { candidatePercent: 100, mirror: { face: 'reverse', percent: 5 } };
const SNAPSHOT = { desired: 4, running: 4, scaling: { min: 4, max: 10, suspended: false, scheduledSuspended: false } };
const side = (requests: number) => ({ requests, target5xx: 0, connectionErrors: 0, slow: 0 });
const minute = (stable: number | null, candidate: number | null) => ({
  minute: 0,
  stable: stable === null ? null : side(stable),
  candidate: candidate === null ? null : side(candidate),
  elb5xx: 0,
});

/** A run that is signed off after the soak: the candidate answers everything, and four stable tasks stand by. */
async function signedOff(world: MemoryWorld): Promise<CutoverState> {
  const state = await begun(world);
  world.stableTasks = {
    desired: 4,
    running: 4,
    scaling: { min: 4, max: 10, suspended: true, scheduledSuspended: true },
  };
  await world.ledger.recordCapacity(state, SNAPSHOT, 'full');
  const progress = { phase: 'soak' as const, stage: 3, heartbeatDueAt: '2026-11-24T20:00:00.000Z' };
  await fencedShift(world, DEPLOYMENT, state, SOAKED, progress);
  world.minuteEvidence = [minute(null, 600)];
  return { ...state, phase: 'decommission', stage: 3, split: SOAKED, capacity: SNAPSHOT };
}
const step = async (world: MemoryWorld, state: CutoverState) =>
  parseState(await makeHandler(world)(stateToJson(state)));
async function steps(world: MemoryWorld, n: number): Promise<CutoverState> {
  let state = await signedOff(world);
  for (let i = 0; i < n; i++) state = await step(world, state);
  return state;
}
const request = { trigger: 'operator' as const, by: 'ada', reason: 'second thoughts', at: '2026-11-24T09:00:00.000Z' };

describe('what the stable side answers by the listener', () => {
  it.each<[number, TrafficSplit]>([
    [0, { candidatePercent: 100, mirror: null }],
    [0, SOAKED],
    [1, { candidatePercent: 99.9, mirror: null }],
    [100, { candidatePercent: 0, mirror: { face: 'forward', percent: 100 } }],
  ])('is %s %% of %j', (percent, split) => {
    const [mirrored] = weightsFor(DEPLOYMENT, split);
    if (mirrored === undefined) throw new RangeError('no rule');
    expect(answeredByStable(DEPLOYMENT, [mirrored])).toBe(percent);
  });
});

describe('decommission', () => {
  it.each(PHASES.filter((p): p is Exclude<Phase, 'decommission'> => p !== 'decommission'))(
    'takes no task away in phase %s',
    async (phase) => {
      const world = new MemoryWorld();
      const state = await signedOff(world);
      await expect(makeHandler(world)(stateToJson({ ...state, phase }))).rejects.toThrow(/does not expect/);
      expect(world.stableTasks.desired).toBe(4);
    },
  );

  it.each([
    ['customers still come to the stable side', [minute(3, 600)]],
    ['nothing was counted at all', []],
    ['nothing was counted on the candidate', [minute(null, null)]],
  ])('waits while %s', async (_what, minutes) => {
    const world = new MemoryWorld();
    const state = await signedOff(world);
    world.minuteEvidence = minutes;
    expect(await step(world, state)).toMatchObject({ next: 'hold', phase: 'decommission' });
    expect(world.stableTasks.desired).toBe(4);
    expect(world.item?.stableCapacity).toBe('full');
  });

  it('takes no task from a side that a rule past the cutover still forwards to, and tells once whose it is', async () => {
    const world = new MemoryWorld();
    const { stable } = DEPLOYMENT.targetGroups;
    const past = { arn: 'internal/1', priority: Infinity, conditions: ANY_REQUEST, guards: [], stickySeconds: null };
    world.rulesAround = [[{ ...past, rewrites: false, forwards: new Map([[stable.arn, 1]]) }]];
    let state = await signedOff(world);
    for (let i = 0; i < 3; i++) state = await step(world, state);
    expect(state).toMatchObject({ next: 'hold', phase: 'decommission' });
    expect(world.stableTasks.desired).toBe(4);
    expect(
      world.notices.map(({ subject }) => subject).filter((text) => text.includes('decommission waits')),
    ).toHaveLength(1);
    expect(state.reason).toBe(
      'Requests past the cutover still reach the stable side, by the default rule (any request); no task is removed. Point them at another target group, or delete them.',
    );
    world.rulesAround = [];
    await step(world, state);
    expect(world.stableTasks.desired).toBe(2);
  });

  it('counts every request as residue while the candidate does not answer everything', () => {
    expect(residue([minute(0, 600)], { candidatePercent: 50, mirror: null })).toBe(Number.POSITIVE_INFINITY);
  });

  it('halves the tasks, and the ledger knows before the first one goes', async () => {
    const world = new MemoryWorld();
    const state = await signedOff(world);
    let knew = false;
    world.before = (s) => {
      if (s === 'scaleStable') knew = world.item?.stableCapacity === 'reduced';
    };
    const counts: number[] = [];
    let next = state;
    while (next.phase === 'decommission') {
      next = await step(world, next);
      counts.push(world.stableTasks.desired);
    }
    expect(counts).toEqual([2, 1, 0, 0]);
    expect(knew).toBe(true);
    expect(next).toMatchObject({ phase: 'retention', next: 'proceed' });
  });
});

describe('a rollback after the final sign-off', () => {
  it('before the first step is immediate: the stable side is whole', async () => {
    const world = new MemoryWorld();
    await signedOff(world);
    expect(await rollBack(world, DEPLOYMENT, request)).toMatchObject({ outcome: 'rolled_back' });
    expect(sameWeights(world.live, weightsFor(DEPLOYMENT, SAFE_SPLIT))).toBe(true);
  });

  it.each([
    [1, 2],
    [2, 1],
    [3, 0],
  ])(
    'after step %i (%i tasks left) scales up first, then moves the weights, then gives scaling back',
    async (n, left) => {
      const world = new MemoryWorld();
      await steps(world, n);
      expect(world.stableTasks.desired).toBe(left);
      world.healthy.stable = { healthy: left, unhealthy: 0, registered: left };
      expect(await rollBack(world, DEPLOYMENT, request)).toMatchObject({ outcome: 'waiting_for_capacity' });
      expect(world.stableTasks.desired).toBe(4);
      expect(sameWeights(world.live, weightsFor(DEPLOYMENT, SAFE_SPLIT))).toBe(false);
      world.healthy.stable = { healthy: 4, unhealthy: 0, registered: 4 };
      await watch(world, DEPLOYMENT);
      expect(sameWeights(world.live, weightsFor(DEPLOYMENT, SAFE_SPLIT))).toBe(true);
      expect(world.item?.status).toBe('rolled_back');
      expect(world.stableTasks.scaling).toEqual(SNAPSHOT.scaling);
    },
  );

  it('after completion is none: the candidate is the service now', async () => {
    const world = new MemoryWorld();
    const state = await steps(world, 3);
    await world.ledger.complete(state);
    expect(await rollBack(world, DEPLOYMENT, request)).toMatchObject({ outcome: 'nothing_to_do' });
    // An execution that gets here anyway (the answer to its last task was lost) must end, not wait for a return.
    expect(await verifyRollback(world)(stateToJson({ ...state, phase: 'rollback' }))).toMatchObject({
      next: 'proceed',
    });
  });
});
