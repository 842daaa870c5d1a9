/** Answers an open sign-off: the one way in which a human, or a rehearsal in a human's place, does it. */
import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Approval, ApprovalRequest, Approvals, CutoverId } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';

export type SignoffAnswer =
  | { readonly answer: 'approve'; readonly approval: Approval }
  | { readonly answer: 'refuse'; readonly reason: string };

/** Answers the open sign-off of a cutover and returns what was asked; null when none is open. */
export async function answerSignoff(
  states: Pick<SFNClient, 'send'>,
  approvals: Approvals,
  cutoverId: CutoverId,
  answer: SignoffAnswer,
): Promise<ApprovalRequest | null> {
  const open = await approvals.pending(cutoverId);
  if (open === null) return null;
  const taskToken = open.token;
  if (answer.answer === 'approve') {
    const output = JSON.stringify(answer.approval);
    await aws('SendTaskSuccess', () => states.send(new SendTaskSuccessCommand({ taskToken, output })));
  } else {
    const failure = { taskToken, error: 'Crossfade.SignoffRefused', cause: answer.reason };
    await aws('SendTaskFailure', () => states.send(new SendTaskFailureCommand(failure)));
  }
  return open;
}
