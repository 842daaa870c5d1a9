import { describe, expect, it } from 'vitest';
import { type Evidence, observe, type PresentRun } from '../../core/evaluation/index.ts';
import { type Deployment, deploymentSchema } from '../../core/model/deployment.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import type { AlarmReading, ParityVerdict } from '../../core/model/ports.ts';
import type { Phase } from '../../core/model/run-state.ts';
import { type TrafficSplit, weightsFor } from '../../core/model/split.ts';
import type { Steered } from '../../core/model/steering.ts';
import { healthy, minute, minutes, side } from '../support/decided-stage.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';

const T0 = Date.UTC(2026, 10, 24, 8);
const MINUTE = 60_000;
const PLAN: PlanInput = {
  shadow: { duration: 'PT1H', maxHold: 'PT30M', exercise: 'PT20M' },
  stages: [
    { percent: 10, bake: 'PT1H', maxHold: 'PT30M' },
    { percent: 100, bake: 'PT1H', maxHold: 'PT30M' },
  ],
  soak: { duration: 'PT2H', maxHold: 'PT30M' },
};
const SPLITS: Partial<Record<Phase, TrafficSplit>> = {
  shadow: { candidatePercent: 0, mirror: { face: 'forward', percent: 5 } },
  exercise: { candidatePercent: 0, mirror: { face: 'forward', percent: 5 } },
  stage: { candidatePercent: 10, mirror: null },
  soak: { candidatePercent: 100, mirror: { face: 'reverse', percent: 5 } },
};
const CLEAN: ParityVerdict = { status: 'clean', reasons: [], pairs: 10_000, routes: 3 };
const SHORT: ParityVerdict = { ...CLEAN, status: 'insufficient', reasons: ['GET /users: 3 captures'] };
const DIRTY: ParityVerdict = { ...CLEAN, status: 'dirty', reasons: ['GET /users: body differs'] };
const TWO = { healthy: 2, unhealthy: 0, registered: 2 };
const alone = (i: number) => minute(i, null, side(30_000, 30));
/** A phase that was promoted; with `override`, without its evidence. */
const promoted = (override: boolean): Steered => ({
  pausedSeconds: 0,
  paused: null,
  promoted: { by: 'ops', reason: '', override },
  restarted: null,
});

interface Scene {
  readonly plan?: PlanInput;
  readonly deployment?: Deployment;
  readonly state?: Partial<PresentRun>;
  readonly seen?: Partial<Evidence>;
}

/** What a phase decides `at` minutes after it began, if nothing is wrong except what the test specifies. */
function decided(phase: Phase, at: number, { plan = {}, deployment = DEPLOYMENT, state = {}, seen = {} }: Scene = {}) {
  const world = new MemoryWorld();
  const split = state.split ?? SPLITS[phase] ?? { candidatePercent: 0, mirror: null };
  const stage = phase === 'stage' ? 0 : phase === 'soak' ? 1 : -1;
  const since = new Date(T0).toISOString();
  const parsed = parsePlan({ ...PLAN, ...plan });
  const looking = { plan: parsed, phase, stage, since, split, baseline: world.baselineSummary, ...state };
  const evidence: Evidence = {
    alarms: world.alarmReadings,
    live: weightsFor(deployment, split),
    candidate: TWO,
    minutes: minutes(0, at, phase === 'soak' ? alone : healthy),
    parity: phase === 'stage' ? null : CLEAN,
    ...seen,
  };
  return observe(deployment, looking, evidence, T0 + at * MINUTE).observation;
}

const alarmsWith = (name: string, change: Partial<AlarmReading>) =>
  new MemoryWorld().alarmReadings.map((a) => (a.name === name ? { ...a, ...change } : a));

describe('a stage goes back at once', () => {
  it('when no target of the candidate is left, not even an unhealthy one', () => {
    const candidate = { healthy: 0, unhealthy: 0, registered: 0 };
    expect(decided('stage', 5, { seen: { candidate } }).decision).toBe('rollback');
  });

  it('when more than half of the candidate is unhealthy, not when it is half', () => {
    const of = (healthy: number, unhealthy: number) =>
      decided('stage', 70, { seen: { candidate: { healthy, unhealthy, registered: healthy + unhealthy } } }).decision;
    expect([of(2, 2), of(2, 3)]).toEqual(['hold', 'rollback']);
  });

  it('for its own alarms, not for the mirror’s, which has no customer in a stage', () => {
    for (const change of [{ state: 'ALARM' }, { actionsEnabled: false }, { mutedBy: ['friday'] }] as const) {
      expect(decided('stage', 5, { seen: { alarms: alarmsWith('gateway-red', change) } }).decision).toBe('rollback');
      expect(decided('stage', 5, { seen: { alarms: alarmsWith('gateway-mirror', change) } }).decision).toBe('hold');
    }
  });
});

describe('a shadow', () => {
  it('lasts for its duration, and its exercise for its own', () => {
    expect([59, 60].map((at) => decided('shadow', at).decision)).toEqual(['hold', 'advance']);
    expect([19, 20].map((at) => decided('exercise', at).decision)).toEqual(['hold', 'advance']);
  });

  it.each([
    ['shadow', 90],
    ['exercise', 50],
  ] as const)('whose captures are too few or differ holds its %s for no longer than its maximum', (phase, end) => {
    for (const parity of [SHORT, DIRTY])
      expect([end - 1, end].map((at) => decided(phase, at, { seen: { parity } }).decision)).toEqual([
        'hold',
        'rollback',
      ]);
  });

  it('is not open for ever where the plan holds stages that are undecided', () => {
    const plan = { gate: { onUndecided: 'hold' as const } };
    expect(decided('shadow', 90, { plan, seen: { parity: SHORT } }).decision).toBe('rollback');
  });

  it('closes when the mirror’s alarm is red', () => {
    const alarms = alarmsWith('gateway-mirror', { state: 'ALARM' });
    expect(decided('shadow', 5, { seen: { alarms } })).toMatchObject({
      decision: 'rollback',
      reason: 'Shadow alarm gateway-mirror is in ALARM; the mirror is closed.',
    });
  });

  it('does not mind the health of a candidate that answers nobody, nor a mirror’s alarm without data', () => {
    const candidate = { healthy: 0, unhealthy: 2, registered: 2 };
    expect(decided('shadow', 60, { seen: { candidate } }).decision).toBe('advance');
    const alarms = alarmsWith('gateway-mirror', { state: 'INSUFFICIENT_DATA' });
    expect(decided('shadow', 60, { seen: { alarms } }).decision).toBe('advance');
  });

  it('goes nowhere when its parity was not read', () => {
    expect(decided('shadow', 60, { seen: { parity: null } }).decision).toBe('hold');
  });

  it('is not shorter because stages are', () => {
    expect(decided('shadow', 59, { plan: { gate: { accelerate: true } } }).decision).toBe('hold');
  });

  it('ends when the customers behind the mirror fare worse than the others', () => {
    const mirrored = (i: number): MinuteEvidence => ({
      ...minute(i, side(27_000, 27), null),
      mirror: side(3_000, 900),
    });
    expect(decided('shadow', 10, { seen: { minutes: minutes(0, 10, mirrored) } })).toMatchObject({
      decision: 'rollback',
      reason: expect.stringMatching(/^Customers whose requests pass through the mirror fare worse/),
    });
  });
});

describe('a stage', () => {
  const quick = { gate: { accelerate: true } };

  it('bakes for its time, or for the shortest where the plan lets it', () => {
    expect([25, 59, 60].map((at) => decided('stage', at).decision)).toEqual(['hold', 'hold', 'advance']);
    expect(decided('stage', 25, { plan: quick }).decision).toBe('advance');
  });

  it('at 100 % is held against the baseline, for there is no other side', () => {
    const split = { candidatePercent: 100, mirror: null };
    const state = { stage: 1, split };
    expect(decided('stage', 75, { state, seen: { minutes: minutes(0, 75, alone) } }).decision).toBe('advance');
  });

  it('below it is held against the other side, which may fare as badly', () => {
    const bad = (i: number) => minute(i, side(27_000, 810), side(3_000, 90));
    expect(decided('stage', 75, { seen: { minutes: minutes(0, 75, bad) } }).decision).toBe('advance');
  });

  it('asks of each side its share of the minutes', () => {
    const thin = (i: number) => minute(i, side(27), i % 4 === 0 ? side(3) : null);
    const { reason } = decided('stage', 70, { seen: { minutes: minutes(0, 70, thin) } });
    expect(reason).not.toMatch(/have a gap|has been silent/);
  });

  it('is not held by a pause for longer than by anything else', () => {
    const blind = { alarms: alarmsWith('gateway-red', { state: 'INSUFFICIENT_DATA' }) };
    const paused = { pausedSeconds: 600, paused: null, promoted: null, restarted: null };
    expect([89, 90].map((at) => decided('stage', at, { seen: blind }).decision)).toEqual(['hold', 'rollback']);
    const steered = [99, 100].map((at) => decided('stage', at, { seen: blind, state: { steered: paused } }).decision);
    expect(steered).toEqual(['hold', 'rollback']);
    const kept = { plan: { gate: { onUndecided: 'hold' as const } }, seen: blind };
    expect(decided('stage', 900, kept).decision).toBe('hold');
  });

  it('is held by an obstacle for its maximum, however late its evidence may be', () => {
    const stages = [
      { percent: 10, bake: 'PT1H', maxHold: 'PT1M' },
      { percent: 100, bake: 'PT1H' },
    ];
    const seen = { candidate: { healthy: 2, unhealthy: 1, registered: 3 }, minutes: minutes(0, 50, healthy) };
    expect(decided('stage', 61, { plan: { stages }, seen }).decision).toBe('rollback');
    const late = { minutes: minutes(0, 50, healthy) };
    expect([61, 86, 87].map((at) => decided('stage', at, { plan: { stages }, seen: late }).decision)).toEqual([
      'hold',
      'hold',
      'rollback',
    ]);
  });
});

describe('a stage whose evidence is whole and decides nothing', () => {
  it('gets no time for what is late', () => {
    const stages = [
      { percent: 10, bake: 'PT1H', maxHold: 'PT1M' },
      { percent: 100, bake: 'PT1H' },
    ];
    const plan = { stages, gate: { minRequests: 1_000_000 } };
    expect([60, 61].map((at) => decided('stage', at, { plan }).decision)).toEqual(['hold', 'rollback']);
  });
});

describe('a promotion', () => {
  it('ends the bake of a stage whose evidence is in', () => {
    expect(decided('stage', 25).decision).toBe('hold');
    expect(decided('stage', 25, { state: { steered: promoted(false) } }).decision).toBe('advance');
  });

  it('without evidence passes over what is missing, and over nothing that stands in the way', () => {
    const state = { steered: promoted(true) };
    const nothing = { minutes: [] };
    expect(decided('stage', 5, { state, seen: nothing }).decision).toBe('advance');
    expect(decided('stage', 5, { state, seen: { ...nothing, stable: { healthy: 1, needed: 2 } } }).decision).toBe(
      'hold',
    );
    expect(decided('shadow', 5, { state, seen: { parity: DIRTY } }).decision).toBe('hold');
  });

  it('saves no candidate that is worse', () => {
    const worse = minutes(0, 10, (i) => minute(i, side(27_000, 27), side(3_000, 300)));
    expect(decided('stage', 10, { state: { steered: promoted(true) }, seen: { minutes: worse } }).decision).toBe(
      'rollback',
    );
  });
});

describe('the cohort', () => {
  const deployment = deploymentSchema.parse({
    ...DEPLOYMENT,
    rules: [...DEPLOYMENT.rules, { arn: 'rule/testers', roles: ['stable', 'candidate'], cohort: true }],
  });
  const split: TrafficSplit = { candidatePercent: 0, mirror: null, cohort: true };

  it('bakes for its own time, and may come when it likes', () => {
    const plan: PlanInput = { cohort: { bake: 'PT5M', maxHold: 'PT10M', minRequests: 5 } };
    const came = (i: number) => minute(i, side(9_000), i === 1 ? side(20) : null);
    const at = (now: number) =>
      decided('stage', now, {
        plan,
        deployment,
        state: { stage: -1, split },
        seen: { minutes: minutes(0, now, came) },
      });
    expect([4, 6].map((now) => at(now).decision)).toEqual(['hold', 'advance']);
  });
});

describe('a soak', () => {
  it('lasts for its own duration', () => {
    expect([119, 135].map((at) => decided('soak', at).decision)).toEqual(['hold', 'advance']);
    expect(decided('soak', 60, { plan: { gate: { accelerate: true } } }).decision).toBe('hold');
  });

  it('does not end with too few captures of the reverse mirror', () => {
    expect(decided('soak', 135, { seen: { parity: SHORT } })).toMatchObject({
      decision: 'hold',
      reason: expect.stringMatching(/^Reverse shadow is not enough to tell: GET \/users: 3 captures/),
    });
  });

  const through = (direct: MinuteEvidence['candidate'], mirror: MinuteEvidence['mirror']) =>
    minutes(0, 10, (i): MinuteEvidence => ({ ...minute(i, null, direct), mirror: mirror ?? null }));
  const unmirrored = { candidatePercent: 100, mirror: null };

  it('closes the mirror, and goes back for nobody, where only those fail who come through it', () => {
    const seen = { minutes: through(side(30_000, 30), side(1_500, 900)) };
    expect(decided('soak', 10, { seen })).toMatchObject({
      decision: 'hold',
      effect: 'closeMirror',
      reason: expect.stringMatching(/^The mirror is closed: without the customers who come through it/),
    });
  });

  it('closes it also where everybody comes through it, and nobody is left to compare with', () => {
    const seen = { minutes: through(null, side(30_000, 18_000)) };
    expect(decided('soak', 10, { seen })).toMatchObject({ decision: 'hold', effect: 'closeMirror' });
  });

  it('goes on without what a mirror did that has been closed', () => {
    const seen = { minutes: through(side(30_000, 30), side(1_500, 900)) };
    const { decision, effect } = decided('soak', 10, { state: { split: unmirrored }, seen });
    expect({ decision, effect }).toEqual({ decision: 'hold', effect: undefined });
  });

  it('goes back where those fail who reach the candidate directly, whatever the mirror does', () => {
    for (const mirror of [side(1_500, 900), side(1_500, 2), null])
      expect(decided('soak', 10, { seen: { minutes: through(side(30_000, 18_000), mirror) } }).decision).toBe(
        'rollback',
      );
  });

  it('counts the customers behind the mirror where it asks whether evidence is missing', () => {
    const seen = {
      minutes: minutes(0, 125, (i): MinuteEvidence => ({ ...minute(i, null, null), mirror: side(30_000, 30) })),
    };
    expect(decided('soak', 125, { seen }).decision).toBe('advance');
  });
});
