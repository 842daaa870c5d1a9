/** The page's actions: the functions behind the commands of the same names, with the caller's own identity. */
import { type ActionAnswer, type ActionRequest, STEERING } from '../../console/view/index.ts';
import { returnToStable } from '../run/index.ts';
import { abortRun, answerPending, callerArn, cutoverId, type Ledger, steerRun } from '../steer/index.ts';

export async function act({ action, cutover, reason, seen }: ActionRequest, ledger: Ledger): Promise<ActionAnswer> {
  const id = cutoverId(cutover);
  const open = async () => ledger;
  const refused = { done: false, text: 'A reason is needed. Nothing was changed.' };
  const unreasoned = reason.trim() === '';
  const steering = STEERING[action];
  if (steering !== undefined) {
    if (action === 'override' && unreasoned) return refused;
    const said = await steerRun(open, id, steering, reason, seen);
    return 'refused' in said ? { done: false, text: said.refused } : { done: true, text: said.message };
  }
  if (action === 'approve' || action === 'refuse') {
    const { given, text } = await answerPending(open, action, id, reason, seen);
    return { done: given, text };
  }
  if (unreasoned) return refused;
  if (action === 'abort') {
    const { text, isBack } = await abortRun(open, id, reason);
    return { done: isBack, text };
  }
  // A rollback needs no identity: without one it is recorded as the console's.
  const by = await callerArn().catch(() => 'console');
  const { text, isBack } = await returnToStable(async () => ledger, { by, reason, breakGlass: false });
  return { done: isBack, text };
}
