/** `crossfade approve` and `crossfade refuse`: answer the sign-off for which a cutover waits. */
import { Command } from 'commander';
import { type ApprovalRequest, type CutoverId, SupersededError } from '../../core/model/index.ts';
import { agree, agreeNoted, closedSignoff } from '../../core/phases/index.ts';
import type { SignoffAnswer } from '../../lambdas/aws/states/index.ts';
import { type DeployedOptions, withDeployed } from '../run/index.ts';
import { attempt, EXIT, NOTHING_CHANGED, personText, plain, say, type Terminal } from '../shared/index.ts';
import { callerArn } from './caller.ts';
import { cutoverId, type Ledger, laterClock, movedOn, openLedger, planOf, refusal, type SeenPlace } from './run-of.ts';

interface Options extends DeployedOptions {
  readonly comment: string;
}

type Said = { readonly given: boolean; readonly text: string };

export function approveCommand(terminal: Terminal): Command {
  return signoff(terminal, 'approve', 'approve the pending sign-off, under your AWS identity; the cutover continues');
}

export function refuseCommand(terminal: Terminal): Command {
  return signoff(terminal, 'refuse', 'reject the pending sign-off, under your AWS identity; the cutover rolls back');
}

function signoff(terminal: Terminal, answer: 'approve' | 'refuse', description: string): Command {
  return withDeployed(new Command(answer))
    .description(description)
    .argument('<cutover>', 'name of the execution')
    .option('--comment <text>', 'why (recorded in the ledger)', '')
    .action(async (cutover: string, options: Options) => {
      const id = cutoverId(cutover);
      const said = await answerPending(() => openLedger(options), answer, id, options.comment);
      say(terminal.out, plain(said.text));
      if (!said.given) terminal.exit(EXIT.failed);
    });
}

/** Answers the sign-off for which a run waits, as the AWS caller. @throws CommandError that says what was changed */
export async function answerPending(
  open: () => Promise<Ledger>,
  answer: 'approve' | 'refuse',
  id: CutoverId,
  comment: string,
  seen?: SeenPlace,
): Promise<Said> {
  const sent = { answer: false };
  return attempt(
    () => left(answer, id, sent.answer),
    async () => {
      const ledger = await open();
      return give(ledger, answer, id, comment, seen, () => {
        sent.answer = true;
      });
    },
  );
}

async function give(
  ledger: Ledger,
  answer: 'approve' | 'refuse',
  id: CutoverId,
  said: string,
  seen: SeenPlace | undefined,
  sending: () => void,
): Promise<Said> {
  const request = await ledger.approvals.newest(id);
  const lease = await ledger.lease();
  const entries = await ledger.decisionLog.entries(id);
  const closed = closedSignoff(id, request, lease, laterClock(ledger, entries));
  if (closed !== null || request === null || lease === null) return { given: false, text: refusal(closed ?? '') };
  const late = movedOn(lease, seen);
  if (late !== null) return { given: false, text: refusal(late) };
  const by = await callerArn();
  const comment = personText(said);
  sending();
  if (answer === 'refuse') return send(ledger, request, by, { answer, reason: `${by}: ${comment}` });
  const { signoff: policy } = planOf(entries);
  const first = agree(policy, lease.startedBy, request, by, comment);
  if ('refused' in first) return { given: false, text: refusal(first.refused) };
  if (policy.approvers === 1 && 'approval' in first) return send(ledger, request, by, { answer, ...first });
  const noted = await agreed(ledger, request, by, comment);
  if (noted === null) return { given: false, text: refusal(gone(request)) };
  const all = agreeNoted(policy, lease.startedBy, noted, by, comment);
  if ('refused' in all) return { given: false, text: refusal(all.refused) };
  if ('wanting' in all)
    return {
      given: true,
      text: `Approved as ${by}. The sign-off waits for ${all.wanting} more ${all.wanting === 1 ? 'person' : 'people'}.`,
    };
  return send(ledger, request, by, { answer, ...all });
}

/** null if the sign-off was answered in between. */
async function agreed({ approvals }: Ledger, request: ApprovalRequest, by: string, comment: string) {
  try {
    return await approvals.agree(request, { by, comment });
  } catch (error) {
    if (error instanceof SupersededError) return null;
    throw error;
  }
}

async function send(
  { approvals, now }: Ledger,
  request: ApprovalRequest,
  by: string,
  answer: SignoffAnswer,
): Promise<Said> {
  const [{ SFNClient }, { CLIENT_OPTIONS }, { answerSignoff }] = await Promise.all([
    import('@aws-sdk/client-sfn'),
    import('../../lambdas/aws/calls/index.ts'),
    import('../../lambdas/aws/states/index.ts'),
  ]);
  const states = new SFNClient(CLIENT_OPTIONS);
  const taken = await answerSignoff(states, request, answer);
  if (taken === 'over') return { given: false, text: refusal(gone(request)) };
  if (taken === 'over, or given') return { given: false, text: perhapsGiven(request) };
  // The execution has the answer; recording who gave it only helps a second attempt.
  const at = new Date(now()).toISOString();
  await approvals.close(request, { answer: answer.answer, by, at }).catch(() => undefined);
  const done = answer.answer === 'approve' ? 'Approved' : 'Rejected';
  return {
    given: true,
    text: `${done} the ${request.kind} sign-off of ${request.cutoverId} as ${by}. Evidence at the time: ${request.evidence}`,
  };
}

function gone({ kind, cutoverId: id }: ApprovalRequest): string {
  return `The ${kind} sign-off of ${id} is over: somebody answered it, or it expired, in the meantime.`;
}

/**
 * The client repeats a request without an answer, and a sign-off that has taken the first one is over for the second.
 */
function perhapsGiven({ kind, cutoverId: id }: ApprovalRequest): string {
  return `The ${kind} sign-off of ${id} is over, and it is not known by whose answer: AWS did not confirm the first attempt of this one. Next: read \`crossfade history ${id}\`.`;
}

/** The answer may have arrived although no confirmation did; a sign-off accepts only one answer. */
function left(answer: 'approve' | 'refuse', cutover: string, isSent: boolean) {
  return {
    state: isSent
      ? 'The command moved no traffic. Unless its answer arrived, the sign-off waits as before.'
      : `${NOTHING_CHANGED.state} The sign-off waits as before.`,
    next: `read \`crossfade status\`; if ${cutover} still waits, run \`crossfade ${answer} ${cutover}\` again.`,
  };
}
