import { describe, expect, it } from 'vitest';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { PlanInput } from '../../core/model/plan.ts';
import { parseState, type Revision, stateToJson } from '../../core/model/run-state.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { recordedRun, replayed } from '../support/recorded-run.ts';
import { atFirstStage } from '../support/run.ts';

const MINUTE = 60_000;
const tasks = (id: string): Revision => ({ kind: 'tasks', id });
const targets = (...ids: string[]): Revision => ({ kind: 'targets', ids });

/**
 * Evaluates the first stage once for each of `candidates`, which is the revision that the candidate runs at that time.
 */
async function looks(plan: PlanInput, ...candidates: (Revision | null | Error)[]) {
  const world = new MemoryWorld();
  let state = await atFirstStage(world, plan);
  const said: { next: string; reason: string; since: string; revisedAt: string | null }[] = [];
  for (const candidate of candidates) {
    world.now += MINUTE;
    world.revisions = {
      read: async () => {
        if (candidate instanceof Error) throw candidate;
        return { stable: tasks('node:1'), candidate };
      },
    };
    state = parseState(await watch(world)(stateToJson(state)));
    said.push({ next: state.next, reason: state.reason, since: state.since, revisedAt: state.revisedAt });
  }
  return { world, said, began: said[0]?.since };
}

describe('a side that is deployed anew in mid-run', () => {
  it('makes the stage begin again, says so in the log and tells people', async () => {
    const { world, said, began } = await looks({}, tasks('go:1'), tasks('go:1'), tasks('go:2'), tasks('go:2'));
    expect(said.map(({ since }) => since === began)).toEqual([true, true, false, false]);
    expect(said[2]).toMatchObject({
      next: 'hold',
      reason: 'The candidate side was redeployed (go:1 -> go:2). Evidence counts from now on.',
    });
    expect(world.notices.filter((n) => n.subject.endsWith('phase restarted after a new revision'))).toHaveLength(1);
  });

  it('leaves the captures before it out of parity', async () => {
    const { said } = await looks({}, tasks('go:1'), tasks('go:1'), tasks('go:2'), tasks('go:2'));
    const since = said[2]?.since;
    expect(said.map(({ revisedAt }) => revisedAt)).toEqual([null, null, since, since]);
  });

  it('rolls back where the plan says so, and does nothing where it says that', async () => {
    const change = [tasks('go:1'), tasks('go:2')] as const;
    const back = await looks({ gate: { onRevision: 'rollback' } }, ...change);
    expect(back.said[1]).toMatchObject({ next: 'rollback', reason: expect.stringContaining('go:2') });
    const ignored = await looks({ gate: { onRevision: 'ignore' } }, ...change);
    expect(ignored.said[1]).toMatchObject({ next: 'hold', since: ignored.began });
  });

  it('rolls back when it happens for the third time in a run', async () => {
    const { said } = await looks({}, tasks('go:1'), tasks('go:2'), tasks('go:3'), tasks('go:4'));
    expect(said.map((s) => s.next)).toEqual(['hold', 'hold', 'hold', 'rollback']);
  });

  it('is seen by its targets where it is no service of ECS: an exchange, and not a scaling', async () => {
    const grown = await looks({}, targets('a:80', 'b:80'), targets('a:80', 'b:80', 'c:80'), targets('a:80'));
    expect(grown.said.every(({ since }) => since === grown.began)).toBe(true);
    const { said } = await looks({}, targets('a:80', 'b:80'), targets('b:80', 'c:80'));
    expect(said[1]?.reason).toMatch(/^Targets of the candidate side were replaced \(1 gone, 1 new\)/);
  });

  it('is not concluded from what cannot be read, and is seen when it can be again', async () => {
    const { said, began } = await looks({}, tasks('go:1'), null, new Error('throttled'), tasks('go:1'), tasks('go:2'));
    expect(said.map(({ since }) => since === began)).toEqual([true, true, true, true, false]);
  });

  it('does not save a candidate that is shown to be worse', async () => {
    const world = new MemoryWorld();
    const state = await atFirstStage(world);
    world.sideRevisions = { stable: tasks('node:1'), candidate: tasks('go:2') };
    const counts = (requests: number, target5xx: number) => ({ requests, target5xx, connectionErrors: 0, slow: 0 });
    const burning = (minute: number): MinuteEvidence => ({
      minute,
      stable: counts(9_000, 0),
      candidate: counts(100, 50),
      elb5xx: 0,
    });
    world.minuteEvidence = [0, 1, 2].map((i) => burning(world.now + i * MINUTE));
    world.now += 5 * MINUTE;
    const before = { ...state, revisions: { stable: tasks('node:1'), candidate: tasks('go:1') } };
    expect(await watch(world)(stateToJson(before))).toMatchObject({ next: 'rollback', revisionRestarts: 0 });
  });

  it('is replayed word for word', async () => {
    const side = (requests: number) => ({ requests, target5xx: 0, connectionErrors: 0, slow: 0 });
    const plan: PlanInput = {
      gate: { warmUp: 'PT0S', settleAfter: 'PT0S' },
      stages: [{ percent: 100, bake: 'PT5M', maxHold: 'PT30M' }],
    };
    const log = await recordedRun(
      plan,
      (_stage, _minute, at) => ({
        minute: Math.floor(at / MINUTE) * MINUTE,
        stable: null,
        candidate: side(10_000),
        elb5xx: 0,
      }),
      (world, _stage, minute) => {
        world.sideRevisions = { stable: tasks('node:1'), candidate: tasks(minute < 3 ? 'go:1' : 'go:2') };
      },
    );
    expect(log.some((e) => e.message.includes('go:2'))).toBe(true);
    expect(replayed(log).summary).toMatchObject({ differing: 0, changed: 0 });
  });
});
