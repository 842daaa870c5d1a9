/**
 * Runs the whole synthesised machine on the local cloud with testers first, and with a candidate that is redeployed in
 * mid-run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvidence } from '../../console/view/run-evidence.ts';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import type { LocalCloud } from '../../rehearsal/cloud/cloud.ts';
import { chooseCandidate, chooseMirror } from '../../rehearsal/scenario/gateways.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/rehearsal-plan.ts';
import type { RehearsalOptions } from '../../rehearsal/scenario/rehearse.ts';
import { type Synthesis, synthesise } from '../../rehearsal/scenario/synth.ts';
import { paced, wholeRun } from '../support/whole-run.ts';

const PACE = paced({ speed: 60, rps: 400 });
const PLAN = {
  cohort: { minRequests: 20 },
  stages: [
    { percent: 50, bake: 'PT1H' },
    { percent: 100, bake: 'PT1H' },
  ],
} satisfies PlanInput;
const planned = (plan: PlanInput) => rehearsalPlan(parsePlan(plan), 2, { rps: PACE.rps / PACE.speed });

let synthesis: Synthesis;
let options: Omit<RehearsalOptions, 'progress' | 'signal'>;
beforeAll(async () => {
  synthesis = await synthesise({ plan: parsePlan(PLAN) });
  options = {
    assembly: synthesis.assembly,
    candidate: await chooseCandidate(),
    mirror: chooseMirror(process.env),
    ...PACE,
  };
});
afterAll(() => synthesis.dispose());

/**
 * Records the candidate's percentages in the testers' rule and in the others' rule whenever one of them changes, and
 * can redeploy the candidate's service.
 */
class Watched {
  readonly states: string[] = [];
  #cloud: LocalCloud | undefined;

  readonly onCloud = (cloud: LocalCloud): void => {
    this.#cloud = cloud;
    this.look();
  };

  look(): void {
    const text = this.#rules();
    if (text !== '' && this.states.at(-1) !== text) this.states.push(text);
  }

  /** Redeploys the same service, as `aws ecs update-service --force-new-deployment` does. */
  deployAnew(): void {
    const { services = [], deployment } = this.#cloud ?? {};
    const candidate = services.find(({ name }) => name === deployment?.services?.candidate.service);
    if (candidate === undefined) throw new RangeError('the local cloud has no service of the candidate');
    candidate.revision = (candidate.revision ?? 1) + 1;
  }

  #rules(): string {
    if (this.#cloud === undefined) return '';
    const { deployment, model } = this.#cloud;
    const percent = (isTesters: boolean) => {
      // Customers who are not testers have two rules; this is the one without a mirror.
      const { arn } =
        deployment.rules.find(({ cohort, roles }) => (cohort === true) === isTesters && roles.length === 2) ?? {};
      const groups = model.rules.get(arn ?? '')?.forward.groups ?? [];
      const total = groups.reduce((sum, { weight }) => sum + weight, 0);
      const own =
        groups.find(({ targetGroupArn }) => targetGroupArn === deployment.targetGroups.candidate.arn)?.weight ?? 0;
      return Math.round((100 * own) / total);
    };
    return `testers ${percent(true)} %, others ${percent(false)} %`;
  }
}

/**
 * Rehearses a cutover and reads the rules every 20 ms.
 * @param at called after each reading until it returns true
 */
async function watchedRun(
  title: string,
  plan: PlanInput,
  context: Parameters<typeof wholeRun>[2],
  at: (watched: Watched) => boolean,
  demands: (run: RunEvidence, states: readonly string[]) => void,
): Promise<void> {
  const watched = new Watched();
  let done = false;
  const timer = setInterval(() => {
    watched.look();
    if (!done) done = at(watched);
  }, 20);
  try {
    await wholeRun(
      { title, plan: planned(plan), fault: null },
      { ...options, onCloud: watched.onCloud },
      context,
      (run) => {
        watched.look();
        demands(run, watched.states);
      },
    );
  } finally {
    clearInterval(timer);
  }
}

const REST = 'testers 0 %, others 0 %';
const TESTERS_FIRST = 'testers 100 %, others 0 %';
const HALF = 'testers 50 %, others 50 %';

describe('a run whose plan has a cohort', () => {
  it('gives testers alone to the candidate, then everybody alike; a new deployment begins the stage again and is told', async (context) => {
    const whileHalf = (watched: Watched) => {
      if (watched.states.at(-1) !== HALF) return false;
      watched.deployAnew();
      return true;
    };
    await watchedRun('testers and a revision', PLAN, context, whileHalf, (run, states) => {
      expect(run.ledger, run.verdict.sentence).toMatchObject({ status: 'completed' });
      expect(states).toEqual([REST, TESTERS_FIRST, HALF, 'testers 100 %, others 100 %']);
      expect(run.cohort.map(({ share }) => share)).toEqual([0, 1, 0.5, 1]);
      const anew = run.log.filter(({ message }) => message.includes('The candidate side was redeployed'));
      expect(anew).toHaveLength(1);
      expect(anew[0]).toMatchObject({ phase: 'stage', stage: 0 });
      expect(anew[0]?.message).toContain('Evidence counts from now on.');
      expect(run.messages.map(({ subject }) => subject).join()).toContain('phase restarted after a new revision');
    });
  });

  it('takes testers back with everybody where the plan goes back on a new deployment', async (context) => {
    const whileTesters = (watched: Watched) => {
      if (watched.states.at(-1) !== TESTERS_FIRST) return false;
      watched.deployAnew();
      return true;
    };
    const plan: PlanInput = { ...PLAN, gate: { onRevision: 'rollback' } };
    await watchedRun('a revision among testers', plan, context, whileTesters, (run, states) => {
      expect(states, run.verdict.sentence).toEqual([REST, TESTERS_FIRST, REST]);
      expect(run.cohort.map(({ share }) => share)).toEqual([0, 1, 0]);
      expect(run.ledger).toMatchObject({ status: 'rolled_back' });
      expect(run.ledger?.rollback?.reason).toContain('The candidate side was redeployed');
    });
  });
});
