import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecisionLogError, parseEntry, parseHeader } from '../../core/model/decision-log.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { PlanInput } from '../../core/model/plan.ts';
import { Replay } from '../../core/phases/replay.ts';
import { recordedRun, replayed, type Traffic } from '../support/recorded-run.ts';

const PLAN: PlanInput = {
  gate: { warmUp: 'PT0S' },
  stages: [
    { percent: 10, bake: 'PT5M', maxHold: 'PT30M' },
    { percent: 100, bake: 'PT5M', maxHold: 'PT30M' },
  ],
  soak: { duration: 'PT10M' },
};
const side = (requests: number, target5xx = 0) => ({ requests, target5xx, connectionErrors: 0, slow: 0 });
const minute = (at: number, stable: number, candidate: number, failed = 0): MinuteEvidence => ({
  minute: Math.floor(at / 60_000) * 60_000,
  stable: stable === 0 ? null : side(stable),
  candidate: side(candidate, failed),
  elb5xx: 0,
});
const healthy: Traffic = (stage, _minute, at) => (stage === 0 ? minute(at, 9_000, 1_000) : minute(at, 0, 10_000));
/** From the fourth minute on, the candidate fails 1.6 % of its requests in the first stage. */
const leaking: Traffic = (stage, m, at) =>
  stage === 0 ? minute(at, 9_000, 1_000, m < 3 ? 0 : 16) : minute(at, 0, 10_000);

describe('a replay', () => {
  it('comes out as recorded, word for word, under the recorded plan', async () => {
    const { looks, summary } = replayed(await recordedRun(PLAN, healthy));
    expect(looks).toHaveLength(10);
    for (const look of looks) expect(look.replayed).toEqual(look.recorded);
    expect(summary).toMatchObject({ changed: 0, differing: 0, incomplete: 0, limits: [] });
    expect(summary.phases.map((p) => [p.name, p.replayed?.decision])).toEqual([
      ['stage 10 %', 'advance'],
      ['stage 100 %', 'advance'],
    ]);
  });

  it('reads a log whose deployment still calls the mirror a tap', async () => {
    const log = await recordedRun(PLAN, healthy);
    const earlier = JSON.parse(
      JSON.stringify(log).replaceAll('mirrorForward', 'tapForward').replaceAll('mirrorReverse', 'tapReverse'),
    ) as typeof log;
    expect(JSON.stringify(earlier)).toContain('tapForward');
    const { summary } = replayed(earlier);
    expect(summary).toMatchObject({ changed: 0, incomplete: 0 });
  });

  it('shows which stage would have ended sooner, and by how much', async () => {
    const other: PlanInput = { ...PLAN, gate: { warmUp: 'PT0S', accelerate: true, minBake: 'PT2M' } };
    const { summary } = replayed(await recordedRun(PLAN, healthy), other);
    const [first] = summary.phases;
    expect(first?.recorded).toMatchObject({ decision: 'advance', seconds: 300 });
    expect(first?.replayed).toMatchObject({ decision: 'advance', seconds: 240 });
    expect(summary.changed).toBeGreaterThan(0);
  });

  it('shows a rollback that a wider margin would not have asked for', async () => {
    const log = await recordedRun(PLAN, leaking);
    expect(replayed(log).summary.phases.at(-1)?.recorded).toMatchObject({ decision: 'rollback' });
    const wider = replayed(log, { ...PLAN, gate: { warmUp: 'PT0S', errorMargin: 0.04 } });
    expect(wider.looks.at(-1)).toMatchObject({
      recorded: { decision: 'rollback' },
      replayed: { decision: 'hold', reason: expect.stringContaining(' of 5 min have passed. ') },
    });
    expect(wider.summary.phases.at(-1)?.replayed).toBeNull();
  });

  it('ends what a stricter plan would have reached, and still shows what was recorded after it', async () => {
    const small: Traffic = (stage, _minute, at) =>
      stage === 0 ? minute(at, 90_000, 10_000, 20) : minute(at, 0, 100_000);
    const log = await recordedRun({ ...PLAN, gate: { warmUp: 'PT0S', errorMargin: 0.01 } }, small);
    const { summary, looks } = replayed(log, { ...PLAN, gate: { warmUp: 'PT0S', errorMargin: 0.001 } });
    const [first, second] = summary.phases;
    expect(first).toMatchObject({
      recorded: { decision: 'advance' },
      replayed: { decision: 'rollback' },
      reached: true,
    });
    expect(second).toMatchObject({ recorded: { decision: 'advance' }, reached: false });
    expect(looks.at(-1)?.reached).toBe(false);
  });

  it('decides hard stops again from what was read then', async () => {
    const log = await recordedRun(PLAN, healthy, (world, stage, m) => {
      if (stage === 1 && m === 2)
        world.alarmReadings = world.alarmReadings.map((a) => ({ ...a, state: 'ALARM' as const }));
    });
    const other = replayed(log, { ...PLAN, gate: { warmUp: 'PT0S', alpha: 0.1 } });
    expect(other.looks.at(-1)?.replayed).toEqual({ decision: 'rollback', reason: 'Alarm gateway-red is in ALARM.' });
  });

  it('says when the baseline would have refused the other plan', async () => {
    const { summary } = replayed(await recordedRun(PLAN, healthy), { ...PLAN, baseline: { maxErrorRate: 0.0005 } });
    expect(summary.refused).toEqual([expect.stringContaining('baseline.maxErrorRate')]);
  });

  it('gives the same text for a parity of any number of routes, and keeps it small in the log', async () => {
    const reasons = Array.from({ length: 5_000 }, (_, i) => `GET /route-${i}: body differs in 1 of 10 pairs`);
    const log = await recordedRun(PLAN, healthy, () => {}, { status: 'dirty', reasons, pairs: 50_000, routes: 5_000 });
    const soak = log.filter((e) => e.kind === 'observation' && e.phase === 'soak');
    expect(soak[0]?.message).toMatch(/Parity regressed .* and 4980 more\.$/);
    for (const entry of log) expect(JSON.stringify(entry).length).toBeLessThan(40_000);
    expect(replayed(log).summary).toMatchObject({ differing: 0, incomplete: 0 });
  });

  it('says what the log cannot tell about the other plan', async () => {
    const log = await recordedRun(PLAN, healthy);
    const other: PlanInput = {
      ...PLAN,
      baseline: { lookBack: 'PT1H' },
      gate: { warmUp: 'PT0S', latencyBudgetMs: 300, observe: 'PT2M' },
      shadow: { latencyTolerance: 0.5, maxHold: 'PT1H' },
      stages: [{ percent: 50, bake: 'PT5M' }, ...(PLAN.stages ?? []).slice(1)],
    };
    const { summary, looks } = replayed(log, other);
    expect(summary.limits).toEqual([
      expect.stringContaining('gate.latencyBudgetMs'),
      expect.stringContaining('baseline.lookBack'),
      expect.stringContaining('gate.observe'),
      expect.stringMatching(/^shadow\.latencyTolerance: /),
      expect.stringContaining('no stage at 10 %'),
      expect.stringContaining('the run has no evidence at 50 %'),
    ]);
    expect(looks[0]?.replayed).toBeNull();
    expect(summary.phases[0]).toMatchObject({ comparable: false, replayed: null });
  });

  it('uses the minutes of all entries, and says so where they do not make up what was looked at', async () => {
    const log = await recordedRun(
      {
        ...PLAN,
        stages: [
          { percent: 10, bake: 'PT1H' },
          { percent: 100, bake: 'PT5M' },
        ],
      },
      healthy,
    );
    expect(replayed(log).summary).toMatchObject({ incomplete: 0, differing: 0 });
    const first = log.findIndex((e) => e.kind === 'observation');
    const torn = log.filter((_, i) => i < first || i > first + 20);
    expect(replayed(torn).summary.incomplete).toBeGreaterThan(0);
  });

  it('comes out as recorded whatever the traffic was', async () => {
    const counts = fc.record({ stable: fc.nat(500), candidate: fc.nat(100), failed: fc.nat(6), gap: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(counts, { minLength: 40, maxLength: 40 }), async (drawn) => {
        const log = await recordedRun(PLAN, (_stage, m, at) => {
          const { stable, candidate, failed, gap } = drawn[m % drawn.length] ?? {
            stable: 1,
            candidate: 1,
            failed: 0,
            gap: true,
          };
          const whole = minute(at, stable, candidate, Math.min(failed, candidate));
          return gap ? { ...whole, candidate: null } : whole;
        });
        expect(replayed(log).summary).toMatchObject({ differing: 0, incomplete: 0 });
      }),
      { numRuns: 30 },
    );
  });
});

describe('a decision log', () => {
  const line = JSON.stringify;
  const entry = {
    at: '2026-11-24T08:00:00.000Z',
    kind: 'observation',
    phase: 'stage',
    stage: 0,
    by: 'm',
    message: 'm',
  };

  it.each([
    ['is not JSON', () => parseHeader('{'), /^line 1: is not JSON/],
    ['is of a later version', () => parseHeader(line({ format: 'crossfade.decisions', v: 2 })), /^line 1: v: /],
    ['is something else', () => parseHeader(line({ hello: 1 })), /^line 1: format: /],
    ['has an unknown kind', () => parseEntry(line({ ...entry, kind: 'guess' }), 7), /^line 7: kind: /],
    [
      'has a look without its evidence',
      () => new Replay(null).add(parseEntry(line({ ...entry, data: { decision: 'hold' } }), 9), 9),
      /^line 9: data\.since: /,
    ],
    [
      'begins with no plan',
      () => new Replay(null).add(parseEntry(line({ ...entry, kind: 'phase', phase: 'preflight', data: {} }), 2), 2),
      /^line 2: data\.plan: /,
    ],
  ])('that %s is refused with the line and the field', (_name, read, message) => {
    expect(read).toThrow(DecisionLogError);
    expect(read).toThrow(message);
  });
});
