/** Passes the answer of a sign-off to the waiting execution. Both people and rehearsals answer this way. */
import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  SFNServiceException,
} from '@aws-sdk/client-sfn';
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

/**
 * @returns `over` if nothing waits for the answer any more: it was answered, has expired, or its execution has ended;
 * `over, or given` if an attempt without an answer came before, which may have been the one that it took
 */
export async function answerSignoff(
  states: Pick<SFNClient, 'send'>,
  { token: taskToken }: Pick<ApprovalRequest, 'token'>,
  answer: SignoffAnswer,
): Promise<'given' | 'over' | 'over, or given'> {
  try {
    if (answer.answer === 'approve') {
      const output = JSON.stringify(answer.approval);
      await aws('SendTaskSuccess', () => states.send(new SendTaskSuccessCommand({ taskToken, output })));
    } else {
      const failure = { taskToken, error: 'Crossfade.SignoffRefused', cause: shortened(answer.reason, LONGEST_CAUSE) };
      await aws('SendTaskFailure', () => states.send(new SendTaskFailureCommand(failure)));
    }
    return 'given';
  } catch (error) {
    if (!(error instanceof SFNServiceException && GONE.includes(error.name))) throw error;
    return (error.$metadata.attempts ?? 1) > 1 ? 'over, or given' : 'over';
  }
}
