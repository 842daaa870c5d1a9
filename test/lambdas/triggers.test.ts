/**
 * Tests what the handlers make of triggers: which runs they concern, who is notified, and how a run ends that lost its
 * lease.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { fencedShift } from '../../core/fence/shift.ts';
import { cutoverIdSchema, generationSchema } from '../../core/model/ids.ts';
import { type CutoverState, parseState, stateToJson } from '../../core/model/run-state.ts';
import { SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { parseRollbackEvent } from '../../lambdas/events/index.ts';
import { makeHandler as rollback } from '../../lambdas/rollback.ts';
import { makeHandler as signoff } from '../../lambdas/signoff.ts';
import { makeHandler as verify } from '../../lambdas/verify-rollback.ts';
import { makeHandler as watchdog } from '../../lambdas/watchdog.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const NOW = '2026-11-24T09:00:00.000Z';
const action = (value: string, timestamp?: string) => ({
  source: 'aws.cloudwatch',
  alarmData: { alarmName: 'red', state: { value, reason: 'r', ...(timestamp === undefined ? {} : { timestamp }) } },
});

let world: MemoryWorld;
let state: CutoverState;
beforeEach(async () => {
  world = new MemoryWorld();
  state = await atFirstStage(world);
});
const told = () => world.notices.map(({ subject }) => subject).filter((subject) => subject.endsWith(': rolled back'));

describe('a trigger', () => {
  it('that asks for nothing touches nobody', async () => {
    for (const event of [
      action('OK'),
      { 'detail-type': 'Step Functions Execution Status Change', detail: { executionArn: 'arn', status: 'SUCCEEDED' } },
    ])
      expect(await rollback(world)(event)).toEqual({ outcome: 'ignored' });
    expect(world.item?.status).toBe('running');
  });

  it('of an alarm speaks of runs that had begun when it changed, in whichever notation CloudWatch writes that', () => {
    const scope = { kind: 'since', at: '2026-11-24T08:59:30.120Z' };
    expect(parseRollbackEvent(action('ALARM', '2026-11-24T08:59:30.120+0000'), NOW)).toMatchObject({ scope });
    expect(parseRollbackEvent(action('ALARM', '2026-11-24T08:59:30.120Z'), NOW)).toMatchObject({ scope });
    expect(parseRollbackEvent(action('ALARM', 'yesterday'), NOW)).not.toHaveProperty('scope');
  });

  it('of an operator who names a run speaks of that run', () => {
    const asked = { trigger: 'operator', reason: 'enough', by: 'ada' };
    const scope = { kind: 'execution', executionArn: 'arn:one' };
    expect(parseRollbackEvent({ ...asked, executionArn: 'arn:one' }, NOW)).toMatchObject({ scope });
    expect(parseRollbackEvent(asked, NOW)).not.toHaveProperty('scope');
  });

  it('has told people by the time that its function ends', async () => {
    world.before = async (step) => {
      if (step === 'publish') for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    };
    await rollback(world)(action('ALARM'));
    expect(told()).toHaveLength(1);
  });
});

describe('a sign-off', () => {
  it('is asked for once its token is kept, and says until when it takes an answer', async () => {
    let kept = false;
    const { open } = world.approvals;
    world.approvals.open = async (request) => {
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      await open(request);
      kept = true;
    };
    const asked: boolean[] = [];
    world.before = (step) => {
      if (step === 'publish') asked.push(kept);
    };
    await signoff(world)({ state: stateToJson({ ...state, phase: 'exercise' }), token: 'token' });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).not.toContain(false);
    const expiresAt = new Date(world.now + state.plan.signoff.timeout * 1000).toISOString();
    expect(world.approvalRequests).toMatchObject([{ token: 'token', expiresAt }]);
  });

  it('waits for its answer although nobody could be told, and the message that is missing is counted', async () => {
    world.notifier.publish = () => Promise.reject(new Error('the topic and the bus do not answer'));
    await signoff(world)({ state: stateToJson({ ...state, phase: 'exercise' }), token: 'token' });
    expect(world.approvalRequests).toHaveLength(1);
    expect(world.emitted).toContainEqual({ NoticeFailed: 1 });
  });
});

describe('the watchdog', () => {
  it('says whether a run is on', async () => {
    await watchdog(world)();
    world.item = null;
    world.live = weightsFor(DEPLOYMENT, SAFE_SPLIT);
    await watchdog(world)();
    const on = world.emitted.flatMap(({ CutoverRunning }) => (CutoverRunning === undefined ? [] : [CutoverRunning]));
    expect(on).toEqual([1, 0]);
  });

  it('tells of a run that it brought back for a mirror whose alarm was lost', async () => {
    const shadow = { candidatePercent: 0, mirror: { face: 'forward' as const, percent: 5 } };
    const progress = { phase: 'shadow' as const, stage: -1, heartbeatDueAt: '2026-11-24T20:00:00.000Z' };
    await fencedShift(world, DEPLOYMENT, state, shadow, progress);
    world.healthy = { mirrorForward: { healthy: 0, unhealthy: 1, registered: 1 } };
    expect(await watchdog(world)()).toMatchObject({ action: 'mirror', outcome: { outcome: 'rolled_back' } });
    expect(told()).toHaveLength(1);
  });
});

describe('a run that is brought back without its lease', () => {
  const verified = async () => parseState(await verify(world)(stateToJson({ ...state, phase: 'rollback' })));

  it('ends while a newer run has customers on its own candidate', async () => {
    if (world.item === null) throw new RangeError('no run has begun');
    const executionArn = 'arn:execution:two';
    world.running.add(executionArn);
    const generation = generationSchema.parse(state.generation + 2);
    world.item = { ...world.item, executionArn, generation, cutoverId: cutoverIdSchema.parse('two') };
    expect((await verified()).next).toBe('proceed');
  });

  it('gives back the capacity that nobody else knows of', async () => {
    world.item = null;
    world.live = weightsFor(DEPLOYMENT, SAFE_SPLIT);
    const { stableTasks: found } = world;
    state = { ...state, capacity: found };
    world.stableTasks = {
      ...found,
      desired: 1,
      scaling: { min: 1, max: 1, suspended: true, scheduledSuspended: true },
    };
    expect((await verified()).next).toBe('proceed');
    expect(world.stableTasks).toMatchObject({ desired: found.desired, scaling: found.scaling });
  });

  it('waits while the listener is not safe', async () => {
    world.item = null;
    world.before = (step) => {
      if (step === 'modifyRule') throw new Error('throttled');
    };
    await expect(verified()).rejects.toThrow('throttled');
  });
});
