/** Unusual returns: with a restored table, without a lease, and with a listener or a capacity that does not answer. */
import { describe, expect, it } from 'vitest';
import { candidatePercentOf } from '../../core/fence/return-plan.ts';
import { rollBack } from '../../core/fence/rollback.ts';
import type { RollbackRequest } from '../../core/fence/rollback-outcome.ts';
import { watch } from '../../core/fence/watchdog.ts';
import { readBack, writeAll } from '../../core/fence/write-weights.ts';
import { CrossfadeError, FencedError } from '../../core/model/errors.ts';
import type { Lease } from '../../core/model/lease.ts';
import type { Ingress } from '../../core/model/ports.ts';
import { finalWeights, SAFE_SPLIT, sameWeights, weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { EXECUTION, MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const SAFE = weightsFor(DEPLOYMENT, SAFE_SPLIT);
const TEN = weightsFor(DEPLOYMENT, { candidatePercent: 10, mirror: null });
const REQUEST: RollbackRequest = { trigger: 'alarm', reason: 'red', by: 'gateway-red', at: '2026-11-24T08:10:00.000Z' };
const isSafe = (world: MemoryWorld) => sameWeights(world.live, SAFE);

function leaseOf({ item }: MemoryWorld): Lease {
  if (item === null) throw new RangeError('no run owns the ingress');
  return item;
}

/** The listener has the weights of a completed cutover, but the table was restored to a time in the middle of it. */
async function restored(status: 'running' | 'rolling_back'): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  await atFirstStage(world);
  if (status === 'rolling_back') await world.ledger.fence(DEPLOYMENT.ingressId, REQUEST);
  world.live = finalWeights(DEPLOYMENT);
  world.running.clear();
  return world;
}

describe('a table that was restored to the middle of a completed cutover', () => {
  it.each(['running', 'rolling_back'] as const)(
    'moves nobody back, if its lease says %s; its fence is closed',
    async (status) => {
      const world = await restored(status);
      expect(await rollBack(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'nothing_to_do' });
      expect(sameWeights(world.live, finalWeights(DEPLOYMENT))).toBe(true);
      expect(world.item?.status).toBe('rolled_back');
    },
  );

  it('was not restored if the execution still runs: somebody wrote these weights by hand', async () => {
    const world = await restored('running');
    world.running.add(EXECUTION);
    expect(await rollBack(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'rolled_back' });
    expect(isSafe(world)).toBe(true);
  });

  it('moves them back where an operator breaks the glass', async () => {
    const world = await restored('running');
    const outcome = await rollBack(world, DEPLOYMENT, { ...REQUEST, breakGlass: true });
    expect(outcome).toMatchObject({ outcome: 'rolled_back' });
    expect(isSafe(world)).toBe(true);
  });

  it('is reported by the watchdog, which moves nobody', async () => {
    const world = await restored('rolling_back');
    await world.ledger.confirmRollback(leaseOf(world), REQUEST.at);
    world.now += 3_600_000;
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'edited' });
    expect(sameWeights(world.live, finalWeights(DEPLOYMENT))).toBe(true);
  });
});

describe('a return without a lease', () => {
  const unowned = () => {
    const world = new MemoryWorld();
    world.live = TEN;
    return world;
  };
  const own = { kind: 'execution', executionArn: EXECUTION } as const;

  it('stops the execution that it speaks of', async () => {
    const world = unowned();
    world.running.add(EXECUTION);
    const outcome = await rollBack(world, DEPLOYMENT, { ...REQUEST, scope: own, capacity: null });
    expect(outcome).toEqual({ outcome: 'rolled_back', item: null, ledger: 'no_lease', gone: [], first: true });
    expect(isSafe(world)).toBe(true);
    expect(world.running.has(EXECUTION)).toBe(false);
  });

  it('is that of a run which asks for itself, whatever completed lease the table was restored to', async () => {
    const world = unowned();
    const earlier = new MemoryWorld();
    await atFirstStage(earlier);
    const item = leaseOf(earlier);
    const intent = { ...item.intent, weights: finalWeights(DEPLOYMENT) };
    world.item = { ...item, executionArn: 'arn:execution:earlier', status: 'completed', intent };
    expect(await rollBack(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'nothing_to_do' });
    const asked = { ...REQUEST, scope: own, capacity: null, calledFrom: EXECUTION };
    expect(await rollBack(world, DEPLOYMENT, asked)).toMatchObject({ outcome: 'rolled_back', ledger: 'no_lease' });
    expect(isSafe(world)).toBe(true);
  });

  it('does not stop the execution that called it', async () => {
    const world = unowned();
    world.running.add(EXECUTION);
    await rollBack(world, DEPLOYMENT, { ...REQUEST, scope: own, capacity: null, calledFrom: EXECUTION });
    expect(isSafe(world)).toBe(true);
    expect(world.running.has(EXECUTION)).toBe(true);
  });

  it('says which capacity could not be given back, and is one all the same', async () => {
    const world = unowned();
    const { stableTasks: capacity } = world;
    world.stableTasks = { ...capacity, desired: 1 };
    world.before = (step) => {
      if (step === 'scaleStable' || step === 'release') throw new Error('AccessDenied');
    };
    const outcome = await rollBack(world, DEPLOYMENT, { ...REQUEST, scope: own, capacity });
    expect(outcome).toMatchObject({ outcome: 'rolled_back', trouble: { message: 'AccessDenied' } });
    expect(isSafe(world)).toBe(true);
  });

  it('waits for the capacity that its run was given, and says that it could not ask for it', async () => {
    const world = unowned();
    const capacity = { ...world.stableTasks, desired: 4 };
    world.healthy.stable = { healthy: 1, unhealthy: 0, registered: 1 };
    world.before = (step) => {
      if (step === 'scaleStable') throw new Error('AccessDenied');
    };
    expect(await rollBack(world, DEPLOYMENT, { ...REQUEST, scope: own, capacity })).toMatchObject({
      outcome: 'waiting_for_capacity',
      needed: 4,
      overdue: false,
      urgent: false,
      trouble: { message: 'AccessDenied' },
    });
  });
});

describe('the watchdog beside weights that nobody owns', () => {
  it('looks twice: a reading may come from a stale replica', async () => {
    const world = new MemoryWorld();
    const read = [TEN, SAFE];
    const ingress = { ...world.ingress, read: async () => read.shift() ?? SAFE };
    expect(await watch(Object.assign(world, { ingress }), DEPLOYMENT)).toEqual({ action: 'none', item: null });
  });

  it('leaves them to a run that has begun in between', async () => {
    const world = new MemoryWorld();
    world.live = TEN;
    const { clock } = world;
    let begun = false;
    const sleep = async (ms: number) => {
      await clock.sleep(ms);
      if (begun) return;
      begun = true;
      world.live = SAFE;
      await atFirstStage(world);
      world.live = TEN;
    };
    const report = await watch(Object.assign(world, { clock: { ...clock, sleep } }), DEPLOYMENT);
    expect(report).toMatchObject({ action: 'none', item: { status: 'running' } });
    expect(sameWeights(world.live, TEN)).toBe(true);
  });
});

describe('the share of customers that the candidate answers, where the listener does not answer', () => {
  const lease = async (split: Lease['intent']['split']) => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    const item = leaseOf(world);
    return { ...item, intent: { ...item.intent, split } };
  };

  it('is that of the last intent, and of testers alone at least somebody', async () => {
    expect(candidatePercentOf(DEPLOYMENT, null, await lease({ candidatePercent: 10, mirror: null }))).toBe(10);
    expect(candidatePercentOf(DEPLOYMENT, null, await lease({ candidatePercent: 0, mirror: null }))).toBe(0);
    expect(candidatePercentOf(DEPLOYMENT, null, await lease({ candidatePercent: 0, mirror: null, cohort: true }))).toBe(
      0.1,
    );
    expect(
      candidatePercentOf(DEPLOYMENT, null, await lease({ candidatePercent: 50, mirror: null, cohort: true })),
    ).toBe(50);
  });

  it('is everybody where no lease says less', () => {
    expect(candidatePercentOf(DEPLOYMENT, null, null)).toBe(100);
  });
});

describe('a rollback', () => {
  it('goes to a stable side without a healthy target by break-glass, with the ledger as well', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.healthy = { stable: { healthy: 0, unhealthy: 2, registered: 2 } };
    expect(await rollBack(world, DEPLOYMENT, { ...REQUEST, breakGlass: true })).toMatchObject({
      outcome: 'rolled_back',
    });
    expect(isSafe(world)).toBe(true);
  });

  it('fences before anybody’s health is known', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    const asked: string[] = [];
    const { health } = world.ingress;
    const { fence } = world.ledger;
    world.ingress.health = (role) => {
      asked.push('health');
      return health(role);
    };
    world.ledger.fence = (...args) => {
      asked.push('fence');
      return fence(...args);
    };
    await rollBack(world, DEPLOYMENT, REQUEST);
    expect(asked).toEqual(['fence', 'health', 'health']);
  });

  it.each([
    [
      'does not answer',
      new CrossfadeError('Crossfade.Transient', 'away', { traffic: '?', nextStep: 'wait.' }),
      'unreachable',
    ],
    ['refuses', new Error('AccessDenied'), 'failed'],
  ] as const)('says that the ledger %s', async (_how, cause, ledger) => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.before = (step) => {
      if (step === 'fence') throw cause;
    };
    expect(await rollBack(world, DEPLOYMENT, REQUEST)).toMatchObject({
      outcome: 'rolled_back',
      ledger,
      trouble: cause,
    });
    expect(isSafe(world)).toBe(true);
  });

  it('ends as fenced where a newer run has taken the ingress before it was confirmed', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.before = (step) => {
      if (step === 'confirmRollback') world.item = null;
    };
    await expect(rollBack(world, DEPLOYMENT, REQUEST)).rejects.toThrow(FencedError);
  });

  it('that waits for capacity is urgent once it is overdue, in one minute of ten', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    world.item = { ...leaseOf(world), stableCapacity: 'reduced', capacity: { ...world.stableTasks, desired: 4 } };
    world.healthy = { stable: { healthy: 1, unhealthy: 0, registered: 1 } };
    const urgent: number[] = [];
    const requested = world.now;
    for (let minute = 0; minute < 10; minute++) {
      const outcome = await rollBack(world, DEPLOYMENT, { ...REQUEST, at: new Date(requested).toISOString() });
      if (outcome.outcome === 'waiting_for_capacity' && outcome.urgent) urgent.push(minute);
      world.now = requested + (minute + 1) * 60_000;
    }
    expect(urgent).toEqual([]);
    expect(await rollBack(world, DEPLOYMENT, REQUEST)).toMatchObject({ overdue: true });
  });

  it('tells the listener that its writes are a return, and a shift that its writes are not', async () => {
    const world = new MemoryWorld();
    const purposes = new Set<string>();
    const write = world.ingress.write;
    const noting: Ingress['write'] = async (rule, purpose) => {
      purposes.add(purpose ?? 'none');
      await write(rule);
    };
    Object.assign(world, { ingress: { ...world.ingress, write: noting } });
    await atFirstStage(world);
    await writeAll(world.ingress, TEN);
    expect([...purposes]).toEqual(['none']);
    purposes.clear();
    await rollBack(world, DEPLOYMENT, REQUEST);
    expect([...purposes]).toEqual(['return']);
  });
});

describe('reading back', () => {
  const { clock } = new MemoryWorld();

  it('outlives a reading that fails, but counts from its beginning again', async () => {
    const world = new MemoryWorld();
    const answers = [SAFE, null, SAFE, SAFE];
    let asked = 0;
    const read = async () => {
      asked++;
      const answer = answers.shift();
      if (answer == null) throw new Error('Throttling');
      return answer;
    };
    await readBack({ ...world.ingress, read }, DEPLOYMENT, SAFE, clock);
    expect(asked).toBe(4);
  });

  it.each([1, 5, 10])('waits for a listener whose readings are %i seconds behind its writes', async (seconds) => {
    const world = new MemoryWorld();
    const written = world.now;
    let asked = 0;
    const read = async () => {
      asked++;
      return world.now - written < seconds * 1000 ? TEN : SAFE;
    };
    await readBack({ ...world.ingress, read }, DEPLOYMENT, SAFE, world.clock);
    expect(world.now - written).toBeLessThan(15_000);
    expect(asked).toBeLessThanOrEqual(8);
  });

  it('says what it saw last', async () => {
    const world = new MemoryWorld();
    const read = async () => {
      throw new Error('Throttling');
    };
    await expect(readBack({ ...world.ingress, read }, DEPLOYMENT, SAFE, clock)).rejects.toThrow(
      /^The listener may not have the weights that were written: .*stable 100 .* were written, but the listener could not be read: Error: Throttling/,
    );
  });
});
