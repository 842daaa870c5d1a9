import { describe, expect, it } from 'vitest';
import { closeMirror } from '../../core/fence/close-mirror.ts';
import { rollBack } from '../../core/fence/rollback.ts';
import type { RollbackRequest } from '../../core/fence/rollback-outcome.ts';
import { fencedShift } from '../../core/fence/shift.ts';
import { watch } from '../../core/fence/watchdog.ts';
import { stateToJson } from '../../core/model/run-state.ts';
import { SAFE_SPLIT, sameWeights, type TrafficSplit, weightsFor } from '../../core/model/split.ts';
import { makeHandler as closeMirrorHandler } from '../../lambdas/close-mirror.ts';
import { makeHandler as watchHandler } from '../../lambdas/watch.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { begun } from '../support/run.ts';

const REQUEST: RollbackRequest = {
  trigger: 'alarm',
  reason: 'red',
  by: 'gateway-mirror',
  at: '2026-11-24T08:10:00.000Z',
};
const SOAK: TrafficSplit = { candidatePercent: 100, mirror: { face: 'reverse', percent: 5 } };
const SHADOW: TrafficSplit = { candidatePercent: 0, mirror: { face: 'forward', percent: 5 } };
const CLOSED: TrafficSplit = { candidatePercent: 100, mirror: null };
const DEAD = { healthy: 0, unhealthy: 2, registered: 2 };
const due = '2026-11-24T09:00:00.000Z';

async function at(split: TrafficSplit) {
  const world = new MemoryWorld();
  const state = await begun(world);
  const phase = split.candidatePercent === 0 ? ('shadow' as const) : ('soak' as const);
  await fencedShift(world, DEPLOYMENT, state, split, { phase, stage: 3, heartbeatDueAt: due });
  return { world, state: { ...state, phase, split } };
}
const carries = (world: MemoryWorld, split: TrafficSplit) => sameWeights(world.live, weightsFor(DEPLOYMENT, split));

describe('closing the mirror', () => {
  it('in the soak gives its share back to the candidate and lets the run go on', async () => {
    const { world } = await at(SOAK);
    expect(await closeMirror(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'closed' });
    expect(carries(world, CLOSED)).toBe(true);
    expect(world.item).toMatchObject({ status: 'running', intent: { split: CLOSED, confirmed: true } });
  });

  it('leaves each side the customers that it has', async () => {
    const { world } = await at({ candidatePercent: 50, mirror: { face: 'reverse', percent: 5 } });
    expect(await closeMirror(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'closed' });
    expect(carries(world, { candidatePercent: 50, mirror: null })).toBe(true);
  });

  it.each(['recordIntent', 'confirmIntent'])(
    'closes a mirror that the forward path opens again just before %s',
    async (step) => {
      const { world } = await at(SOAK);
      let raced = false;
      world.before = (now) => {
        const { item } = world;
        if (now !== step || raced || item === null) return;
        raced = true;
        const weights = weightsFor(DEPLOYMENT, SOAK);
        world.item = { ...item, intent: { split: SOAK, weights, at: '2026-11-24T08:20:00.000Z', confirmed: false } };
      };
      expect(await closeMirror(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'closed' });
      expect(raced).toBe(true);
      expect(carries(world, CLOSED)).toBe(true);
      expect(world.item).toMatchObject({ intent: { split: CLOSED, confirmed: true } });
    },
  );

  it('in the shadow is a rollback: without a mirror there is no evidence', async () => {
    const { world } = await at(SHADOW);
    expect(await closeMirror(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'rolled_back' });
    expect(carries(world, SAFE_SPLIT)).toBe(true);
    expect(world.item?.status).toBe('rolled_back');
  });

  it('in a canary stage moves nobody: nothing passes through the mirror there', async () => {
    const { world } = await at({ candidatePercent: 10, mirror: null });
    const before = structuredClone(world.live);
    expect(await closeMirror(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'nothing_to_do' });
    expect(world.live).toEqual(before);
  });

  it('does nothing where no lease stands, where the run is over, and for an alarm from before the run', async () => {
    const { world } = await at(SOAK);
    const writes: string[] = [];
    world.before = (step) => void writes.push(step);
    const early = { kind: 'since', at: '2000-01-01T00:00:00.000Z' } as const;
    const { item } = world;
    expect(await closeMirror(world, DEPLOYMENT, { ...REQUEST, scope: early })).toEqual({
      outcome: 'nothing_to_do',
      item,
    });
    await rollBack(world, DEPLOYMENT, REQUEST);
    writes.length = 0;
    expect(await closeMirror(world, DEPLOYMENT, REQUEST)).toEqual({ outcome: 'nothing_to_do', item: world.item });
    world.item = null;
    expect(await closeMirror(world, DEPLOYMENT, REQUEST)).toEqual({ outcome: 'nothing_to_do', item: null });
    expect(writes).toEqual([]);
  });

  it('never says that there was nothing to do while the mirror stays open', async () => {
    const { world, state } = await at(SOAK);
    let opened = 0;
    world.before = async (step) => {
      // Each time, the run enters the soak again.
      if (step !== 'modifyRule' || opened++ % 2 === 1) return;
      const weights = weightsFor(DEPLOYMENT, SOAK);
      const intent = { split: SOAK, weights, at: new Date(world.now + opened).toISOString(), confirmed: false };
      await world.ledger.recordIntent(state, intent, { phase: 'soak', stage: 3, heartbeatDueAt: due });
    };
    await expect(closeMirror(world, DEPLOYMENT, REQUEST)).rejects.toMatchObject({ name: 'Crossfade.Superseded' });
    expect(world.item?.intent.split).toEqual(SOAK);
  });

  it('leaves the safe weights when a rollback comes in between', async () => {
    const { world } = await at(SOAK);
    let raced = false;
    world.before = async (step) => {
      if (step !== 'modifyRule' || raced) return;
      raced = true;
      await rollBack(world, DEPLOYMENT, REQUEST);
    };
    await expect(closeMirror(world, DEPLOYMENT, REQUEST)).rejects.toMatchObject({ name: 'Crossfade.Fenced' });
    expect(carries(world, SAFE_SPLIT)).toBe(true);
  });
});

describe('the run whose mirror was closed', () => {
  it('is not taken for drift by its next look', async () => {
    const { world, state } = await at(SOAK);
    await closeMirror(world, DEPLOYMENT, REQUEST);
    const next = await watchHandler(world)(stateToJson({ ...state, since: new Date(world.now).toISOString() }));
    expect(next.next).toBe('hold');
    expect(next.split).toEqual(CLOSED);
  });

  it.each(['recordIntent', 'modifyRule', 'confirmIntent'])(
    'is not taken for drift by a look just before the closing’s %s',
    async (step) => {
      const { world, state } = await at(SOAK);
      const decided: string[] = [];
      world.before = async (now) => {
        if (now !== step || decided.length > 0) return;
        decided.push('looks');
        const look = await watchHandler(world)(stateToJson({ ...state, since: new Date(world.now).toISOString() }));
        decided.push(look.next);
      };
      expect(await closeMirror(world, DEPLOYMENT, REQUEST)).toMatchObject({ outcome: 'closed' });
      expect(decided).toEqual(['looks', 'hold']);
    },
  );

  /**
   * Positions in an evaluation's readings: the lease and the listener, each read twice. A step of the closing at 4
   * comes after all of them.
   */
  const READINGS = [0, 1, 2, 3, 4];
  const schedules = READINGS.flatMap((noted) =>
    READINGS.flatMap((written) => READINGS.map((confirmed) => [noted, written, confirmed] as const)),
  ).filter(([noted, written, confirmed]) => noted <= written && written <= confirmed);

  it.each(schedules)(
    'is not taken for drift by a look before whose readings %i, %i and %i the closing is noted, written and confirmed',
    async (noted, written, confirmed) => {
      const { world, state } = await at(SOAK);
      const open = world.item;
      if (open === null) throw new Error('a run was expected');
      const closing = {
        split: CLOSED,
        weights: weightsFor(DEPLOYMENT, CLOSED),
        at: due,
        by: 'close-mirror' as const,
        confirmed: false,
      };
      const steps: [number, () => Promise<unknown>][] = [
        [noted, () => world.ledger.replaceIntent(open, closing, open.intent)],
        [written, () => Promise.all(closing.weights.map((rule) => world.ingress.write(rule)))],
        [confirmed, () => world.ledger.confirmIntent(open, closing)],
      ];
      let readings = 0;
      const afterSteps =
        <A extends unknown[], R>(read: (...args: A) => Promise<R>) =>
        async (...args: A) => {
          for (const step of steps.splice(0, steps.filter(([reading]) => reading <= readings).length)) await step[1]();
          readings++;
          return read(...args);
        };
      const looking = {
        ...world,
        ledger: { ...world.ledger, read: afterSteps(world.ledger.read) },
        ingress: { ...world.ingress, read: afterSteps(world.ingress.read) },
      };
      const next = await watchHandler(looking)(stateToJson({ ...state, since: new Date(world.now).toISOString() }));
      expect(next.next).toBe('hold');
    },
  );

  it('ends at once where it was brought back before the look', async () => {
    const { world, state } = await at(SOAK);
    await rollBack(world, DEPLOYMENT, REQUEST);
    const { now } = world;
    const looking = watchHandler(world)(stateToJson({ ...state, since: new Date(now).toISOString() }));
    await expect(looking).rejects.toMatchObject({ name: 'Crossfade.Fenced' });
    expect(world.now).toBe(now);
  });

  it('is drift where somebody else gives the mirror its share again', async () => {
    const { world, state } = await at(SOAK);
    await closeMirror(world, DEPLOYMENT, REQUEST);
    world.live = weightsFor(DEPLOYMENT, SOAK);
    const next = await watchHandler(world)(stateToJson({ ...state, since: new Date(world.now).toISOString() }));
    expect(next.next).toBe('rollback');
  });

  it('is not taken for drift by the watchdog', async () => {
    const { world } = await at(SOAK);
    await closeMirror(world, DEPLOYMENT, REQUEST);
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'none' });
  });
});

describe('the watchdog', () => {
  it.each([
    ['closes a reverse mirror', SOAK, 'mirrorReverse', CLOSED],
    ['rolls a forward mirror back', SHADOW, 'mirrorForward', SAFE_SPLIT],
  ] as const)('%s that leads to a mirror without a healthy target', async (_what, split, role, expected) => {
    const { world } = await at(split);
    world.healthy[role] = DEAD;
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'mirror' });
    expect(carries(world, expected)).toBe(true);
  });
});

describe('the handler behind the mirror alarm', () => {
  const alarm = (value: string) => ({
    source: 'aws.cloudwatch',
    alarmData: { alarmName: 'gateway-mirror', state: { value, reason: 'no healthy mirror' } },
  });

  it('closes the mirror, logs it and tells people', async () => {
    const { world } = await at(SOAK);
    expect(await closeMirrorHandler(world)(alarm('ALARM'))).toMatchObject({ outcome: 'closed' });
    expect(world.log.at(-1)).toMatchObject({ kind: 'warning', by: 'close-mirror' });
    expect(world.notices.at(-1)?.subject).toContain('mirror closed');
  });

  it('ignores an alarm that goes back to OK', async () => {
    const { world } = await at(SOAK);
    expect(await closeMirrorHandler(world)(alarm('OK'))).toEqual({ outcome: 'ignored' });
    expect(carries(world, SOAK)).toBe(true);
  });
});
