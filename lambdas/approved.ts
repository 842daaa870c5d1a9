/** Records in the ledger who signed off, before the approval has any effect. */

import { withoutSecrets } from '../capture/redaction/index.ts';
import { CrossfadeError, type CutoverStateJson, parseState } from '../core/model/index.ts';
import { approvalProblem, approversOf, awaitSignoff, reduce } from '../core/phases/index.ts';
import { shortened } from '../input/index.ts';
import { composed } from './compose/deployment.ts';
import { recording } from './compose/recording.ts';
import { type Deps, settle } from './tasks/index.ts';

/** As `crossfade approve` does: an item of the table has to hold it. */
const kept = (text: string) => shortened(text, 2_000);

export function makeHandler(deps: Pick<Deps, 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const { approval } = state;
    if (approval === null) {
      throw new CrossfadeError('Crossfade.InvalidState', 'The sign-off ended without an approval.', {
        traffic: 'unchanged; the rollback that follows writes the safe weights.',
        nextStep: 'answer with `crossfade approve`, which names who approves.',
      });
    }
    const at = deps.clock.now();
    const problem = approvalProblem(state.plan.signoff, state.startedBy, approversOf(approval));
    if (problem !== null) {
      throw new CrossfadeError('Crossfade.SignoffRefused', `The sign-off is not valid: ${problem}.`, {
        traffic: 'unchanged; the rollback that follows writes the safe weights.',
        nextStep: 'start a new cutover; `crossfade approve` refuses such an answer before it is given.',
      });
    }
    // An answer that was not given through the CLI has been neither redacted nor shortened yet.
    const { approvedBy, comment, approvers } = approval;
    const said = kept(withoutSecrets(comment));
    const told = { approvedBy: kept(approvedBy), comment: said, approvers: approvers?.map(kept) };
    // The waiting task returned the approval, not the state that it announced, so that phase is entered here.
    const waited = awaitSignoff(state, at).state;
    return settle(deps, state, reduce({ ...waited, approval: told }, { type: 'approved', at, approval: told }), told);
  };
}

export const compose = composed(recording);
export const handler = (event: unknown) => makeHandler(compose())(event);
