import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlan } from '../../core/model/plan.ts';
import { parseFault } from '../../rehearsal/scenario/fault.ts';
import { chooseCandidate } from '../../rehearsal/scenario/gateways.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/rehearsal-plan.ts';
import { type RehearsalOptions, rehearse } from '../../rehearsal/scenario/rehearse.ts';
import { type Synthesis, synthesise } from '../../rehearsal/scenario/synth.ts';
import { reportHtml } from '../../report/html.ts';
import { replayed } from '../support/recorded-run.ts';

const LIMIT_MS = 60_000;
const plan = rehearsalPlan(
  parsePlan({
    stages: [
      { percent: 10, bake: 'PT1H' },
      { percent: 100, bake: 'PT1H' },
    ],
  }),
  2,
);

let synthesis: Synthesis;
let options: RehearsalOptions;
beforeAll(async () => {
  synthesis = await synthesise();
  const silent = { event: () => {}, tick: () => {}, note: () => {} };
  options = {
    assembly: synthesis.assembly,
    candidate: chooseCandidate(),
    speed: 90,
    rps: 200,
    progress: silent,
    signal: new AbortController().signal,
  };
});
afterAll(() => synthesis.dispose());

describe('a rehearsed cutover', () => {
  it('runs the synthesised machine to its end without failing a single request', { timeout: LIMIT_MS }, async () => {
    const run = await rehearse({ title: 'clean', plan, fault: null }, options);
    expect(run.verdict.ok, run.verdict.sentence).toBe(true);
    expect(run.requests.failed).toEqual({});
    expect(run.ledger).toMatchObject({ status: 'completed' });
    const phases = run.log
      .filter((e) => e.kind !== 'observation')
      .map((e) => (e.phase === 'stage' ? `stage ${e.stage}` : e.phase));
    expect([...new Set(phases)]).toEqual([
      'preflight',
      'baseline',
      'shadow',
      'exercise',
      'shadowSignoff',
      'stage 0',
      'stage 1',
      'soak',
      'finalSignoff',
      'decommission',
      'retention',
      'complete',
    ]);
    expect(run.weights.at(-1)?.shares).toMatchObject({ stable: 0, candidate: 1 });
    expect(run.messages.length).toBeGreaterThanOrEqual(10);
    expect(reportHtml([run])).not.toMatch(/https?:\/\//);
    const { summary } = replayed(run.log);
    expect(summary).toMatchObject({ changed: 0, differing: 0, incomplete: 0 });
    expect(summary.phases.map((p) => p.name)).toEqual(['shadow', 'exercise', 'stage 10 %', 'stage 100 %', 'soak']);
  });

  it('brings a crashed candidate’s customers back, and none fails after that', { timeout: LIMIT_MS }, async () => {
    const run = await rehearse({ title: 'crash', plan, fault: parseFault('crash@10') }, options);
    expect(run.verdict.ok, run.verdict.sentence).toBe(true);
    expect(run.ledger).toMatchObject({ status: 'rolled_back', rollback: { verifiedAt: expect.any(String) } });
    expect(run.requests.failedAfterReturn).toBe(0);
    expect(run.weights.at(-1)?.shares).toMatchObject({ stable: 1, candidate: 0, mirrorForward: 0, mirrorReverse: 0 });
    expect(replayed(run.log).summary).toMatchObject({ differing: 0, rollback: { message: expect.any(String) } });
    expect(run.alarms.some((a) => a.name.includes('candidate-connection-errors') && a.to === 'ALARM')).toBe(true);
  });
});
