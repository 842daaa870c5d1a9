/**
 * Closes the mirror, which stands in the path of customers: if it fails, so does its share of their requests. Closing
 * it returns that share to the side that the mirror answers from, and moves nobody else.
 * In the shadow, where stable answers everybody, the mirror is the whole phase, so closing it is a rollback. In the
 * soak the candidate has been accepted: only the reverse copies end, and the run continues without them.
 */
import {
  concerns,
  type Deployment,
  type Lease,
  SupersededError,
  type TrafficSplit,
  toIso,
  weightsFor,
} from '../model/index.ts';
import { rollBack } from './rollback.ts';
import type { RollbackOutcome, RollbackPorts, RollbackRequest } from './rollback-outcome.ts';
import { applyIntent } from './shift.ts';

export type CloseMirrorOutcome =
  | { readonly outcome: 'closed'; readonly item: Lease; readonly split: TrafficSplit }
  | { readonly outcome: 'rolled_back'; readonly rollback: RollbackOutcome }
  /** No run owns the ingress, or the run mirrors nothing now. */
  | { readonly outcome: 'nothing_to_do'; readonly item: Lease | null };

/**
 * Safe to repeat.
 * @throws FencedError if a rollback came in between, which has closed the mirror; WeightsNotAppliedError if the
 * read-back differs; SupersededError if the forward path keeps opening the mirror again, in which case it is still open
 */
export async function closeMirror(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
): Promise<CloseMirrorOutcome> {
  for (let tries = 1; ; tries++) {
    const item = await ports.ledger.read(deployment.ingressId);
    if (item === null || item.status !== 'running' || !concerns(item, request.scope))
      return { outcome: 'nothing_to_do', item };
    const begun = isClosing(item);
    if (item.intent.split.mirror === null && !begun) return { outcome: 'nothing_to_do', item };
    const { candidatePercent } = item.intent.split;
    if (candidatePercent === 0) return { outcome: 'rolled_back', rollback: await rollBack(ports, deployment, request) };
    const split: TrafficSplit = { candidatePercent, mirror: null };
    const at = toIso(ports.clock.now());
    const closing = {
      split,
      weights: weightsFor(deployment, split),
      at,
      by: 'close-mirror' as const,
      confirmed: false,
    };
    const intent = begun ? item.intent : closing;
    try {
      // Phase, stage and heartbeat belong to the forward path, so only the intent that was read is replaced.
      if (!begun) await ports.ledger.replaceIntent(item, intent, item.intent);
      const applied = await applyIntent(ports, deployment, item, intent);
      if (applied.split.mirror === null) return { outcome: 'closed', item, split: applied.split };
    } catch (error) {
      if (!(error instanceof SupersededError) || tries === MAX_TRIES) throw error;
    }
    if (tries === MAX_TRIES) throw new SupersededError('it opened the mirror again each time that it was closed');
  }
}

/** Whether somebody began to close the mirror and has not confirmed it. Any caller may finish it. */
export function isClosing({ intent }: Lease): boolean {
  return intent.by === 'close-mirror' && !intent.confirmed;
}

/** How many intents of the forward path may come in between; each phase records one. */
const MAX_TRIES = 4;
