import { beforeAll, describe, expect, it } from 'vitest';
import { frozenDocument } from '../../console/document/document.ts';
import { rehearsalPage } from '../../console/view/rehearsal-view.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { chooseCandidate } from '../../rehearsal/scenario/gateways.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/rehearsal-plan.ts';
import type { RehearsalOptions } from '../../rehearsal/scenario/rehearse.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { replayed } from '../support/recorded-run.ts';
import { wholeRun } from '../support/whole-run.ts';

const LIMIT_MS = 60_000;
const SPEED = 90;
const RPS = 400;
const plan = rehearsalPlan(
  parsePlan({
    stages: [
      { percent: 50, bake: 'PT1H' },
      { percent: 100, bake: 'PT1H' },
    ],
  }),
  2,
  { rps: RPS / SPEED },
);

let options: Omit<RehearsalOptions, 'progress' | 'signal'>;
beforeAll(async () => {
  options = {
    assembly: await sharedAssembly(),
    candidate: chooseCandidate(),
    speed: SPEED,
    rps: RPS,
  };
});

describe('a rehearsed cutover', () => {
  it('runs the synthesised machine to its end without failing a single request', {
    timeout: LIMIT_MS,
  }, async (context) => {
    await wholeRun({ title: 'clean', plan, fault: null }, options, context, (run) => {
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
      expect(frozenDocument(rehearsalPage([run]))).toContain("default-src 'none'; script-src 'sha256-");
      const { summary } = replayed(run.log);
      expect(summary).toMatchObject({ changed: 0, differing: 0, incomplete: 0 });
      expect(summary.phases.map((p) => p.name)).toEqual(['shadow', 'exercise', 'stage 50 %', 'stage 100 %', 'soak']);
    });
  });
});
