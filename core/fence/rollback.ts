/**
 * Rollback: one idempotent procedure behind every trigger.
 *
 * fence → write the safe weights: two sequential calls, and nothing else before customers are safe. Then read back, then
 * stop the execution (stopping is never the fence), then `rolled_back`.
 */

import {
  type Capacity,
  type Clock,
  CrossfadeError,
  type Deployment,
  describeError,
  type Executions,
  type FenceResult,
  type Ingress,
  type Lease,
  type Ledger,
  SAFE_SPLIT,
  type Trigger,
  toIso,
  weightsFor,
} from '../model/index.ts';
import { readBack, writeAll } from './write-weights.ts';

export interface RollbackPorts {
  readonly ingress: Ingress;
  readonly ledger: Ledger;
  readonly executions: Executions;
  readonly capacity: Capacity;
  readonly clock: Clock;
}

export interface RollbackRequest {
  readonly trigger: Trigger;
  readonly reason: string;
  /** Who or what asked: an alarm's name, a principal, a state's name. */
  readonly by: string;
  /** ISO-8601; when the evidence turned bad as far as the trigger knows. */
  readonly at: string;
  /** An operator's word that the stable side may have everything although no target of it is known to be healthy. */
  readonly breakGlass?: boolean;
  /** The execution that calls from inside itself, which therefore must not be stopped by this call. */
  readonly calledFrom?: string;
}

/**
 * `rolled_back`: safe weights read back. `waiting_for_capacity`: the stable side had been scaled down and is being scaled
 * up; the watchdog writes the weights once it is healthy. `nothing_to_do`: no run owns the ingress.
 */
export type RollbackOutcome =
  | {
      readonly outcome: 'rolled_back';
      readonly item: Lease | null;
      readonly ledger: 'written' | 'unreachable';
      readonly first: boolean;
    }
  | { readonly outcome: 'waiting_for_capacity'; readonly item: Lease }
  | { readonly outcome: 'nothing_to_do'; readonly item: Lease | null };

/**
 * Brings all traffic back to the stable side. Safe to call at any time, from several places at once.
 * @throws the write's failure when the safe weights could not be written or read back; repeat, the fence already holds.
 */
export async function rollBack(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
): Promise<RollbackOutcome> {
  const fence = await tryFence(ports, deployment, request);
  if (fence === 'unreachable') return rollBackBlind(ports, deployment, request.breakGlass ?? false);
  if (fence.outcome === 'none') return { outcome: 'nothing_to_do', item: fence.item };
  const { item } = fence;
  if (item.stableCapacity === 'reduced' && request.breakGlass !== true && !(await stableMayHaveAll(ports, item)))
    return { outcome: 'waiting_for_capacity', item };
  await writeSafe(ports, deployment);
  if (item.executionArn !== request.calledFrom) await ports.executions.stop(item.executionArn, request.reason);
  if (item.capacity !== null) await ports.capacity.release(item.capacity);
  await ports.ledger.confirmRollback(item, toIso(ports.clock.now()));
  return { outcome: 'rolled_back', item, ledger: 'written', first: fence.outcome === 'fenced' };
}

/** Writes the safe weights and reads them back. */
export async function writeSafe(
  ports: Pick<RollbackPorts, 'ingress' | 'clock'>,
  deployment: Deployment,
): Promise<void> {
  const safe = weightsFor(deployment, SAFE_SPLIT);
  await writeAll(ports.ingress, safe);
  await readBack(ports.ingress, safe, ports.clock);
}

async function tryFence(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
): Promise<FenceResult | 'unreachable'> {
  try {
    const { trigger, reason, by, at } = request;
    return await ports.ledger.fence(deployment.ingressId, { trigger, reason, by, at });
  } catch {
    return 'unreachable';
  }
}

/**
 * Without the ledger nobody knows whether a run is on. The safe weights are written all the same unless the stable side is
 * known to have no healthy target: sending customers there is right for every state but a finished decommission. Health
 * that cannot be read keeps nobody from safety.
 */
async function rollBackBlind(
  ports: RollbackPorts,
  deployment: Deployment,
  breakGlass: boolean,
): Promise<RollbackOutcome> {
  const health = await ports.ingress.health('stable').catch(() => null);
  if (health?.healthy === 0 && !breakGlass) {
    throw new CrossfadeError(
      'Crossfade.LedgerUnavailable',
      'The ledger is unreachable and stable has no healthy target, so no weights were changed.',
      {
        traffic: 'as the last confirmed weights left it.',
        nextStep: 'scale the stable service up, then run `crossfade rollback --break-glass`.',
      },
    );
  }
  await writeSafe(ports, deployment);
  return { outcome: 'rolled_back', item: null, ledger: 'unreachable', first: false };
}

/**
 * Scales the stable side back up if need be; true once as many targets are healthy as the snapshot had running. Until then
 * a slow candidate serves better than an overrun stable side; but a candidate without a healthy target serves nobody, and
 * then any healthy stable target is better.
 */
async function stableMayHaveAll(ports: RollbackPorts, item: Lease): Promise<boolean> {
  const wanted = Math.max(1, item.capacity?.desired ?? 1);
  const stable = await ports.ingress.health('stable');
  if (stable.healthy >= wanted) return true;
  await ports.capacity.scaleStable(wanted);
  return stable.healthy > 0 && (await ports.ingress.health('candidate')).healthy === 0;
}

/** For a log line or a status message: what a rollback did, in one sentence. */
export function describeRollback(outcome: RollbackOutcome, request: RollbackRequest): string {
  const cause = `${request.trigger} by ${request.by}: ${request.reason}`;
  switch (outcome.outcome) {
    case 'rolled_back':
      return outcome.ledger === 'unreachable'
        ? `All traffic is on stable (${cause}). The ledger is unreachable, so the run is not fenced: stop its execution by hand.`
        : `All traffic is on stable (${cause}).`;
    case 'waiting_for_capacity':
      return `The stable service is scaling up and gets all traffic as soon as it is healthy (${cause}).`;
    case 'nothing_to_do':
      return `No cutover owns the ingress, so no weights were changed (${cause}).`;
  }
}

/** The request that a task's caught error makes. */
export function requestFromError(error: unknown, by: string, at: string): RollbackRequest {
  return { trigger: 'task', reason: describeError(error), by, at };
}
