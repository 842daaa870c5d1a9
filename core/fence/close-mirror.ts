/**
 * The mirror stands in the customers' path: when it fails, its share of them fails with it. Closing it gives that share back
 * to the side that the mirror answered from, and moves nobody else.
 *
 * While the stable side answers everybody the mirror is the whole phase, so there closing it is a rollback. In the soak
 * the candidate has been accepted; only the reverse copies end, and the run goes on without them.
 */
import type { Deployment, Lease, TrafficSplit } from '../model/index.ts';
import { type RollbackOutcome, type RollbackPorts, type RollbackRequest, rollBack } from './rollback.ts';
import { fencedShift } from './shift.ts';

export type CloseMirrorOutcome =
  | { readonly outcome: 'closed'; readonly item: Lease; readonly split: TrafficSplit }
  | { readonly outcome: 'rolled_back'; readonly rollback: RollbackOutcome }
  /** No run owns the ingress, or it mirrors nothing now. */
  | { readonly outcome: 'nothing_to_do'; readonly item: Lease | null };

/**
 * Safe to repeat.
 * @throws FencedError when a rollback came in between: it has closed the mirror. WeightsNotAppliedError when the read-back differs.
 */
export async function closeMirror(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
): Promise<CloseMirrorOutcome> {
  const item = await ports.ledger.read(deployment.ingressId);
  if (item === null || item.status !== 'running' || item.intent.split.mirror === null)
    return { outcome: 'nothing_to_do', item };
  const { candidatePercent } = item.intent.split;
  if (candidatePercent === 0) return { outcome: 'rolled_back', rollback: await rollBack(ports, deployment, request) };
  const split: TrafficSplit = { candidatePercent, mirror: null };
  const { phase, stage, heartbeatDueAt } = item;
  await fencedShift(ports, deployment, item, split, { phase, stage, heartbeatDueAt });
  return { outcome: 'closed', item, split };
}

/** For a log line or a status message. */
export function describeCloseMirror(outcome: CloseMirrorOutcome, { trigger, by, reason }: RollbackRequest): string {
  const cause = `${trigger} by ${by}: ${reason}`;
  switch (outcome.outcome) {
    case 'closed':
      return `The mirror was closed; the candidate answers ${outcome.split.candidatePercent} % directly and the run continues without reverse copies (${cause}).`;
    case 'rolled_back':
      return `The mirror failed in a phase that depends on it; all traffic is returned to stable (${cause}).`;
    case 'nothing_to_do':
      return `The mirror carries no traffic (${cause}).`;
  }
}
