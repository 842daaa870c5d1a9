import { describe, expect, it } from 'vitest';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import { stateToJson } from '../../core/model/run-state.ts';
import { baselineRefusals, describeBaseline, stageTimes } from '../../core/phases/baseline.ts';
import { project } from '../../core/phases/timeline.ts';
import { makeHandler } from '../../lambdas/baseline.ts';
import { baselineSummary } from '../support/baseline.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { begun } from '../support/run.ts';

const QUIET = 3;
const FOUND = baselineSummary({
  requests: 8_640_000,
  recentErrorRate: 0.001,
  rpsByHour: Array.from({ length: 24 }, (_, hour) => (hour === QUIET ? 0.2 : hour === 4 ? null : 100)),
  cpuPercent: 30.4,
  memoryPercent: 41,
});
const plan = (input: PlanInput = {}) => parsePlan(input);

describe('a baseline', () => {
  it('of a healthy side is not refused', () => {
    expect(baselineRefusals(plan(), FOUND)).toEqual([]);
    expect(baselineRefusals(plan(), { ...FOUND, recentErrorRate: null })).toEqual([]);
  });

  it.each([
    ['that is missing', null, /baseline\.minRequests: .* 0 requests/],
    ['of too few requests', { ...FOUND, requests: 999 }, /baseline\.minRequests: .* 999 requests .* 1000 are required/],
    ['that burns', { ...FOUND, errorRate: 0.02 }, /baseline\.maxErrorRate: .* 2\.000 %/],
    ['that burns now, whatever its mean', { ...FOUND, recentErrorRate: 0.2 }, /maxErrorRate: .* now: 20\.000 %/],
  ])('%s is refused, and the field is named', (_name, found, reason) => {
    expect(baselineRefusals(plan(), found).join()).toMatch(reason);
  });

  it('says when failures come in bursts that the plan takes for independent ones, and what to set', () => {
    const found = { ...FOUND, errorBurst: 4.8, slowBurst: 12.1 };
    expect(describeBaseline(plan(), found)).toMatch(
      /failures come in bursts of about 4\.8, .*independent.* gate\.errorBurst to 5 /,
    );
    expect(describeBaseline(plan({ gate: { errorBurst: 5, slowBurst: 10 } }), found)).not.toMatch(/Bunch/);
    expect(describeBaseline(plan(), FOUND)).not.toMatch(/Bunch/);
  });

  it('says when its worst minutes are beyond what the plan allows at 100 %, where nobody is left to compare with', () => {
    const found = { ...FOUND, peakErrorRate: 0.24 };
    expect(describeBaseline(plan(), found)).toMatch(
      /worst five minutes 24\.000 % failed, above 4 times gate\.maxErrorRate.* Set gate\.maxErrorRate above 6\.000 %/,
    );
    expect(describeBaseline(plan({ gate: { maxErrorRate: 0.061 } }), found)).not.toMatch(/worst five minutes/);
  });

  it('predicts so many times the requests for a plan of bursts', () => {
    const times = (gate: PlanInput['gate']) => stageTimes(plan({ gate: { ...gate } }), FOUND).map((t) => t.requests);
    const [single, fives] = [times({}), times({ errorBurst: 5, slowBurst: 5 })];
    for (const [i, requests] of fives.entries()) expect(requests / (single[i] ?? 0)).toBeCloseTo(5, 1);
  });

  it('predicts each stage by the planner, at the rates that were measured', () => {
    const times = stageTimes(plan(), FOUND);
    const rows = project(plan(), { rps: 100, errorRate: 0.001, slowRate: 0.001 }).rows.filter((r) => r.requestsNeeded);
    expect(times.map((t) => [t.percent, t.requests])).toEqual(rows.map((r) => [r.candidatePercent, r.requestsNeeded]));
    for (const [i, t] of times.entries())
      expect(t.seconds).toBe(Math.max(rows[i]?.seconds ?? 0, rows[i]?.evidenceSeconds ?? 0));
  });

  it('predicts the quietest known hour too: one without data is no hour without requests', () => {
    const [first] = stageTimes(plan(), FOUND);
    const [alone] = stageTimes(plan(), { ...FOUND, rps: 0.2 });
    expect(first?.quietSeconds).toBe(alone?.seconds);
    expect(stageTimes(plan(), { ...FOUND, rpsByHour: Array(24).fill(null) })[0]?.quietSeconds).toBeNull();
  });

  it('says the figures, the time of each stage, and which hour would be too quiet', () => {
    const text = describeBaseline(plan(), FOUND);
    expect(text).toMatch(/100\.0 rps, errors 0\.100 %, .*CPU 30 %, memory 41 %\./);
    expect(text).toMatch(
      /Expected time of each stage: 1 % \d.*, 10 % 60 min, 50 % 60 min, 90 % 30 min, 99 % 60 min, 100 % \d+ min\./,
    );
    expect(text).toMatch(/quietest hour \(03 h UTC, 0\.2 rps\) 1 % would take .* longer than the plan allows/);
  });

  it('says which hours nobody asks for anything, where a stage that meets them ends undecided', () => {
    const night = { ...FOUND, rpsByHour: FOUND.rpsByHour.map((_, hour) => (hour >= 22 || hour < 3 ? 0 : 100)) };
    const held = (maxHold: string) =>
      describeBaseline(
        plan({
          stages: [
            { percent: 10, bake: 'PT1H', maxHold },
            { percent: 100, bake: 'PT1H', maxHold },
          ],
        }),
        night,
      );
    expect(held('PT2H')).toContain('No requests arrived from 22 to 03 h UTC: a stage of 10 %, 100 %');
    expect(held('PT2H')).toContain('set its maxHold above 6 h');
    expect(held('PT6H')).not.toContain('No requests arrived');
    expect(describeBaseline(plan(), { ...FOUND, rpsByHour: Array(24).fill(0) })).not.toContain('No requests arrived');
  });

  it('says which stage will hardly be decided at this rate', () => {
    expect(describeBaseline(plan(), { ...FOUND, rps: 0.3 })).toMatch(
      /The 1 % stage is unlikely to reach a decision: it needs \d+ requests/,
    );
    expect(describeBaseline(plan(), { ...FOUND, rps: 10_000 })).not.toMatch(/unlikely/);
  });

  it('reaches the log and the status message by the handler', async () => {
    const world = new MemoryWorld();
    const state = await makeHandler(world)(stateToJson(await begun(world)));
    expect(state.reason).toMatch(/Expected time of each stage/);
    expect(world.log.at(-1)).toMatchObject({ phase: 'baseline', message: state.reason, data: world.baselineSummary });
    expect(world.notices.at(-1)?.body).toContain(state.reason);
  });
});
