/** Tests how a rollback ends if something other than the weights fails, or if the lease is not that of the run. */
import { describe, expect, it } from 'vitest';
import { fencedShift } from '../../core/fence/shift.ts';
import { cutoverIdSchema, generationSchema } from '../../core/model/ids.ts';
import { parseState, stateToJson } from '../../core/model/run-state.ts';
import { SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { makeHandler as capacity } from '../../lambdas/capacity.ts';
import { makeHandler as preflight } from '../../lambdas/preflight.ts';
import { makeHandler as rollback } from '../../lambdas/rollback.ts';
import { makeHandler as verify } from '../../lambdas/verify-rollback.ts';
import { makeHandler as watchdog } from '../../lambdas/watchdog.ts';
import { EXECUTION, MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage, PREFLIGHT_EVENT } from '../support/run.ts';

const ASKED = { trigger: 'alarm', reason: 'red', by: 'gateway-red' };
const MINUTE_MS = 60_000;
const TWO = 'arn:execution:two';
const ENDED = {
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: EXECUTION, status: 'FAILED' },
};

async function minutes(world: MemoryWorld, n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    world.now += MINUTE_MS;
    await watchdog(world)();
  }
}

/** Brings the world to 100 %, after the last step of decommission. */
async function decommissioned(world: MemoryWorld): Promise<void> {
  const state = await atFirstStage(world);
  const progress = { phase: 'decommission', stage: 5, heartbeatDueAt: '2026-11-25T08:00:00.000Z' } as const;
  await fencedShift(world, world.deployment, state, { candidatePercent: 100, mirror: null }, progress);
  await world.ledger.recordCapacity(state, world.stableTasks, 'reduced');
  world.stableTasks = { ...world.stableTasks, desired: 0, running: 0 };
  world.healthy = { stable: { healthy: 0, unhealthy: 0, registered: 0 } };
}

function refuses(world: MemoryWorld, ...steps: readonly string[]): void {
  world.before = (step) => {
    if (steps.includes(step)) throw new Error(`${step} is refused`);
  };
}

const told = (world: MemoryWorld) => world.notices.map((notice) => notice.subject);

describe('an execution that cannot be stopped', () => {
  it('does not keep the stable side from being scaled up', async () => {
    const world = new MemoryWorld();
    await decommissioned(world);
    refuses(world, 'stopExecution');
    await rollback(world)(ASKED);
    expect(world.stableTasks.desired).toBe(2);
    expect(told(world)).toContain('Crossfade one: rollback waits for capacity');
  });

  it('does not keep a rollback from ending, and is said', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    refuses(world, 'stopExecution');
    await rollback(world)(ASKED);
    expect(world.item?.status).toBe('rolled_back');
    expect(world.notices.at(-1)?.body).toMatch(/could not be stopped/);
  });
});

describe('a confirmation without an answer', () => {
  it('is told and counted, whether it took effect or not', async () => {
    for (const when of ['before', 'after'] as const) {
      const world = new MemoryWorld();
      await atFirstStage(world);
      let lost = 0;
      world[when] = (step: string) => {
        if (step === 'confirmRollback' && lost++ === 0) throw new Error('no answer');
      };
      await rollback(world)(ASKED);
      await minutes(world, 1);
      expect(world.item?.status).toBe('rolled_back');
      expect(told(world)).toContain('Crossfade one: rolled back');
      expect(world.emitted.some((values) => values.RollbackRequested === 1)).toBe(true);
    }
  });
});

describe('a lease that was restored to an earlier run', () => {
  it.each(['rolled_back', 'rolling_back'] as const)('that is %s owns none of the live weights', async (status) => {
    for (const event of ['task', 'end'] as const) {
      const world = new MemoryWorld();
      const state = await atFirstStage(world);
      const at = '2026-11-20T01:00:00.000Z';
      const confirmedAt = status === 'rolled_back' ? at : null;
      if (world.item === null) throw new Error('no run has begun');
      world.item = {
        ...world.item,
        cutoverId: cutoverIdSchema.parse('earlier'),
        executionArn: 'arn:execution:earlier',
        generation: generationSchema.parse(0),
        startedAt: '2026-11-20T00:00:00.000Z',
        status,
        rollback: {
          trigger: 'gate',
          reason: 'r',
          by: 'b',
          requestedAt: at,
          confirmedAt,
          verifiedAt: confirmedAt,
          capacityRestoredAt: confirmedAt,
          owed: [],
        },
      };
      await rollback(world)(event === 'end' ? ENDED : { ...stateToJson(state), error: { Error: 'Crossfade.Fenced' } });
      expect(world.candidateShare()).toBe(0);
      expect(told(world).at(-1)).toMatch(/rolled back/);
    }
  });

  it('leaves the end of the run to be told under its own name, also when its weights are back already', async () => {
    const world = new MemoryWorld();
    const state = await atFirstStage(world);
    world.item = null;
    world.live = weightsFor(world.deployment, SAFE_SPLIT);
    await rollback(world)({ ...stateToJson(state), error: { Error: 'Crossfade.Fenced' } });
    expect(told(world).at(-1)).toBe('Crossfade one: rolled back without its lease');
  });

  it('leaves weights alone that a waiting rollback gave the candidate', async () => {
    const world = new MemoryWorld();
    await decommissioned(world);
    await rollback(world)(ASKED);
    world.healthy = { stable: { healthy: 1, unhealthy: 0, registered: 1 } };
    const late = { ...ENDED, detail: { executionArn: 'arn:execution:zero', status: 'FAILED' } };
    await rollback(world)(late);
    expect(world.candidateShare()).toBe(1);
  });
});

describe('capacity between two runs', () => {
  it('that the second one holds is not given back by the first one’s verification', async () => {
    const world = new MemoryWorld();
    world.running.add(TWO);
    const one = await atFirstStage(world);
    const failed = { ...stateToJson({ ...one, capacity: world.stableTasks }), error: { Error: 'Crossfade.Fenced' } };
    const back = await rollback(world)(failed);
    world.now += 5 * MINUTE_MS;
    const start = { ...PREFLIGHT_EVENT, executionArn: TWO, executionName: 'two' };
    const two = parseState(await preflight(world)(start));
    await capacity(world)(stateToJson({ ...two, phase: 'baseline' }));
    expect(await verify(world)(back)).toMatchObject({ next: 'proceed' });
    expect(world.stableTasks.scaling).toMatchObject({ suspended: true, scheduledSuspended: true });
  });

  it('that the first one still owes refuses the second one', async () => {
    const world = new MemoryWorld();
    world.running.add(TWO);
    await atFirstStage(world);
    await world.capacity.pin(world.stableTasks);
    refuses(world, 'release');
    await rollback(world)(ASKED);
    world.now += 5 * MINUTE_MS;
    const start = () => preflight(world)({ ...PREFLIGHT_EVENT, executionArn: TWO, executionName: 'two' });
    await expect(start()).rejects.toThrow(/tasks or scaling .* not restored/);
    refuses(world);
    await minutes(world, 1);
    await expect(start()).resolves.toMatchObject({ phase: 'preflight' });
  });
});
