import { beforeAll, describe, expect, it } from 'vitest';
import { parsePlan } from '../../core/model/plan.ts';
import { parseFault } from '../../rehearsal/scenario/fault.ts';
import { chooseCandidate, chooseMirror } from '../../rehearsal/scenario/gateways.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/rehearsal-plan.ts';
import type { RehearsalOptions } from '../../rehearsal/scenario/rehearse.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { replayed } from '../support/recorded-run.ts';
import { paced, wholeRun } from '../support/whole-run.ts';

const PACE = paced({ speed: 90, rps: 400 });
const cut = rehearsalPlan(
  parsePlan({
    stages: [
      { percent: 10, bake: 'PT1H' },
      { percent: 100, bake: 'PT1H' },
    ],
  }),
  2,
  { rps: PACE.rps / PACE.speed },
);
// The shadow has its own tests (rehearse.slow.test.ts), so this run passes through it as fast as a plan allows.
const plan = {
  ...cut,
  shadow: { ...cut.shadow, duration: 60, exercise: 60, minCapturesPerRoute: 3, maxBreakingRate: 0.9 },
};

let options: Omit<RehearsalOptions, 'progress' | 'signal'>;
beforeAll(async () => {
  options = {
    assembly: await sharedAssembly(),
    candidate: await chooseCandidate(),
    mirror: chooseMirror(process.env),
    ...PACE,
  };
});

describe('a rehearsed cutover', () => {
  it('brings a crashed candidate’s customers back, and none fails after that', async (context) => {
    await wholeRun({ title: 'crash', plan, fault: parseFault('crash@10') }, options, context, (run) => {
      expect(run.verdict.ok, run.verdict.sentence).toBe(true);
      expect(run.ledger).toMatchObject({ status: 'rolled_back', rollback: { verifiedAt: expect.any(String) } });
      expect(run.requests.failedAfterReturn).toBe(0);
      expect(run.weights.at(-1)?.shares).toMatchObject({ stable: 1, candidate: 0, mirrorForward: 0, mirrorReverse: 0 });
      expect(replayed(run.log).summary).toMatchObject({ differing: 0, rollback: { message: expect.any(String) } });
      // Which alarm fires first depends on the traffic: a crash shows in connections, in health and in the gate.
      expect(run.alarms.filter((a) => a.to === 'ALARM').map((a) => a.name)).toContainEqual(
        expect.stringContaining('-candidate-'),
      );
    });
  });
});
