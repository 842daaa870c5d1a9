/**
 * Tests what a task finds when it is retried after its answer was lost, and which failures do not stop a rollback whose
 * weights are safe.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { FencedError } from '../../core/model/errors.ts';
import { generationSchema } from '../../core/model/ids.ts';
import { type CutoverState, parseState, stateToJson } from '../../core/model/run-state.ts';
import { makeHandler as capacity } from '../../lambdas/capacity.ts';
import { makeHandler as complete } from '../../lambdas/complete.ts';
import { makeHandler as decommission } from '../../lambdas/decommission.ts';
import { makeHandler as rollback } from '../../lambdas/rollback.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage, begun } from '../support/run.ts';

const ALARM = {
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'red', state: { value: 'ALARM' } },
};

let world: MemoryWorld;
let state: CutoverState;
beforeEach(async () => {
  world = new MemoryWorld();
  state = await begun(world);
});

describe('the second try', () => {
  it('of a completion goes on, and that of another run’s is fenced', async () => {
    const closing = stateToJson({ ...state, phase: 'complete' });
    await complete(world)(closing);
    expect(await complete(world)(closing)).toMatchObject({ next: 'proceed' });
    if (world.item !== null) world.item = { ...world.item, generation: generationSchema.parse(state.generation + 2) };
    await expect(complete(world)(closing)).rejects.toThrow(FencedError);
  });

  it('of holding capacity gives back what the first one found', async () => {
    const found = structuredClone(world.stableTasks);
    const held = stateToJson({ ...state, phase: 'baseline' });
    await capacity(world)(held);
    expect(world.stableTasks.scaling?.suspended).toBe(true);
    expect(parseState(await capacity(world)(held)).capacity).toEqual(found);
    expect(world.item?.capacity).toEqual(found);
  });
});

describe('a step of decommission', () => {
  it('looks back for as long as counts may be late, however short the plan’s steps', async () => {
    const asked: number[] = [];
    world.metrics.minutes = async ({ from, to }) => {
      asked.push((to - from) / 1000);
      return [];
    };
    const plan = { ...state.plan, decommission: { ...state.plan.decommission, step: 60 } };
    const split = { candidatePercent: 100, mirror: null };
    await decommission(world)(
      stateToJson({ ...state, plan, split, phase: 'decommission', capacity: world.stableTasks }),
    );
    expect(asked).toEqual([420]);
  });
});

describe('once the weights are safe', () => {
  beforeEach(async () => {
    world = new MemoryWorld();
    await atFirstStage(world);
  });
  const told = () => world.notices.map(({ subject }) => subject).filter((subject) => subject.endsWith('rolled back'));

  it('a log that fails stops nothing, and people are told', async () => {
    world.decisionLog.append = () => Promise.reject(new Error('throttled'));
    expect(await rollback(world)(ALARM)).toMatchObject({ outcome: 'rolled_back' });
    expect(told()).toHaveLength(1);
    expect(world.item?.rollback?.owed).toEqual(['log']);
  });

  it('a topic that fails stops nothing, is counted, and is owed', async () => {
    world.notifier.publish = () => Promise.reject(new Error('denied'));
    expect(await rollback(world)(ALARM)).toMatchObject({ outcome: 'rolled_back' });
    expect(world.emitted).toContainEqual({ NoticeFailed: 1 });
    expect(world.item?.rollback?.owed).toEqual(['message']);
  });

  it('a note of who was told that cannot be written stops nothing', async () => {
    world.before = (step) => {
      if (step === 'recordTold') throw new Error('throttled');
    };
    expect(await rollback(world)(ALARM)).toMatchObject({ outcome: 'rolled_back' });
    expect(told()).toHaveLength(1);
  });
});
