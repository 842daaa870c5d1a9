/** The actions and findings of each step. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { AcceptanceStep, ClaimFinding, Findings } from '../../core/acceptance/index.ts';
import { type Plan, planSchema } from '../../core/model/index.ts';
import { asError } from '../shared/index.ts';
import type { AcceptanceAccount, AcceptanceSite } from './account.ts';
import type { Customers } from './customers.ts';
import { feedCaptures } from './feed-captures.ts';
import { readMailbox } from './mailbox.ts';
import { type Operator, type Status, StepFailed } from './operator.ts';

export interface Stage {
  readonly id: string;
  readonly account: AcceptanceAccount;
  readonly site: AcceptanceSite;
  readonly plan: Plan;
  readonly operator: Operator;
  readonly customers: Customers;
  /** A folder for files that commands read and write. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Called with each finding as it is made, so that findings before a failure are kept. */
export type Find = (findings: Findings) => void;
type Take = (stage: Stage, find: Find) => Promise<void>;

/** The first step creates what the others need, and is implemented there. */
export const TAKE: Readonly<Record<Exclude<AcceptanceStep, 'deploy'>, Take>> = {
  async doctor({ operator }, find) {
    let last: Diagnoses = { diagnoses: [] };
    await operator.until('no check of the doctor fails', 20, async () => {
      last = doctorSchema.parse(JSON.parse((await operator.run('doctor', '--json')).stdout || '{}'));
      // Alarms without data are warnings here, but preflight refuses them.
      return (
        last.diagnoses.length > 0 &&
        !last.diagnoses.some(({ check, level }) => level === 'fail' || (check === 'alarm' && level !== 'ok'))
      );
    });
    const of = (level: string) => last.diagnoses.filter((d) => d.level === level).length;
    find({ checks: { seen: true, detail: `${of('ok')} ok, ${of('warn')} warn, ${of('fail')} fail` } });
  },

  async drill({ operator, id, folder }, find) {
    const evidence = join(folder, 'drill.json');
    await operator.must('drill', '--name', `${id}-drill`, '--evidence', evidence);
    const { alarm, seconds } = drillSchema.parse(JSON.parse(await readFile(evidence, 'utf8')));
    find({
      alarmAction: {
        seen: true,
        detail: `${alarm}: rollback triggered after ${seconds.toRequest.toFixed(1)} s, weights after ${seconds.toWeights.toFixed(1)} s`,
      },
      return: { seen: true, detail: `confirmed after ${seconds.toReturn.toFixed(0)} s` },
    });
  },

  async notice({ operator, site }, find) {
    const found: string[] = [];
    await operator.until('the alarm’s message is in the queue', 10, async () => {
      found.push(...(await readMailbox(site)));
      return found.some((text) => /ALARM/.test(text));
    });
    find({ notice: { seen: true, detail: `${found.length} messages, the alarm’s among them` } });
  },

  async fault(stage, find) {
    const { operator, account, customers, id, plan, signal } = stage;
    const run = `${id}-fault`;
    await begin(stage, run);
    find({
      captures: {
        seen: true,
        detail: 'the shadow sign-off was requested for captures that the acceptance wrote to the stream',
      },
    });
    await atPercent(stage, 10);
    // The run stays there while the deployment takes its minutes; a pause does not delay a rollback.
    await operator.must('pause', run);
    const before = await operator.status();
    const refusal = await account.deploy(id, plan, ['/*', '/in-mid-run/*'], signal).then(
      () => null,
      (error: unknown) => asError(error).message,
    );
    signal.throwIfAborted();
    const after = await operator.status();
    const kept = after.item?.status === 'running' && !after.drift && !before.drift;
    find({ midRunDeploy: redeployFinding(refusal, kept) });
    await customers.ask('provoking');
    await operator.wait(run, 'rolled-back', 90);
    find({ faultFound: returnFinding(await operator.status()) });
    await operator.until(
      'the return is verified',
      15,
      async () => (await operator.status()).item?.rollback?.verifiedAt != null,
    );
    // Requests that were in progress at the last reading are included.
    await operator.sleep(30);
    customers.count();
    await operator.sleep(60);
    const { stable, candidate, failed } = customers.count();
    const answered = stable + candidate;
    find({
      quietReturn: {
        seen: answered > 0 && failed === 0,
        detail: `${failed} of ${answered} requests failed in the minute after`,
      },
    });
    await customers.ask('content');
  },

  async clean(stage, find) {
    const { operator, id } = stage;
    const run = `${id}-clean`;
    // A writer of the previous run may still be active, so preflight waits for four quiet minutes.
    await operator.sleep(300);
    await begin(stage, run);
    await atPercent(stage, 10);
    // The weights stay unchanged while their customers are counted, however slow this machine is.
    await operator.must('pause', run);
    find({ split: await countSplit(stage) });
    await operator.must('resume', run);
    await operator.wait(run, 'sign-off', 120);
    await operator.must('approve', run, '--comment', 'acceptance');
    await operator.wait(run, 'complete', 60);
    find({ cutover: { seen: true, detail: 'completed; both sign-offs were given by the acceptance' } });
  },
};

/** Starts a run and signs off its shadow, with captures in place of a mirror's. */
async function begin({ operator, site, plan, folder, id, signal }: Stage, run: string): Promise<void> {
  const file = join(folder, `${run}.json`);
  await writeFile(file, JSON.stringify(z.encode(planSchema, plan)));
  await operator.must('start', file, '--name', run, '--yes');
  const fed = new AbortController();
  const feeding = feedCaptures(site, id, AbortSignal.any([signal, fed.signal]));
  const approved = await operator
    .wait(run, 'sign-off', 60)
    .then(() => operator.must('approve', run, '--comment', 'acceptance'))
    .then(() => null, asError);
  fed.abort();
  const untaken = await feeding;
  if (approved === null) return;
  signal.throwIfAborted();
  throw untaken === null
    ? approved
    : new StepFailed(`${approved.message}; its captures were not taken: ${untaken.message}`);
}

async function atPercent({ operator }: Stage, percent: number): Promise<void> {
  await operator.until(`the candidate has ${percent} %`, 90, async () => {
    const { item } = await operator.status();
    if (item !== null && item.status !== 'running')
      throw new StepFailed(`the run is ${item.status} before ${percent} %`);
    return item?.phase === 'stage' && item.intent.split.candidatePercent >= percent;
  });
}

/**
 * The message of the rule's provider as CloudFormation passes it on; a deployment that fails for another reason proves
 * nothing.
 */
const KEPT_BY_RUN = /its rule is not updated before it has ended/;

function redeployFinding(refusal: string | null, kept: boolean): ClaimFinding {
  const weights = kept ? 'the live weights stayed those of the run' : 'the live weights did not stay those of the run';
  if (refusal === null) return { seen: false, detail: `the deploy went through, and ${weights}` };
  const byRun = KEPT_BY_RUN.test(refusal);
  return {
    seen: byRun && kept,
    detail: `${byRun ? 'refused' : `refused for another reason (${refusal})`}, and ${weights}`,
  };
}

/** Triggers that are based on customers' results; the others are people, deployments and errors. */
const BY_EVIDENCE = ['gate', 'alarm', 'watchdog'];

function returnFinding({ item }: Status): ClaimFinding {
  const { trigger, reason } = item?.rollback ?? { trigger: 'nobody', reason: 'there is no record of it' };
  return { seen: BY_EVIDENCE.includes(trigger), detail: `rolled back by ${trigger}: ${reason}` };
}

/** Compares the candidate's share of the customers with its weight, within four standard deviations. */
async function countSplit({ operator, customers }: Stage): Promise<ClaimFinding> {
  // A shift that was in progress is complete by then, and so are earlier answers.
  await operator.sleep(60);
  const percent = await percentOf(operator);
  customers.count();
  await operator.sleep(180);
  const { stable, candidate } = customers.count();
  if ((await percentOf(operator)) !== percent) return { seen: false, detail: 'the weights moved during a pause' };
  const total = stable + candidate;
  const [weight, share] = [percent / 100, candidate / Math.max(1, total)];
  const tolerance = 4 * Math.sqrt((weight * (1 - weight)) / Math.max(1, total));
  return {
    seen: total > 0 && Math.abs(share - weight) <= tolerance,
    detail: `${(share * 100).toFixed(1)} % of ${total} requests at a weight of ${percent} %`,
  };
}

async function percentOf(operator: Operator): Promise<number> {
  return (await operator.status()).item?.intent.split.candidatePercent ?? 0;
}

const doctorSchema = z.looseObject({
  diagnoses: z.array(z.looseObject({ check: z.string(), level: z.string(), why: z.string() })).default([]),
});
type Diagnoses = z.infer<typeof doctorSchema>;
const drillSchema = z.looseObject({
  alarm: z.string(),
  seconds: z.looseObject({ toRequest: z.number(), toWeights: z.number(), toReturn: z.number() }),
});
