import { beforeAll, describe, expect, it } from 'vitest';
import { frozenDocument } from '../../console/document/document.ts';
import { rehearsalPage } from '../../console/view/rehearsal-view.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { sweepRun } from '../../rehearsal/chaos/sweep-run.ts';
import type { Access, Right } from '../../rehearsal/cloud/access/access.ts';
import { parseFault } from '../../rehearsal/scenario/fault.ts';
import { chooseCandidate, chooseMirror } from '../../rehearsal/scenario/gateways.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/rehearsal-plan.ts';
import type { RehearsalOptions } from '../../rehearsal/scenario/rehearse.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { replayed } from '../support/recorded-run.ts';
import { paced, wholeRun } from '../support/whole-run.ts';
import { UNUSED, whyUnused } from './rights.ts';

const PACE = paced({ speed: 90, rps: 400 });
const plan = rehearsalPlan(
  parsePlan({
    stages: [
      { percent: 50, bake: 'PT1H' },
      { percent: 100, bake: 'PT1H' },
    ],
  }),
  2,
  { rps: PACE.rps / PACE.speed },
);

/** IAM usage of the runs below. Every right that none of them used must have a reason in `rights.ts`. */
const accesses: Access[] = [];
let options: Omit<RehearsalOptions, 'progress' | 'signal'>;
beforeAll(async () => {
  options = {
    assembly: await sharedAssembly(),
    candidate: await chooseCandidate(),
    mirror: chooseMirror(process.env),
    ...PACE,
    onCloud: ({ access }) => void accesses.push(access),
  };
});

describe('a rehearsed cutover', () => {
  it('runs the synthesised machine to its end without failing a single request, whatever start a person tries beside it', async (context) => {
    const onCloud: RehearsalOptions['onCloud'] = ({ access, clock, machine }) => {
      accesses.push(access);
      void clock.sleep(6 * 60_000).then(() => machine.start('beside', {}));
    };
    await wholeRun({ title: 'clean', plan, fault: null }, { ...options, onCloud }, context, (run) => {
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

  it('brings customers back from a candidate that loses their items behind healthy answers: a metric of the user’s own sees it', async (context) => {
    const item = (metric: string) => ({
      source: 'cloudwatch' as const,
      namespace: 'Crossfade',
      metric,
      dimensions: { Ingress: 'gateway', Side: '{{side}}' },
    });
    const watched = rehearsalPlan(
      parsePlan({
        stages: [
          { percent: 50, bake: 'PT1H' },
          { percent: 100, bake: 'PT1H' },
        ],
        metrics: [
          {
            name: 'items-kept',
            kind: 'count',
            numerator: item('ItemsKept'),
            denominator: item('ItemsAsked'),
            direction: 'lowerIsWorse',
            margin: 0.2,
          },
        ],
      }),
      2,
      { rps: PACE.rps / PACE.speed },
    );
    const scenario = { title: 'lost', plan: watched, fault: parseFault('lost=1@50') };
    await wholeRun(scenario, { ...options, onCloud: () => {} }, context, (run) => {
      expect(run.verdict.ok, run.verdict.sentence).toBe(true);
      expect(run.ledger?.rollback?.reason).toMatch(/^Candidate is worse in items-kept: /);
      expect(run.requests.failed).toEqual({});
      expect(run.weights.at(-1)?.shares).toMatchObject({ stable: 1, candidate: 0 });
      expect(replayed(run.log).summary).toMatchObject({ differing: 0 });
    });
  });
});

describe('a mirror that dies', () => {
  it('takes the run back to stable in the shadow, where the mirror is the whole phase', async (context) => {
    const scenario = { title: 'mirror in the shadow', plan, fault: parseFault('mirror-crash@shadow') };
    await wholeRun(scenario, { ...options, onCloud: () => {} }, context, (run) => {
      expect(run.verdict.ok, run.verdict.sentence).toBe(true);
      expect(run.ledger?.rollback?.reason).toContain('mirrorForward');
      expect(run.weights.at(-1)?.shares).toMatchObject({ stable: 1, mirrorForward: 0 });
    });
  });

  it('is closed in the soak, and the run goes on to its end without it', async (context) => {
    const scenario = { title: 'mirror in the soak', plan, fault: parseFault('mirror-crash@soak') };
    await wholeRun(scenario, { ...options, onCloud: () => {} }, context, (run) => {
      expect(run.verdict.ok, run.verdict.sentence).toBe(true);
      expect(run.ledger).toMatchObject({ status: 'completed', rollback: null });
      expect(run.weights.at(-1)?.shares).toMatchObject({ stable: 0, candidate: 1, mirrorReverse: 0 });
      expect(replayed(run.log).summary).toMatchObject({ differing: 0 });
    });
  });
});

describe('a candidate that fails while the final sign-off is waited for', () => {
  it('goes back by the watchdog’s look, too little for an alarm that has nobody to compare with', async (context) => {
    const scenario = { title: 'fault at the sign-off', plan, fault: parseFault('errors=0.1@sign-off') };
    await wholeRun(scenario, { ...options, onCloud: () => {} }, context, (run) => {
      expect(run.verdict.ok, run.verdict.sentence).toBe(true);
      expect(run.ledger).toMatchObject({
        status: 'rolled_back',
        rollback: { trigger: 'gate', by: 'final sign-off, by the watchdog' },
      });
      expect(run.weights.at(-1)?.shares).toMatchObject({ stable: 1, candidate: 0 });
    });
  });
});

describe('rights', () => {
  it('are enough for a cutover that an alarm brings back', async ({ signal }) => {
    const { outcome, access } = await sweepRun([], {
      assembly: options.assembly,
      speed: PACE.speed,
      redAlarm: true,
      signal,
    });
    accesses.push(access);
    expect(outcome).toBe('rolled back');
    access.demandNoDenial();
  });

  it('that no run used are those that have a reason, and every reason has such a right', () => {
    expect(accesses).toHaveLength(2);
    const textOf = ({ action, holder }: Right) => `${action}: ${holder}`;
    const [first = [], ...others] = accesses.map((access) => access.neverUsed());
    const unused = first.filter((right) => others.every((list) => list.some((o) => textOf(o) === textOf(right))));
    expect(unused.filter((right) => whyUnused(right) === null).map(textOf)).toEqual([]);
    const idle = UNUSED.filter(
      (u) => !unused.some((right) => u.actions.test(right.action) && u.holders.test(right.holder)),
    );
    expect(idle.map((u) => u.why)).toEqual([]);
  });
});
