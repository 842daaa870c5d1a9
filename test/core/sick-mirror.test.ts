/** If the mirror fails in the soak, the run itself closes it and continues without it. */
import { describe, expect, it } from 'vitest';
import type { MinuteEvidence, SideCounts } from '../../core/model/evidence.ts';
import { type CutoverState, parseState, stateToJson } from '../../core/model/run-state.ts';
import { sameWeights, weightsFor } from '../../core/model/split.ts';
import { makeHandler as shift } from '../../lambdas/shift.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { side } from '../support/decided-stage.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const MINUTE_MS = 60_000;
const UNMIRRORED = { candidatePercent: 100, mirror: null };

/** A run at the beginning of its soak, after the last stage. */
async function soaking(world: MemoryWorld): Promise<CutoverState> {
  const before = await atFirstStage(world);
  return shifted(world, { ...before, stage: before.plan.stages.length - 1 });
}

const shifted = async (world: MemoryWorld, state: CutoverState) => parseState(await shift(world)(stateToJson(state)));
const looked = async (world: MemoryWorld, state: CutoverState) => parseState(await watch(world)(stateToJson(state)));

/** Lets ten minutes pass, for which the load balancer reports `mirror` as the mirror's counts. */
function pass(world: MemoryWorld, mirror: SideCounts): void {
  const first = Math.ceil(world.now / MINUTE_MS) * MINUTE_MS;
  const minutes = Array.from(
    { length: 10 },
    (_, i): MinuteEvidence => ({
      minute: first + i * MINUTE_MS,
      stable: null,
      candidate: side(30_000, 30),
      mirror,
      elb5xx: 0,
    }),
  );
  world.minuteEvidence = [...world.minuteEvidence, ...minutes];
  world.now += 11 * MINUTE_MS;
}

describe('a soak whose mirror fails its customers', () => {
  it('closes it, keeps its own beginning, tells people once and goes on', async () => {
    const world = new MemoryWorld();
    const begun = await soaking(world);
    pass(world, side(1_500, 900));
    const sick = await looked(world, begun);
    expect(sick).toMatchObject({ phase: 'soak', next: 'closeMirror', waitSeconds: 0 });
    expect(sameWeights(world.live, weightsFor(DEPLOYMENT, begun.split)), 'a look writes nothing').toBe(true);

    const closed = await shifted(world, sick);
    expect(closed).toMatchObject({ phase: 'soak', next: 'hold', split: UNMIRRORED, since: begun.since });
    expect(closed.waitSeconds).toBe(begun.waitSeconds);
    expect(sameWeights(world.live, weightsFor(DEPLOYMENT, UNMIRRORED))).toBe(true);
    const told = world.notices.filter(({ subject }) => subject.includes('without its mirror'));
    expect(told).toEqual([
      expect.objectContaining({
        kind: 'warning',
        body: expect.stringMatching(/^The mirror is closed: .*no longer compared/),
      }),
    ]);

    expect(await looked(world, closed)).toMatchObject({ next: 'hold', split: UNMIRRORED });
  });

  it('is shifted only when a look has asked for it', async () => {
    const world = new MemoryWorld();
    const begun = await soaking(world);
    await expect(shifted(world, begun)).rejects.toMatchObject({ name: 'Crossfade.InvalidState' });
  });
});

describe('a soak whose mirror is dead before it begins', () => {
  it('begins without it, and says so', async () => {
    const world = new MemoryWorld();
    world.healthy = { mirrorReverse: { healthy: 0, unhealthy: 2, registered: 2 } };
    expect(await soaking(world)).toMatchObject({ phase: 'soak', next: 'hold', split: UNMIRRORED });
    expect(world.notices.at(-1)).toMatchObject({
      subject: expect.stringContaining('without its mirror'),
      body: expect.stringMatching(
        /^The mirror \(mirrorReverse\) has no healthy target, so the soak begins without it\./,
      ),
    });
  });

  it('has nothing to say where no mirror is deployed', async () => {
    const { mirrorForward: _, mirrorReverse: __, ...targetGroups } = DEPLOYMENT.targetGroups;
    const rules = DEPLOYMENT.rules.map((rule) => ({ ...rule, roles: ['stable' as const, 'candidate' as const] }));
    const world = new MemoryWorld({ ...DEPLOYMENT, rules, targetGroups });
    expect(await soaking(world)).toMatchObject({ split: UNMIRRORED });
    expect(world.notices.filter(({ subject }) => subject.includes('mirror'))).toEqual([]);
  });
});
