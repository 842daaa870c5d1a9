/** Passes the answer of a sign-off to the waiting execution. Both people and rehearsals answer this way. */
import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Approval, ApprovalRequest } from '../../../core/model/index.ts';
import { shortened } from '../../../input/index.ts';
import { aws } from '../calls/index.ts';

export type SignoffAnswer =
  | { readonly answer: 'approve'; readonly approval: Approval }
  | { readonly answer: 'refuse'; readonly reason: string };

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
const LONGEST_CAUSE = 32_768;

/** Step Functions' errors for a token that nothing waits for any more. */
const GONE = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/** @returns false if nothing waits for the answer any more: it was answered, has expired, or its execution has ended */
export async function answerSignoff(
  states: Pick<SFNClient, 'send'>,
  { token: taskToken }: Pick<ApprovalRequest, 'token'>,
  answer: SignoffAnswer,
): Promise<boolean> {
  try {
    if (answer.answer === 'approve') {
      const output = JSON.stringify(answer.approval);
      await aws('SendTaskSuccess', () => states.send(new SendTaskSuccessCommand({ taskToken, output })));
    } else {
      const failure = { taskToken, error: 'Crossfade.SignoffRefused', cause: shortened(answer.reason, LONGEST_CAUSE) };
      await aws('SendTaskFailure', () => states.send(new SendTaskFailureCommand(failure)));
    }
    return true;
  } catch (error) {
    if (error instanceof Error && GONE.includes(error.name)) return false;
    throw error;
  }
}
