/** `crossfade watch` and `crossfade wait`: follow a run to its end, for people and for scripts. */
import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import {
  type CutoverId,
  causeText,
  type Deployment,
  describeCause,
  type Lease,
  parseDuration,
  placeOfRun,
  planIn,
} from '../../core/model/index.ts';
import { describeSplit } from '../../core/phases/index.ts';
import { type DeployedOptions, executionArn, withDeployed } from '../run/index.ts';
import { attempt, EXIT, NOTHING_CHANGED, number, plain, say, type Terminal, UsageError } from '../shared/index.ts';
import { patient } from './patient.ts';
import { cutoverId, type Ledger, openLedger } from './run-of.ts';
import { entryLine } from './runs.ts';

const AWAITED = ['complete', 'rolled-back', 'sign-off'] as const;
type Awaited = (typeof AWAITED)[number];

interface Options extends DeployedOptions {
  readonly poll: string;
}

/** The state of a run: one of those that can be waited for, in progress, or ended without ever having run. */
type Place =
  | { readonly at: Awaited; readonly text: string }
  | { readonly at: 'running'; readonly text: string }
  | { readonly at: 'refused'; readonly text: string };

export function watchCommand(terminal: Terminal): Command {
  return withDeployed(new Command('watch'))
    .description('follow a cutover: a line for each decision, until it ends')
    .argument('<cutover>', 'name of the execution')
    .addOption(pollOption())
    .action(async (cutover: string, options: Options) => {
      const id = cutoverId(cutover);
      const everyMs = pollMs(options);
      let shown = 0;
      let last = '';
      const end = await attempt(
        () => GOES_ON,
        () =>
          follow(options, id, { everyMs }, async (ledger, place) => {
            const entries = await ledger.decisionLog.entries(id);
            const plan = planIn(entries);
            for (const entry of entries.slice(shown)) say(terminal.out, plain(entryLine(entry, plan)));
            shown = entries.length;
            if (place.text !== last) say(terminal.out, plain(place.text));
            last = place.text;
            return place.at !== 'running' && place.at !== 'sign-off';
          }),
      );
      if (end.at !== 'complete') terminal.exit(EXIT.failed);
    });
}

export function waitCommand(terminal: Terminal): Command {
  return withDeployed(new Command('wait'))
    .description(
      'wait for a cutover, for scripts: exit code 0 when it reaches what --for names, 1 when it ends otherwise, 4 at the time limit',
    )
    .argument('<cutover>', 'name of the execution')
    .addOption(new Option('--for <what>', 'what to wait for').choices(AWAITED).makeOptionMandatory())
    .requiredOption('--timeout <duration>', 'longest wait, ISO-8601, such as PT30M')
    .addOption(pollOption())
    .action(async (cutover: string, options: Options & { readonly for: Awaited; readonly timeout: string }) => {
      const id = cutoverId(cutover);
      const seconds = parseDuration(options.timeout);
      if (seconds === undefined || seconds === 0)
        throw new UsageError(`--timeout must be an ISO-8601 duration such as PT30M (got "${options.timeout}")`);
      const deadline = Date.now() + seconds * 1000;
      const everyMs = pollMs(options);
      let late = false;
      const end = await attempt(
        () => GOES_ON,
        () =>
          follow(options, id, { everyMs, deadline }, async (_ledger, place) => {
            late = Date.now() > deadline;
            const over = place.at !== 'running' && place.at !== 'sign-off';
            return late || over || place.at === options.for;
          }),
      );
      say(terminal.out, plain(end.text));
      if (end.at === options.for) return;
      if (end.at !== 'running' && end.at !== 'sign-off') return terminal.exit(EXIT.failed);
      say(terminal.err, `The cutover is not there after ${options.timeout}; it continues.`);
      terminal.exit(EXIT.late);
    });
}

interface Pace {
  readonly everyMs: number;
  /** Milliseconds since the epoch. @default none */
  readonly deadline?: number;
}

/** Following only reads. */
const GOES_ON = { ...NOTHING_CHANGED, state: `${NOTHING_CHANGED.state} A cutover continues without this command.` };

/** Reads repeatedly until `isEnd`. */
async function follow(
  options: Options,
  id: CutoverId,
  { everyMs, deadline }: Pace,
  isEnd: (ledger: Ledger, place: Place) => Promise<boolean>,
): Promise<Place> {
  const ledger = await openLedger(options);
  const look = patient(
    async () => {
      const place = await placeOf(ledger, id);
      return (await isEnd(ledger, place)) ? place : 'goes on';
    },
    Date.now,
    deadline,
  );
  for (;;) {
    const found = await look();
    if (found !== null && found !== 'goes on') return found;
    await delay(everyMs);
  }
}

async function placeOf(ledger: Ledger, id: CutoverId): Promise<Place> {
  const lease = await ledger.lease();
  if (lease?.cutoverId === id) return placeIn(lease);
  const past = (await ledger.past()).find((run) => run.cutoverId === id);
  return past === undefined ? beforeItsLease(ledger.deployment, id) : placeIn(past);
}

function placeIn(lease: Lease): Place {
  const { cutoverId: id, status, phase, intent, rollback } = lease;
  if (status === 'completed')
    return { at: 'complete', text: `Cutover ${id} is complete: the candidate answers all requests.` };
  if (status === 'rolled_back')
    return {
      at: 'rolled-back',
      text: `Cutover ${id} is rolled back: all traffic is on stable. Cause: ${rollback === null ? 'unknown' : describeCause(rollback)}`,
    };
  if (status === 'rolling_back') return { at: 'running', text: `Cutover ${id} is rolling back: ${rollback?.reason}` };
  if (phase === 'shadowSignoff' || phase === 'finalSignoff')
    return {
      at: 'sign-off',
      text: `Cutover ${id} is waiting for its ${placeOfRun(lease)}. Next: crossfade approve ${id}`,
    };
  return { at: 'running', text: `Cutover ${id}: ${placeOfRun(lease)}. ${describeSplit(intent.split)}.` };
}

/** A run that preflight refused never has a lease; its execution contains the reason. */
async function beforeItsLease(deployment: Deployment, id: CutoverId): Promise<Place> {
  const { DescribeExecutionCommand, SFNClient } = await import('@aws-sdk/client-sfn');
  const { aws, CLIENT_OPTIONS } = await import('../../lambdas/aws/calls/index.ts');
  const client = new SFNClient(CLIENT_OPTIONS);
  try {
    const describe = new DescribeExecutionCommand({ executionArn: executionArn(deployment, id) });
    const found = await aws('DescribeExecution', () => client.send(describe));
    if (found.status === 'RUNNING')
      return { at: 'running', text: `Cutover ${id} has been started; preflight is checking.` };
    return {
      at: 'refused',
      text: `Cutover ${id} ended before it took the ingress (${found.status}): ${causeText(found.cause ?? '')}`,
    };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExecutionDoesNotExist')) throw error;
    throw new UsageError(
      `cutover "${id}": no such cutover was started on ingress ${deployment.ingressId}\nNext: \`crossfade list\` shows the names.`,
    );
  } finally {
    client.destroy();
  }
}

function pollOption(): Option {
  return new Option('--poll <seconds>', 'seconds between two reads').default('5');
}

function pollMs({ poll }: Options): number {
  return number('--poll', poll, 0.05, 600) * 1000;
}
