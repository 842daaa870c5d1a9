/**
 * Rollback: one idempotent procedure behind every trigger.
 * It makes two sequential calls, fence and write, and nothing else before customers are safe. The health of both sides
 * and the live weights are read in parallel to the fence. Then it reads the weights back, stops the execution (stopping
 * is never the fence), and records `rolled_back`.
 */
import {
  type Deployment,
  type ExecutionState,
  FencedError,
  type FenceResult,
  fromIso,
  isTransient,
  type Lease,
  toIso,
} from '../model/index.ts';
import { isLeaseRestored } from './desired-weights.ts';
import { giveBack, isToldAgain } from './give-back.ts';
import { bringBackUnfenced, bringBackUnowned } from './leaseless-return.ts';
import { candidatePercentOf, type Survey, stableNeeds, survey } from './return-plan.ts';
import type { LedgerTrouble, RollbackOutcome, RollbackPorts, RollbackRequest } from './rollback-outcome.ts';
import { refillCapacity, restoreCapacity } from './stable-capacity.ts';
import { rejectionOf } from './write-weights.ts';

/**
 * Moves traffic back to stable. Safe to call at any time, from several places at once.
 * @throws the failure of the write, if the weights could not be written or read back; repeat the call, since the fence
 * already holds
 */
export async function rollBack(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
): Promise<RollbackOutcome> {
  const [fence, seen] = await Promise.all([tryFence(ports, deployment, request), survey(ports.ingress)]);
  switch (fence.outcome) {
    case 'not_concerned':
      switch (fence.item.status) {
        case 'rolling_back':
          // Any caller may finish it, as its own triggers do.
          return bringBack(ports, deployment, request, fence.item, false, seen);
        case 'rolled_back':
          // The run that the trigger refers to may still have weights. In that case the lease was restored to an
          // earlier one.
          return bringBackUnowned(ports, deployment, request, fence.item, seen);
        default:
          return fence;
      }
    case 'none':
      return bringBackUnowned(ports, deployment, request, fence.item, seen);
    case 'unfenced':
      return bringBackUnfenced(ports, deployment, request, fence.trouble, seen);
    default:
      return bringBack(ports, deployment, request, fence.item, fence.outcome === 'fenced', seen);
  }
}

async function bringBack(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
  item: Lease,
  first: boolean,
  seen: Survey,
): Promise<RollbackOutcome> {
  const marked = seen.live !== null && isLeaseRestored(deployment, seen.live, item, ports.clock.now());
  // An execution that still runs has not completed, so somebody wrote these weights by hand.
  if (marked && request.breakGlass !== true && (await stateOrNull(ports, item)) !== 'running') {
    if (item.status === 'rolling_back') await confirm(ports, item);
    return { outcome: 'nothing_to_do', item };
  }
  const needs = stableNeeds(item, ports.clock.now());
  const { plan, gone } = await giveBack(ports, deployment, seen, item, request.breakGlass, needs);
  const notStopped =
    item.executionArn === request.calledFrom
      ? undefined
      : await rejectionOf(() => ports.executions.stop(item.executionArn, request.reason));
  if (plan.kind !== 'whole' && seen.stable !== null) {
    const { needed, overdue } = needs;
    const trouble = await rejectionOf(() => refillCapacity(ports.capacity, needed));
    const candidatePercent =
      plan.kind === 'wait' ? candidatePercentOf(deployment, seen.live, item) : plan.split.candidatePercent;
    const now = ports.clock.now();
    const waited = now - fromIso(item.rollback?.requestedAt ?? item.startedAt);
    const urgent = overdue && isToldAgain(waited);
    const waiting = { item, first, candidatePercent, stable: seen.stable, needed, overdue, urgent };
    return { outcome: 'waiting_for_capacity', ...waiting, notStopped, trouble };
  }
  const { capacity } = item;
  const trouble = capacity === null ? undefined : await rejectionOf(() => restoreCapacity(ports.capacity, capacity));
  // A failed stop that may succeed in a second is retried by the caller. Any other must not keep the rollback from
  // completing.
  if (isTransient(notStopped)) throw notStopped;
  const confirmation = await confirm(ports, item);
  return { outcome: 'rolled_back', item, ledger: 'written', gone, ...confirmation, notStopped, trouble };
}

/**
 * A confirmation without an answer counts as the first one: notifying twice is better than not at all.
 * @throws FencedError if a newer run owns the ingress
 */
async function confirm(
  { ledger, clock }: Pick<RollbackPorts, 'ledger' | 'clock'>,
  item: Lease,
): Promise<{ readonly first: boolean; readonly notConfirmed?: unknown }> {
  try {
    return { first: await ledger.confirmRollback(item, toIso(clock.now())) };
  } catch (notConfirmed) {
    if (notConfirmed instanceof FencedError) throw notConfirmed;
    return { first: true, notConfirmed };
  }
}

/** null if it cannot be determined. */
export function stateOrNull(
  { executions }: Pick<RollbackPorts, 'executions'>,
  { executionArn }: Lease,
): Promise<ExecutionState | null> {
  return executions.stateOf(executionArn).catch(() => null);
}

type Fence = FenceResult | { readonly outcome: 'unfenced'; readonly trouble: LedgerTrouble };

async function tryFence(ports: RollbackPorts, deployment: Deployment, request: RollbackRequest): Promise<Fence> {
  const { trigger, reason, by, at, scope } = request;
  try {
    return await ports.ledger.fence(deployment.ingressId, { trigger, reason, by, at, scope });
  } catch (cause) {
    return { outcome: 'unfenced', trouble: { kind: isTransient(cause) ? 'unreachable' : 'failed', cause } };
  }
}
