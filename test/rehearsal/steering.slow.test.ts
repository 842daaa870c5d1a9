import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CutoverId } from '../../core/model/ids.ts';
import { parsePlan } from '../../core/model/plan.ts';
import type { LocalCloud } from '../../rehearsal/cloud/cloud.ts';
import { chooseCandidate, chooseMirror } from '../../rehearsal/scenario/gateways.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/rehearsal-plan.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { type CliResult, runCommand } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { replayed } from '../support/recorded-run.ts';
import { paced, wholeRun } from '../support/whole-run.ts';

const PACE = paced({ speed: 90, rps: 400 });
const folder = temporaryFolder();
const plan = rehearsalPlan(
  parsePlan({
    stages: [
      { percent: 50, bake: 'PT1H' },
      { percent: 100, bake: 'PT1H' },
    ],
    signoff: { approvers: 2 },
  }),
  3,
  { rps: PACE.rps / PACE.speed },
);

/** Runs the operator's commands, as one of the account's users, against the cloud of the rehearsal. */
class Operator {
  #cloud: LocalCloud | null = null;
  #id = '';

  async meet(cloud: LocalCloud, id: CutoverId): Promise<void> {
    [this.#cloud, this.#id] = [cloud, id];
    await writeFile(join(folder.path, 'deployment.json'), JSON.stringify(cloud.deployment));
  }

  async as(user: string, ...args: string[]): Promise<CliResult> {
    if (this.#cloud === null) throw new Error('the cloud does not run yet');
    const environment = {
      ...this.#cloud.environment,
      AWS_ACCESS_KEY_ID: user,
      AWS_ENDPOINT_URL_DYNAMODB: this.#cloud.dynamoUrl,
    };
    const [command = '', ...rest] = args;
    const at = ['--deployment', join(folder.path, 'deployment.json')];
    return runCommand([command, ...(command === 'status' ? [] : [this.#id]), ...rest, ...at], { environment });
  }

  /** Waits until the run's history contains this text. */
  async until(text: string): Promise<void> {
    for (;;) {
      const { stdout } = await this.as('ada', 'history');
      if (stdout.includes(text)) return;
      await delay(100);
    }
  }
}

describe('a cutover that people steer', () => {
  it('is signed off by two, paused, resumed, promoted, and completes without a failed request', async (context) => {
    const operator = new Operator();
    const answers: CliResult[] = [];
    const say = async (user: string, ...args: string[]) => answers.push(await operator.as(user, ...args));
    const ready = Promise.withResolvers<void>();
    let steered: Promise<unknown> = Promise.resolve();
    const scenario = { title: 'steered', plan, fault: null };
    const options = {
      assembly: await sharedAssembly(),
      candidate: await chooseCandidate(),
      mirror: chooseMirror(process.env),
      ...PACE,
      onCloud: (cloud: LocalCloud, id: CutoverId) => void operator.meet(cloud, id).then(ready.resolve),
      answer: async (_cloud: LocalCloud, _id: CutoverId, kind: 'shadow' | 'final') => {
        await ready.promise;
        await operator.until(kind === 'shadow' ? 'Waiting for approval' : 'Waiting for final approval');
        await say('ada', 'status');
        await say('ada', 'approve', '--comment', 'looks right');
        await say('ada', 'approve');
        await say('bob', 'approve');
        await say('eve', 'approve');
        if (kind === 'shadow') steered = steer();
      },
    };
    const steer = async () => {
      await operator.until('Candidate 50 %');
      await say('ada', 'pause', '--reason', 'a look at the logs', '--for', 'PT4H');
      await operator.until('Paused by');
      await say('bob', 'promote');
      await say('bob', 'resume');
      await say('bob', 'promote', '--override', '--reason', 'seen enough');
      await operator.until('Promoted without its evidence');
    };
    await wholeRun(scenario, options, context, (run) => {
      expect(run.verdict.ok, run.verdict.sentence).toBe(true);
      expect(run.ledger).toMatchObject({ status: 'completed' });
      expect(run.log.filter((e) => e.kind === 'steering').map((e) => [e.by, e.message.split(' ')[0]])).toEqual([
        [expect.stringMatching(/:user\/ada$/), 'Paused'],
        [expect.stringMatching(/:user\/bob$/), 'Resumed'],
        [expect.stringMatching(/:user\/bob$/), 'Stage'],
      ]);
      expect(run.log.filter((e) => e.kind === 'approval')).toMatchObject([
        { message: expect.stringMatching(/user\/ada and arn.*user\/bob/) },
        { message: expect.stringMatching(/user\/ada and arn.*user\/bob/) },
      ]);
      expect(replayed(run.log).summary).toMatchObject({ differing: 0 });
    });
    await steered;
    const told = answers.map(({ code, stdout }) => `${code}: ${stdout}`);
    const signoff = [
      expect.stringMatching(/Waiting for the \w+ sign-off until .*npx crossfade approve rehearsal-/s),
      expect.stringMatching(/^0: Approved as .*user\/ada\. The sign-off waits for 1 more/),
      expect.stringMatching(/^1: You have approved this sign-off already/),
      expect.stringMatching(/^0: Approved the \w+ sign-off/),
      expect.stringMatching(/^1: The \w+ sign-off of .* was approved by .*user\/bob at .*; it takes one answer only/),
    ];
    expect(told).toEqual([
      ...signoff,
      expect.stringMatching(/^0: Paused stage [\d.]+ % \(1 of \d+\) /),
      expect.stringMatching(/^1: .*is paused; resume it first/),
      expect.stringMatching(/^0: Resumed/),
      expect.stringMatching(/^0: Stage [\d.]+ % \(1 of \d+\) .*without its evidence/),
      ...signoff,
    ]);
  });
});
