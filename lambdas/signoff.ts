/** Sign-off: stores the task token, and notifies people of the question and of how to answer. The machine waits. */
import * as z from 'zod';
import { commandAt, parseState, stateToJson, toIso } from '../core/model/index.ts';
import { awaitSignoff, signoffRules } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { approvals } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { type Deps, runOf, settle, tell } from './tasks/index.ts';

const eventSchema = z.strictObject({ state: z.unknown(), token: z.string().min(1) });

export function makeHandler(
  deps: Pick<Deps, 'deployment' | 'approvals' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>,
) {
  return async (event: unknown): Promise<void> => {
    const { state: json, token } = eventSchema.parse(event);
    const state = parseState(json);
    const at = deps.clock.now();
    const waiting = awaitSignoff(state, at);
    const kind = waiting.state.phase === 'shadowSignoff' ? 'shadow' : 'final';
    const end = kind === 'shadow' ? 'end of the shadow phase' : 'end of the soak';
    const expiresAt = toIso(at + state.plan.signoff.timeout * 1000);
    await deps.approvals.open({
      cutoverId: state.cutoverId,
      kind,
      token,
      askedAt: waiting.entry.at,
      expiresAt,
      evidence: state.reason,
      state: stateToJson(state),
    });
    await settle(deps, state, waiting);
    const approve = commandAt(deps.deployment, `approve ${state.cutoverId}`);
    const refuse = commandAt(deps.deployment, `refuse ${state.cutoverId}`);
    await tell(deps, {
      kind: 'signoff',
      ...runOf(waiting.state),
      signoff: { kind, expiresAt, evidence: state.reason, approve, refuse },
      subject: `Crossfade ${state.cutoverId}: approval needed (${end})`,
      body: [
        state.reason,
        `Approve: ${approve}`,
        `Reject: ${refuse}`,
        ...signoffRules(state),
        `If nobody answers by ${expiresAt}, the cutover rolls back.`,
      ].join('\n'),
    });
  };
}

export const compose = composed((deployment) => ({ ...recording(deployment), approvals: approvals(deployment) }));
export const handler = (event: unknown) => makeHandler(compose())(event);
