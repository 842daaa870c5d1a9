/** Returns without a lease to fence: no run owns the ingress, or the ledger has no part in it. */
import { CrossfadeError, type Deployment, isFinal, isSafe, type Lease } from '../model/index.ts';
import { isMarked, isOver } from './desired-weights.ts';
import { rejectionOf } from './failure.ts';
import { giveBack, isToldAgain } from './give-back.ts';
import { candidatePercentOf, type Survey } from './return-plan.ts';
import type { LedgerTrouble, RollbackOutcome, RollbackPorts, RollbackRequest } from './rollback-outcome.ts';
import { refillCapacity, restoreCapacity } from './stable-capacity.ts';

/** No run owns the ingress: weights that are neither safe nor final are nobody's, whatever the table says of earlier runs. */
export async function bringBackUnowned(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
  item: Lease | null,
  seen: Survey,
): Promise<RollbackOutcome> {
  const { live } = seen;
  // Only a run that asks for itself knows that a completed lease is not its own: the table was restored.
  const asksForItself = request.capacity !== undefined && executionOf(request) !== item?.executionArn;
  const completed = item?.status === 'completed' && !asksForItself && (live === null || isMarked(deployment, item));
  const over = completed || (live !== null && isOver(deployment, live, item));
  const settled = over || (live !== null && isSafe(deployment, live));
  if (settled && request.breakGlass !== true) return { outcome: 'nothing_to_do', item };
  const { capacity = null } = request;
  const needed = Math.max(1, capacity?.desired ?? 1);
  const { plan, gone } = await giveBack(ports, deployment, seen, null, request.breakGlass, needed);
  const execution = executionOf(request);
  if (execution !== null && execution !== request.calledFrom)
    await rejectionOf(() => ports.executions.stop(execution, request.reason));
  if (plan.kind !== 'whole' && seen.stable !== null) {
    const trouble = await rejectionOf(() => refillCapacity(ports.capacity, needed));
    const candidatePercent =
      plan.kind === 'wait' ? candidatePercentOf(deployment, live, null) : plan.split.candidatePercent;
    // Without a lease nothing remembers what was told, nor since when it waits.
    const first = request.by !== 'watchdog' || isToldAgain(ports.clock.now());
    const waiting = { item: null, first, candidatePercent, stable: seen.stable, needed };
    return { outcome: 'waiting_for_capacity', ...waiting, overdue: false, urgent: false, trouble };
  }
  const trouble = capacity === null ? undefined : await rejectionOf(() => restoreCapacity(ports.capacity, capacity));
  return { outcome: 'rolled_back', item: null, ledger: 'no_lease', gone, first: true, trouble };
}

/**
 * Without the ledger nobody knows whether a run is on. The safe weights are written all the same, except over those of a
 * completed cutover, and unless the stable side is known to be dead while the candidate may live.
 */
export async function bringBackUnfenced(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
  trouble: LedgerTrouble,
  seen: Survey,
): Promise<RollbackOutcome> {
  const { live, stable, candidate } = seen;
  const breakGlass = request.breakGlass === true;
  if (!breakGlass && live !== null && isFinal(deployment, live)) return { outcome: 'nothing_to_do', item: null };
  if (!breakGlass && stable?.healthy === 0 && candidate?.healthy !== 0) {
    throw new CrossfadeError(
      'Crossfade.LedgerUnavailable',
      'The ledger is unreachable and stable has no healthy target, so no weights were changed.',
      {
        traffic: 'as the last confirmed weights left it.',
        nextStep: 'scale the stable service up, then run `crossfade rollback --break-glass`.',
        cause: trouble.cause,
      },
    );
  }
  // Half of an unknown number is not known either: unless it is dead, the stable side gets everything.
  const { gone } = await giveBack(ports, deployment, seen, null, true);
  return { outcome: 'rolled_back', item: null, ledger: trouble.kind, gone, first: false, trouble: trouble.cause };
}

/** The execution that the trigger speaks of, if it speaks of one. */
function executionOf({ scope }: RollbackRequest): string | null {
  return scope?.kind === 'execution' ? scope.executionArn : null;
}
