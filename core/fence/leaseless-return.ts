/** Rollbacks without a lease to fence: no run owns the ingress, or the ledger is unavailable. */
import { CrossfadeError, type Deployment, isFinal, isSafe, type Lease } from '../model/index.ts';
import { isMarked, isOver } from './desired-weights.ts';
import { giveBack, isToldAgain } from './give-back.ts';
import { candidatePercentOf, carriedNeeds, type Survey } from './return-plan.ts';
import type { LedgerTrouble, RollbackOutcome, RollbackPorts, RollbackRequest } from './rollback-outcome.ts';
import { carriedSnapshot, refillCapacity, restoreCapacity } from './stable-capacity.ts';
import { rejectionOf } from './write-weights.ts';

/**
 * No run owns the ingress. Weights that are neither safe nor final then have no owner, whatever the table says about
 * earlier runs.
 */
export async function bringBackUnowned(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
  item: Lease | null,
  seen: Survey,
): Promise<RollbackOutcome> {
  const { live } = seen;
  // Only a run that asks for its own rollback knows that a completed lease is not its own, which means that the table
  // was restored.
  const asksForItself = request.capacity !== undefined && executionOf(request) !== item?.executionArn;
  const completed = item?.status === 'completed' && !asksForItself && (live === null || isMarked(deployment, item));
  const over = completed || (live !== null && isOver(deployment, live, item));
  const settled = over || (live !== null && isSafe(deployment, live));
  if (settled && request.breakGlass !== true) return { outcome: 'nothing_to_do', item };
  const { phase = '' } = request;
  const carried = request.capacity == null ? await carriedSnapshot(ports, item) : { capacity: request.capacity, phase };
  const needs = carriedNeeds(carried);
  const { plan, gone } = await giveBack(ports, deployment, seen, null, request.breakGlass, needs);
  const execution = executionOf(request);
  if (execution !== null && execution !== request.calledFrom)
    await rejectionOf(() => ports.executions.stop(execution, request.reason));
  if (plan.kind !== 'whole' && seen.stable !== null) {
    const trouble = await rejectionOf(() => refillCapacity(ports.capacity, needs.needed));
    const candidatePercent =
      plan.kind === 'wait' ? candidatePercentOf(deployment, live, null) : plan.split.candidatePercent;
    const waiting = { item: null, first: true, candidatePercent, stable: seen.stable, needed: needs.needed };
    return { outcome: 'waiting_for_capacity', ...waiting, overdue: false, urgent: false, trouble };
  }
  const capacity = carried?.capacity;
  const trouble = capacity && (await rejectionOf(() => restoreCapacity(ports.capacity, capacity)));
  return { outcome: 'rolled_back', item: null, ledger: 'no_lease', gone, first: true, trouble };
}

/**
 * Without the ledger it is unknown whether a run is in progress. The safe weights are written anyway, except over those
 * of a completed cutover, and unless stable is known to be dead while the candidate may be alive.
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
  // A share of an unknown number of targets is unknown, too. Unless stable is dead, it gets everything.
  const { gone, moved } = await giveBack(ports, deployment, seen, null, true);
  const first = isNews(ports, request, moved);
  return { outcome: 'rolled_back', item: null, ledger: trouble.kind, gone, first, trouble: trouble.cause };
}

/**
 * Without the ledger, nothing records who has been notified. The watchdog, which repeats the rollback every minute,
 * reports customers that it has moved at once, and everything else in one minute of ten.
 */
function isNews({ clock }: Pick<RollbackPorts, 'clock'>, { by }: RollbackRequest, moved: boolean): boolean {
  return by !== 'watchdog' || moved || isToldAgain(clock.now());
}

/** The execution that the trigger refers to, if any. */
function executionOf({ scope }: RollbackRequest): string | null {
  return scope?.kind === 'execution' ? scope.executionArn : null;
}
