import { describe, expect, it } from 'vitest';
import { rollBack } from '../../core/fence/rollback.ts';
import { watch } from '../../core/fence/watchdog.ts';
import { DRILL_DEADLINE_SECONDS, type DrillRecord, drillRefusal, drillTimes } from '../../core/model/drill.ts';
import { parseState } from '../../core/model/run-state.ts';
import { weightsFor } from '../../core/model/split.ts';
import { makeHandler as drillHandler } from '../../lambdas/drill.ts';
import { makeHandler as preflight } from '../../lambdas/preflight.ts';
import { makeHandler as shift } from '../../lambdas/shift.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { PREFLIGHT_EVENT } from '../support/run.ts';

const DAY = 86_400;
const begin = (world: MemoryWorld, input: object) => preflight(world)({ ...PREFLIGHT_EVENT, input });

/** A drill that has opened at 1 % and tripped its alarm. */
async function tripped(world: MemoryWorld) {
  const opened = await shift(world)(await begin(world, { drill: {} }));
  return drillHandler(world)(opened);
}
const minuteLater = (world: MemoryWorld, n = 1) => {
  world.now += n * 60_000;
};

describe('a drill', () => {
  it('begins where captures are kept for less than the default plan may take: it makes none', async () => {
    const world = new MemoryWorld();
    const deps = { ...world, deployment: { ...world.deployment, shadowLogDays: 7 } };
    await expect(preflight(deps)({ ...PREFLIGHT_EVENT, input: {} })).rejects.toThrow(/shadow captures are kept for 7/);
    const event = { ...PREFLIGHT_EVENT, input: { drill: {} } };
    expect(await preflight(deps)(event)).toMatchObject({ next: 'drill' });
  });

  it('is a run of its own, that gives the candidate 1 % and trips the first alarm that rolls back', async () => {
    const world = new MemoryWorld();
    const state = await tripped(world);
    expect(state).toMatchObject({ phase: 'drill', next: 'hold', drill: { percent: 1, alarm: 'gateway-red' } });
    expect(world.live).toEqual(weightsFor(DEPLOYMENT, { candidatePercent: 1, mirror: null }));
    expect(world.tripped).toEqual(['gateway-red']);
    expect(world.item?.drill?.trippedAt).not.toBeNull();
  });

  it('may leave all customers where they are', async () => {
    const world = new MemoryWorld();
    await shift(world)(await begin(world, { drill: { percent: 0 } }));
    expect(world.candidateShare()).toBe(0);
  });

  it.each([
    ['more than 1 %', { percent: 5 }, /percent/],
    [
      'an alarm that does not roll this ingress back',
      { alarm: 'theirs' },
      /drill\.alarm: must be one of .*gateway-red.* \(got "theirs"\)/,
    ],
  ])('is refused with %s, before anything is touched', async (_what, drill, message) => {
    const world = new MemoryWorld();
    await expect(begin(world, { drill })).rejects.toThrow(message);
    expect(world.item).toBeNull();
  });

  it('is kept once its alarm brought it back and the counts have shown it', async () => {
    const world = new MemoryWorld();
    await tripped(world);
    minuteLater(world);
    await rollBack(world, DEPLOYMENT, {
      trigger: 'alarm',
      by: 'gateway-red',
      reason: 'drill',
      at: new Date(world.now).toISOString(),
    });
    minuteLater(world, 6);
    const side = { target5xx: 0, connectionErrors: 0, slow: 0 };
    world.minuteEvidence = [
      {
        minute: world.now - 300_000,
        stable: { ...side, requests: 90 },
        candidate: { ...side, requests: 0 },
        elb5xx: 0,
      },
    ];
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'verified' });
    if (world.drill === null) throw new Error('the drill was not kept');
    const { toRequest, toWeights, toReturn } = drillTimes(world.drill);
    expect(toRequest).toBe(60);
    expect(toWeights).toBeGreaterThanOrEqual(toRequest);
    expect(toReturn).toBeGreaterThan(toWeights);
  });

  it('that something else than its alarm ended shows nothing, and is not kept', async () => {
    const world = new MemoryWorld();
    await tripped(world);
    await rollBack(world, DEPLOYMENT, {
      trigger: 'operator',
      by: 'me',
      reason: 'enough',
      at: new Date(world.now).toISOString(),
    });
    minuteLater(world, 6);
    const side = { target5xx: 0, connectionErrors: 0, slow: 0, requests: 90 };
    world.minuteEvidence = [{ minute: world.now - 300_000, stable: side, candidate: null, elb5xx: 0 }];
    expect(await watch(world, DEPLOYMENT)).toMatchObject({ action: 'verified' });
    expect(world.drill).toBeNull();
  });

  it('fails, and is brought back by its failure, when no rollback comes of the alarm', async () => {
    const world = new MemoryWorld();
    const state = await tripped(world);
    world.now += DRILL_DEADLINE_SECONDS * 1000 - 1;
    expect(parseState(await drillHandler(world)(state)).next).toBe('hold');
    minuteLater(world);
    await expect(drillHandler(world)(state)).rejects.toMatchObject({ name: 'Crossfade.DrillFailed' });
  });
});

describe('a plan that asks for a recent drill', () => {
  const record: DrillRecord = {
    cutoverId: 'one' as DrillRecord['cutoverId'],
    alarm: 'gateway-red',
    percent: 1,
    trippedAt: '2026-11-20T08:00:00.000Z',
    requestedAt: '2026-11-20T08:00:01.000Z',
    confirmedAt: '2026-11-20T08:00:02.000Z',
    verifiedAt: '2026-11-20T08:03:00.000Z',
  };
  const now = Date.parse('2026-11-24T08:03:00.000Z');

  it.each([
    ['none is asked for', undefined, null, null],
    ['none was held', 7 * DAY, null, /none has ever run on this ingress; run `crossfade drill`/],
    ['the last one is younger', 7 * DAY, record, null],
    ['the last one is older', 3 * DAY, record, /72 h.*the last one was 96 h ago/],
  ])('when %s', (_what, within, last, expected) => {
    const refusal = drillRefusal(within, last, now);
    if (expected === null) expect(refusal).toBeNull();
    else expect(refusal).toMatch(expected);
  });

  it('is refused in preflight, and a drill itself is not', async () => {
    const world = new MemoryWorld();
    const plan = { shadow: { drillWithin: 'P7D' } };
    await expect(begin(world, { plan })).rejects.toThrow(/shadow\.drillWithin/);
    await expect(begin(world, { plan, drill: {} })).resolves.toMatchObject({ next: 'drill' });
  });
});
