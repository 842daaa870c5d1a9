import { describe, expect, it } from 'vitest';
import { observe } from '../../core/evaluation/index.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { AlarmReading } from '../../core/model/ports.ts';
import { stateToJson } from '../../core/model/run-state.ts';
import { weightsFor } from '../../core/model/split.ts';
import { makeHandler } from '../../lambdas/watch.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const HOUR = 3_600_000;
const minute = (stable: number | null, candidate: number | null, failed = 0): MinuteEvidence => ({
  minute: 0,
  stable: stable === null ? null : { requests: stable, target5xx: 0, connectionErrors: 0, slow: 0 },
  candidate: candidate === null ? null : { requests: candidate, target5xx: failed, connectionErrors: 0, slow: 0 },
  elb5xx: 0,
});

/** Replaces the evidence with an hour of such minutes and moves the clock past the stage's bake. */
function hourOf(w: MemoryWorld, each: MinuteEvidence): void {
  const first = Math.ceil(w.now / 60_000) * 60_000;
  w.minuteEvidence = Array.from({ length: 60 }, (_, i) => ({ ...each, minute: first + i * 60_000 }));
  w.now += HOUR;
}

async function look(change: (world: MemoryWorld) => void) {
  const world = new MemoryWorld();
  const state = await atFirstStage(world);
  change(world);
  return makeHandler(world)(stateToJson(state));
}

describe('an observation of a stage', () => {
  it('advances when the bake is over and the evidence is in', async () => {
    expect(
      await look((w) => {
        hourOf(w, minute(30_000, 3_000));
      }),
    ).toMatchObject({ next: 'nextStage' });
  });

  it('does not advance beside a stable side that could not take everything back, and tells people once', async () => {
    const world = new MemoryWorld();
    let json = stateToJson(await atFirstStage(world));
    hourOf(world, minute(30_000, 3_000));
    world.healthy.stable = { healthy: 1, unhealthy: 1, registered: 2 };
    const warnings = () => world.notices.filter(({ kind }) => kind === 'warning');
    const before = warnings().length;
    for (let i = 0; i < 3; i++) json = await makeHandler(world)(json);
    expect(json).toMatchObject({ next: 'hold', reason: expect.stringContaining('1 of 2 healthy targets') });
    expect(warnings().slice(before)).toHaveLength(1);
    world.healthy.stable = { healthy: 2, unhealthy: 0, registered: 2 };
    expect(await makeHandler(world)(json)).toMatchObject({ next: 'nextStage' });
  });

  it('holds before the bake is over, whatever the evidence', async () => {
    expect(
      await look((w) => {
        w.now += HOUR / 2;
        w.minuteEvidence = [minute(30_000, 3_000)];
      }),
    ).toMatchObject({ next: 'hold', waitSeconds: 60 });
  });

  it('holds after the bake without evidence: no evidence is neither pass nor fail', async () => {
    expect(
      await look((w) => {
        w.now += HOUR;
      }),
    ).toMatchObject({ next: 'hold' });
  });

  it('ends an undecided stage by a rollback after its maximum hold', async () => {
    expect(
      await look((w) => {
        w.now += 3 * HOUR + 1000;
      }),
    ).toMatchObject({ next: 'rollback' });
  });

  it('rolls back at once on a worse candidate', async () => {
    expect(
      await look((w) => {
        w.minuteEvidence = [minute(10_000, 200, 40)];
      }),
    ).toMatchObject({ next: 'rollback', reason: expect.stringContaining('20.00 %') });
  });

  it('rolls back on a red alarm, even one that changed long ago', async () => {
    expect(
      await look((w) => {
        w.alarmReadings = w.alarmReadings.map((a) => (a.name === 'gateway-red' ? { ...a, state: 'ALARM' } : a));
      }),
    ).toMatchObject({ next: 'rollback' });
  });

  it('rolls back on weights that are not its own', async () => {
    expect(
      await look((w) => {
        w.live = weightsFor(DEPLOYMENT, { candidatePercent: 7, mirror: null });
      }),
    ).toMatchObject({ next: 'rollback', reason: expect.stringContaining('Drift') });
  });

  it('rolls back when the candidate has no healthy target', async () => {
    expect(
      await look((w) => {
        w.healthy.candidate = { healthy: 0, unhealthy: 2, registered: 2 };
      }),
    ).toMatchObject({ next: 'rollback' });
  });

  it.each([
    ['most', { healthy: 1, unhealthy: 2, registered: 3 }, 'rollback'],
    ['some', { healthy: 2, unhealthy: 1, registered: 3 }, 'hold'],
  ] as const)('answers %s unhealthy targets of the candidate by %s', async (_name, health, next) => {
    expect(
      await look((w) => {
        w.now += HOUR;
        w.minuteEvidence = [minute(30_000, 3_000)];
        w.healthy.candidate = health;
      }),
    ).toMatchObject({ next: next === 'hold' ? 'hold' : 'rollback' });
  });

  const healthyAfterBake = (w: MemoryWorld) => {
    hourOf(w, minute(30_000, 3_000));
  };
  const eachAlarm = (change: Partial<AlarmReading>) => (w: MemoryWorld) => {
    w.alarmReadings = w.alarmReadings.map((a) => ({ ...a, ...change }));
  };

  it.each([
    ['are disabled', eachAlarm({ actionsEnabled: false }), /actions of alarm .* are disabled/],
    ['are muted', eachAlarm({ mutedBy: ['friday'] }), /muted \(gateway-red by friday/],
  ])('rolls back when alarm actions %s: the way back without this run is cut', async (_name, change, reason) => {
    const looked = await look((w) => {
      healthyAfterBake(w);
      change(w);
    });
    expect(looked).toMatchObject({ next: 'rollback', reason: expect.stringMatching(reason) });
  });

  it('rolls back on an absolute burn that the comparison leaves open', async () => {
    const burning = (stable: number) => ({
      ...minute(1_000, 1_000, 120),
      stable: { requests: 1_000, target5xx: stable, connectionErrors: 0, slow: 0 },
    });
    const seen = (stable: number) =>
      look((w) => {
        w.minuteEvidence = [burning(stable), burning(stable)];
      });
    expect(await seen(115)).toMatchObject({ next: 'hold', reason: expect.stringContaining('so does the stable side') });
    expect(await seen(45)).toMatchObject({ next: 'rollback' });
  });

  const blind: [string, (w: MemoryWorld) => void, RegExp][] = [
    ['have no data', eachAlarm({ state: 'INSUFFICIENT_DATA' }), /has INSUFFICIENT_DATA/],
    [
      'do not exist',
      (w) => {
        w.alarmReadings = [];
      },
      /does not exist/,
    ],
  ];

  it.each(blind)('holds while alarms %s, whatever the evidence', async (_name, change, reason) => {
    const looked = await look((w) => {
      healthyAfterBake(w);
      change(w);
    });
    expect(looked).toMatchObject({ next: 'hold', reason: expect.stringMatching(reason) });
  });

  it.each(blind)('goes back on a worse candidate also while alarms %s', async (_name, change) => {
    const looked = await look((w) => {
      w.minuteEvidence = [minute(10_000, 200, 40)];
      change(w);
    });
    expect(looked).toMatchObject({ next: 'rollback', reason: expect.stringContaining('20.00 %') });
  });

  it.each(blind)('goes back when alarms %s for the whole of the maximum hold', async (_name, change) => {
    const looked = await look((w) => {
      healthyAfterBake(w);
      w.now += 2 * HOUR + 1000;
      change(w);
    });
    expect(looked).toMatchObject({ next: 'rollback', reason: expect.stringContaining('held for its maximum') });
  });

  it('keeps its inputs and its verdict in the log', async () => {
    const world = new MemoryWorld();
    const state = await atFirstStage(world);
    world.minuteEvidence = [{ ...minute(100, 3), minute: world.now - 60_000 }];
    await makeHandler(world)(stateToJson(state));
    expect(world.log.at(-1)).toMatchObject({
      kind: 'observation',
      data: { minutes: world.minuteEvidence, verdict: { decision: 'hold' } },
    });
  });
});

describe('an observation of the soak', () => {
  async function soaking(change: (world: MemoryWorld) => void) {
    const world = new MemoryWorld();
    const before = await atFirstStage(world);
    const state = { ...before, phase: 'soak' as const, stage: before.plan.stages.length - 1 };
    const first = Math.ceil(world.now / 60_000) * 60_000;
    const each = (_: unknown, i: number) => ({ ...minute(null, 30_000, 30), minute: first + i * 60_000 });
    world.minuteEvidence = Array.from({ length: 48 * 60 }, each);
    world.now += 48 * HOUR;
    change(world);
    return makeHandler(world)(stateToJson(state));
  }

  it('advances on rates like the baseline and clean parity', async () => {
    expect(await soaking(() => {})).toMatchObject({ next: 'proceed' });
  });

  it('rolls back on a parity that regressed in reverse shadow', async () => {
    expect(
      await soaking((w) => {
        w.parityVerdict = { status: 'dirty', reasons: ['GET /users: body differs'], pairs: 10, routes: 1 };
      }),
    ).toMatchObject({ next: 'rollback', reason: expect.stringContaining('GET /users') });
  });

  it('rolls back on errors over the baseline by more than the margin', async () => {
    expect(
      await soaking((w) => {
        w.minuteEvidence = Array.from({ length: 5 }, () => minute(null, 6_000, 80));
      }),
    ).toMatchObject({ next: 'rollback' });
  });
});

describe('an observation of the shadow', () => {
  it.each([
    ['disabled', { actionsEnabled: false }],
    ['muted', { mutedBy: ['friday'] }],
  ])('holds while alarm actions are %s: no customer is on the candidate yet', async (name, change) => {
    const world = new MemoryWorld();
    const before = await atFirstStage(world);
    const split = { candidatePercent: 0, mirror: { face: 'forward' as const, percent: 5 } };
    const state = { ...before, phase: 'shadow' as const, stage: -1, split };
    const seen = {
      alarms: world.alarmReadings.map((a) => ({ ...a, ...change })),
      live: weightsFor(DEPLOYMENT, split),
      candidate: { healthy: 2, unhealthy: 0, registered: 2 },
      minutes: [],
      parity: { status: 'clean' as const, reasons: [], pairs: 9_000, routes: 3 },
    };
    const { observation } = observe(DEPLOYMENT, state, seen, world.now + 25 * HOUR);
    expect(observation).toMatchObject({ decision: 'hold', reason: expect.stringContaining(name) });
  });
});
