/**
 * `crossfade pause`, `resume`, `promote` and `retry`: requests to a running cutover, fenced and recorded in its log.
 */
import { Command } from 'commander';
import { type CutoverId, type LogEntry, parseDuration, SupersededError } from '../../core/model/index.ts';
import { askSteering, MOST_PAUSED_SECONDS, type SteeringRequest } from '../../core/phases/index.ts';
import { type DeployedOptions, withDeployed } from '../run/index.ts';
import {
  attempt,
  attemptSending,
  EXIT,
  NOTHING_CHANGED,
  personText,
  plain,
  say,
  type Terminal,
  UsageError,
} from '../shared/index.ts';
import { callerArn } from './caller.ts';
import {
  cutoverId,
  type Ledger,
  laterClock,
  movedOn,
  openLedger,
  ownLease,
  refusal,
  type SeenPlace,
  soFar,
} from './run-of.ts';

interface Options extends DeployedOptions {
  readonly reason: string;
  readonly for?: string;
  readonly override?: boolean;
}

export function pauseCommand(terminal: Terminal): Command {
  return steering(
    terminal,
    'pause',
    'hold the current phase or stage; rollback, alarms and the watchdog stay armed',
    (o) => ({
      kind: 'pause',
      seconds: pauseSeconds(o.for ?? ''),
    }),
  ).option(
    '--for <duration>',
    'end of the pause if nobody resumes: ISO-8601, at most PT8H for all pauses of a run',
    'PT1H',
  );
}

export function resumeCommand(terminal: Terminal): Command {
  return steering(terminal, 'resume', 'end a pause; the evidence decides again what comes next', () => ({
    kind: 'resume',
  }));
}

export function promoteCommand(terminal: Terminal): Command {
  return steering(
    terminal,
    'promote',
    'end the bake of the current phase or stage early; needs its evidence, or --override',
    ({ override = false, reason }) => {
      if (override && reason.trim() === '') throw new UsageError('--reason: an override needs one');
      return { kind: 'promote', override };
    },
  ).option(
    '--override',
    'advance without the evidence, if nothing is unsafe; needs --reason, and a second person if the plan requires one',
  );
}

export function retryCommand(terminal: Terminal): Command {
  return steering(
    terminal,
    'retry',
    'restart the current phase or stage at the same weights; its evidence so far no longer counts',
    () => ({
      kind: 'retry',
    }),
  );
}

function steering(
  terminal: Terminal,
  name: SteeringRequest['kind'],
  description: string,
  requestOf: (options: Options) => SteeringRequest,
): Command {
  return withDeployed(new Command(name))
    .description(description)
    .argument('<cutover>', 'name of the execution')
    .option('--reason <text>', 'why (recorded in the ledger)', '')
    .action(async (cutover: string, options: Options) => {
      const id = cutoverId(cutover);
      const request = requestOf(options);
      const said = await steerRun(() => openLedger(options), id, request, options.reason);
      if ('refused' in said) {
        say(terminal.out, plain(said.refused));
        terminal.exit(EXIT.failed);
      } else say(terminal.out, plain(said.message));
    });
}

type Steered = { readonly message: string } | { readonly refused: string };

/** Sends a request to a running cutover, as the AWS caller. @throws CommandError that says what was changed */
export async function steerRun(
  open: () => Promise<Ledger>,
  id: CutoverId,
  request: SteeringRequest,
  why: string,
  seen?: SeenPlace,
): Promise<Steered> {
  const next = `read \`crossfade status\` before you run \`crossfade ${request.kind} ${id}\` again.`;
  const unsent = { ...NOTHING_CHANGED, next };
  const lost = { state: 'Unless its write arrived, the request has no effect. No weight was written.', next };
  const steered = await attemptSending({ unsent, lost }, async (sending) => {
    const ledger = await open();
    const lease = ownLease(await ledger.lease(), id);
    if (typeof lease === 'string') return { refused: lease };
    const late = movedOn(lease, seen);
    if (late !== null) return { refused: late };
    const by = await callerArn();
    const entries = await ledger.decisionLog.entries(id);
    const now = laterClock(ledger, entries);
    const reason = personText(why);
    const answer = askSteering(lease, request, { by, reason, now }, soFar(entries, lease));
    if ('refused' in answer) return answer;
    try {
      sending();
      await ledger.leases.steer(lease, answer.steering);
    } catch (error) {
      if (error instanceof SupersededError)
        return {
          refused: `Cutover ${id} moved on, or somebody else steered it, in the meantime. Read its status and try again.`,
        };
      throw error;
    }
    const message = `${answer.message}${reason === '' ? '' : ` Reason: ${reason}`}`;
    const { phase, stage } = lease;
    const entry: LogEntry = { at: new Date(now).toISOString(), kind: 'steering', phase, stage, by, message };
    return { ledger, entry, message: answer.message };
  });
  if ('refused' in steered) return { refused: refusal(steered.refused) };
  const state = `The request is in the lease of ${id} and takes effect; only its entry in the decision log may be missing.`;
  const { ledger, entry, message } = steered;
  await attempt(
    () => ({ state, next }),
    () => ledger.decisionLog.append(id, entry),
  );
  return { message };
}

function pauseSeconds(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds >= 60 && seconds <= MOST_PAUSED_SECONDS) return seconds;
  throw new UsageError(`--for must be an ISO-8601 duration from PT1M to PT8H (got "${text}")`);
}
