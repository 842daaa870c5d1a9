/**
 * `crossfade accept`: states the cost, asks for confirmation, deploys everything, takes every step, removes everything,
 * and keeps the evidence.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import {
  ACCEPTANCE_STEPS,
  type Acceptance,
  acceptanceSchema,
  acceptanceText,
  begun,
  outcomeOf,
  STEP_TITLES,
} from '../../core/acceptance/index.ts';
import { acceptanceBill } from '../../core/cost/index.ts';
import { describeProblems, wordIssue } from '../../input/index.ts';
import {
  attempt,
  confirmed,
  EXIT,
  type ExitCode,
  number,
  outputFileInNewFolder,
  plainLines,
  readJsonFile,
  say,
  type Terminal,
  UsageError,
  version,
} from '../shared/index.ts';
import type { AcceptanceAccount } from './account.ts';

interface Options {
  readonly yes?: boolean;
  readonly local?: boolean;
  readonly remove?: boolean;
  readonly resume?: boolean;
  readonly account?: string;
  readonly speed: string;
  readonly evidence: string;
}

/**
 * Requests per second of the acceptance's customers: enough for 10 % to be measurable, and few enough for two tiny
 * tasks.
 */
const RPS = { aws: 20, local: 300 } as const;

/** @param accountOf chooses the account; tests pass their own */
export function acceptCommand(
  terminal: Terminal,
  accountOf: (options: Options) => Promise<AcceptanceAccount> = chosen,
): Command {
  return new Command('accept')
    .description(
      'try everything in your own account on a disposable load balancer: shows the cost, asks, and removes what it made',
    )
    .option('--yes', 'do not ask')
    .option('--account <id>', 'refuse to begin in any other account')
    .option('--local', 'in the local cloud on this machine instead, in compressed time; costs nothing')
    .option('--remove', 'only remove what a crashed acceptance left behind')
    .option('--resume', 'continue the acceptance in --evidence, after its process ended')
    .addOption(new Option('--speed <n>', 'with --local: simulated seconds per real second').default('20'))
    .option(
      '--evidence <file>',
      'write the evidence to this file (JSON), and as Markdown beside it',
      'crossfade-acceptance.json',
    )
    .action(async (options: Options) => {
      if (options.account !== undefined && !/^\d{12}$/.test(options.account))
        throw new UsageError(`--account must be 12 digits (got "${options.account}")`);
      if (options.remove === true && options.resume === true)
        throw new UsageError('--remove and --resume exclude each other');
      number('--speed', options.speed, 1, 600);
      const before = options.resume === true ? unfinished(options.evidence) : null;
      if (options.remove !== true) outputFileInNewFolder('--evidence', options.evidence);
      // From here on Ctrl-C ends the present step, and whatever was created is removed.
      const signal = terminal.interruption();
      const made = { anything: false };
      await attempt(
        () => ({
          state: made.anything ? 'Its stack may still exist, with the tag crossfade:acceptance.' : 'Nothing was made.',
          next: made.anything ? 'run `crossfade accept --remove`.' : 'run it again.',
        }),
        async () => {
          const account = await accountOf(options);
          terminal.exit(await accept({ terminal, options, account, signal }, before, made));
        },
      );
    });
}

interface Acceptor {
  readonly terminal: Terminal;
  readonly options: Options;
  readonly account: AcceptanceAccount;
  readonly signal: AbortSignal;
}

/** @param made called once something may exist that did not exist before */
async function accept(acceptor: Acceptor, before: Acceptance | null, made: { anything: boolean }): Promise<ExitCode> {
  const { terminal, options, account } = acceptor;
  const remains = await account.remains();
  if (before !== null && !remains.includes(before.id))
    throw new UsageError(
      `--resume: nothing of acceptance ${before.id} is left in ${account.where}; start a new one without --resume`,
    );
  const old = remains.filter((id) => id !== before?.id);
  const bill = acceptanceBill(options.local === true);
  if (options.remove !== true) say(terminal.err, costText(bill, account.where));
  if (old.length > 0) say(terminal.err, `${account.where} holds remains of ${old.join(', ')}: they are removed first.`);
  if (options.remove === true && old.length === 0) {
    say(terminal.out, `${account.where} holds no remains of an acceptance.`);
    return EXIT.ok;
  }
  if (options.yes !== true && !(await confirmed(terminal, options.remove === true ? 'Remove them?' : 'Begin?'))) {
    say(terminal.err, 'Not begun: nothing was made. Answer yes, or pass --yes.');
    return EXIT.failed;
  }
  made.anything = old.length > 0;
  if (!(await removeAll(acceptor, old))) return EXIT.failed;
  if (options.remove === true) return EXIT.ok;
  made.anything = true;
  const done = await takeSteps(acceptor, before ?? begunNow(account, bill.usd));
  say(terminal.out, plainLines(acceptanceText(done)));
  const outcome = outcomeOf(done);
  if (outcome === 'interrupted') return EXIT.interrupted;
  return outcome === 'accepted' ? EXIT.ok : EXIT.failed;
}

/** Removes one after the other, until something is left of one. @returns whether nothing is left */
async function removeAll({ terminal, account }: Acceptor, ids: readonly string[]): Promise<boolean> {
  for (const id of ids) {
    const left = await account.remove(id);
    say(terminal.err, left.length === 0 ? `Removed ${id}.` : `Removed ${id}, but for ${left.join(', ')}.`);
    if (left.length > 0) return false;
  }
  return true;
}

function begunNow({ where }: AcceptanceAccount, costUsd: number): Acceptance {
  return begun({
    id: `accept-${randomBytes(4).toString('hex')}`,
    crossfade: version(),
    where,
    startedAt: new Date().toISOString(),
    costUsd,
  });
}

async function takeSteps({ terminal, options, account, signal }: Acceptor, from: Acceptance): Promise<Acceptance> {
  const [{ runAcceptance }, { acceptancePlan }] = await Promise.all([
    import('./run-acceptance.ts'),
    import('./acceptance-plan.ts'),
  ]);
  const local = options.local === true;
  const rps = RPS[local ? 'local' : 'aws'];
  return runAcceptance(from, {
    account,
    plan: acceptancePlan({ local, rps: rps / account.speed }),
    rps,
    signal,
    onAction: (action) =>
      say(
        terminal.err,
        action === 'remove'
          ? 'Remove everything'
          : `${ACCEPTANCE_STEPS.indexOf(action) + 1}/${ACCEPTANCE_STEPS.length} ${STEP_TITLES[action]}`,
      ),
    keep: (acceptance) => write(options.evidence, acceptance),
  });
}

function write(file: string, acceptance: Acceptance): void {
  writeFileSync(file, `${JSON.stringify(acceptance, null, 2)}\n`);
  writeFileSync(`${file.replace(/\.json$/, '')}.md`, acceptanceText(acceptance));
}

/** @throws UsageError for a file that is not an acceptance, or one that has ended */
function unfinished(file: string): Acceptance {
  const parsed = acceptanceSchema.safeParse(readJsonFile('--evidence', file), { error: wordIssue });
  if (!parsed.success)
    throw new UsageError(
      `--evidence: ${file} is not the evidence of an acceptance: ${describeProblems(parsed.error, 'evidence')}`,
    );
  if (parsed.data.removal !== null)
    throw new UsageError(`--resume: the acceptance of ${file} has ended; begin a new one without --resume`);
  return { ...parsed.data, interrupted: false };
}

function costText({ lines, usd, hours }: ReturnType<typeof acceptanceBill>, where: string): string {
  if (lines.length === 0) return `In ${where}: costs nothing.`;
  return [
    `In ${where}, about ${hours} hours; computed cost ${usd.toFixed(2)} USD (us-east-1, on demand, without free tiers):`,
    ...lines.map(
      (line) => `  ${line.what.padEnd(26)} ${line.usd.toFixed(3)} USD  ${line.price.source} (${line.price.asOf})`,
    ),
    'Two keys stay scheduled for deletion for seven days, which costs nothing.',
  ].join('\n');
}

async function chosen({ local, speed, account }: Options): Promise<AcceptanceAccount> {
  if (local === true) {
    const [{ LocalAcceptance }, { localAcceptanceAccount }] = await Promise.all([
      import('../../rehearsal/acceptance/index.ts'),
      import('./local-account.ts'),
    ]);
    return localAcceptanceAccount(new LocalAcceptance({ speed: Number(speed) }));
  }
  const [{ awsAccount, installedCdk }, { callerPlace }] = await Promise.all([
    import('./aws-account.ts'),
    import('./caller-place.ts'),
  ]);
  const cdk = installedCdk();
  return awsAccount(await callerPlace(account), cdk);
}
