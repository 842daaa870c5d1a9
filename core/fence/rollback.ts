/**
 * Rollback: one idempotent procedure behind every trigger.
 *
 * fence → write: two sequential calls, and nothing else before customers are safe; the health of both sides and the live weights
 * are read beside the fence. Then read back, then stop the execution (stopping is never the fence), then `rolled_back`.
 */

import {
  type Capacity,
  type CapacitySnapshot,
  type Clock,
  CrossfadeError,
  type Deployment,
  type Executions,
  FencedError,
  type FenceResult,
  fromIso,
  type Ingress,
  isFinal,
  isSafe,
  type Lease,
  type Leases,
  type RuleWeights,
  sameWeights,
  shareOf,
  type TargetHealthCounts,
  type Trigger,
  type TriggerScope,
  toIso,
  weightsFor,
} from '../model/index.ts';
import { candidatePercentOf, neededTargets, planReturn, type ReturnPlan, type Survey, survey } from './return-plan.ts';
import { refillCapacity, restoreCapacity } from './stable-capacity.ts';
import { readBack, writeAll } from './write-weights.ts';

export interface RollbackPorts {
  readonly ingress: Ingress;
  readonly ledger: Leases;
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
  /** The stable side's snapshot as the run itself remembers it: used where its lease is missing. */
  readonly capacity?: CapacitySnapshot | null;
  /** The run that the trigger speaks of. @default the one that owns the ingress */
  readonly scope?: TriggerScope;
  /** The execution that calls from inside itself, which therefore must not be stopped by this call. */
  readonly calledFrom?: string;
}

/** Why the ledger had no part in a rollback. */
export type LedgerTrouble =
  /** It did not answer. */
  | { readonly kind: 'unreachable'; readonly cause: unknown }
  /** It answered with an error that is not a lack of availability. */
  | { readonly kind: 'failed'; readonly cause: unknown };

export type RollbackOutcome =
  /** Safe weights were read back. */
  | {
      readonly outcome: 'rolled_back';
      /** Null where no run owned the ingress, or nobody could say. */
      readonly item: Lease | null;
      readonly ledger: 'written' | 'no_lease' | LedgerTrouble['kind'];
      /** This call confirmed it. Of several triggers exactly one has this, also when the one that fenced has died. */
      readonly first: boolean;
      /** What went wrong with the ledger or with giving the capacity back; the weights are safe all the same. */
      readonly trouble?: unknown;
      /** Why the run's execution was not stopped. It is fenced, so its next task ends it. */
      readonly notStopped?: unknown;
      /** Why nobody knows whether the confirmation took effect; the watchdog repeats it. */
      readonly notConfirmed?: unknown;
    }
  /** The stable side cannot carry everything yet. It got what it can carry, and is being scaled up; the watchdog goes on. */
  | {
      readonly outcome: 'waiting_for_capacity';
      /** Null where no run owned the ingress. */
      readonly item: Lease | null;
      readonly first: boolean;
      readonly candidatePercent: number;
      readonly stable: TargetHealthCounts;
      readonly needed: number;
      /** It has lasted longer than {@link WAIT_FOR_CAPACITY_SECONDS}. */
      readonly overdue: boolean;
      /** Overdue, and due to be told again: once in each {@link WAIT_FOR_CAPACITY_SECONDS}. */
      readonly urgent: boolean;
      readonly trouble?: unknown;
      readonly notStopped?: unknown;
    }
  /** The weights are safe already, or those of a completed cutover. */
  | { readonly outcome: 'nothing_to_do'; readonly item: Lease | null }
  /** The trigger speaks of another run than the one that owns the ingress. */
  | { readonly outcome: 'not_concerned'; readonly item: Lease };

/** The watchdog repeats an unfinished rollback every minute. */
const WATCHDOG_MS = 60_000;

/** After this long a rollback that waits for healthy stable targets is told again. Seconds. */
export const WAIT_FOR_CAPACITY_SECONDS = 600;

/**
 * Brings traffic back to the stable side. Safe to call at any time, from several places at once.
 * @throws the write's failure when the weights could not be written or read back; repeat, the fence already holds.
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
          // Whoever comes may finish it, as its own triggers do.
          return bringBack(ports, deployment, request, fence.item, false, seen);
        case 'rolled_back':
          // The run that the trigger speaks of may still have weights: then the lease was restored to an earlier one.
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

/** Gives the stable side what it can carry, by the health of both sides, and reads it back. */
export async function giveBack(
  ports: Pick<RollbackPorts, 'ingress' | 'clock'>,
  deployment: Deployment,
  seen: Survey,
  lease: Lease | null,
  breakGlass = false,
  needed = neededTargets(lease),
): Promise<ReturnPlan> {
  const plan = planReturn(seen, {
    needed,
    candidatePercent: candidatePercentOf(deployment, seen.live, lease),
    reduced: lease?.stableCapacity === 'reduced',
    overdue: isOverdue(lease, ports.clock.now()),
    breakGlass,
  });
  if (plan.kind === 'wait') return plan;
  const weights = weightsFor(deployment, plan.split);
  await writeAll(ports.ingress, weights);
  await readBack(ports.ingress, weights, ports.clock);
  return plan;
}

function isOverdue(lease: Lease | null, now: number): boolean {
  const since = lease?.rollback?.requestedAt;
  return since !== undefined && now - fromIso(since) >= WAIT_FOR_CAPACITY_SECONDS * 1000;
}

async function bringBack(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
  item: Lease,
  first: boolean,
  seen: Survey,
): Promise<RollbackOutcome> {
  const plan = await giveBack(ports, deployment, seen, item, request.breakGlass);
  const notStopped =
    item.executionArn === request.calledFrom
      ? undefined
      : await failureOf(() => ports.executions.stop(item.executionArn, request.reason));
  const stop = notStopped === undefined ? {} : { notStopped };
  if (plan.kind !== 'whole' && seen.stable !== null) {
    const needed = neededTargets(item);
    const trouble = await failureOf(() => refillCapacity(ports.capacity, needed));
    const candidatePercent =
      plan.kind === 'wait' ? candidatePercentOf(deployment, seen.live, item) : plan.split.candidatePercent;
    const now = ports.clock.now();
    const overdue = isOverdue(item, now);
    const waited = now - fromIso(item.rollback?.requestedAt ?? item.startedAt);
    const urgent = overdue && waited % (WAIT_FOR_CAPACITY_SECONDS * 1000) < WATCHDOG_MS;
    const waiting = { item, first, candidatePercent, stable: seen.stable, needed, overdue, urgent };
    return { outcome: 'waiting_for_capacity', ...waiting, ...stop, ...(trouble === undefined ? {} : { trouble }) };
  }
  const { capacity } = item;
  const trouble = capacity === null ? undefined : await failureOf(() => restoreCapacity(ports.capacity, capacity));
  // A stop that may succeed in a second is tried again by the caller; any other must not keep the rollback from ending.
  if (isTransient(notStopped)) throw notStopped;
  const confirmation = await confirm(ports, item);
  const done = { outcome: 'rolled_back', item, ledger: 'written', ...confirmation, ...stop } as const;
  return trouble === undefined ? done : { ...done, trouble };
}

/**
 * A confirmation without an answer counts as the first one: told twice is better than told never.
 * @throws FencedError when a newer run owns the ingress.
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

/** No run owns the ingress: weights that are neither safe nor final are nobody's, whatever the table says of earlier runs. */
async function bringBackUnowned(
  ports: RollbackPorts,
  deployment: Deployment,
  request: RollbackRequest,
  item: Lease | null,
  seen: Survey,
): Promise<RollbackOutcome> {
  const { live } = seen;
  const over = live === null ? item?.status === 'completed' : isOver(deployment, live, item);
  const settled = over || (live !== null && isSafe(deployment, live));
  if (settled && request.breakGlass !== true) return { outcome: 'nothing_to_do', item };
  const { capacity = null } = request;
  const needed = Math.max(1, capacity?.desired ?? 1);
  const plan = await giveBack(ports, deployment, seen, null, request.breakGlass, needed);
  const execution = executionOf(request);
  if (execution !== null && execution !== request.calledFrom)
    await failureOf(() => ports.executions.stop(execution, request.reason));
  if (plan.kind !== 'whole' && seen.stable !== null) {
    const trouble = await failureOf(() => refillCapacity(ports.capacity, needed));
    const candidatePercent =
      plan.kind === 'wait' ? candidatePercentOf(deployment, live, null) : plan.split.candidatePercent;
    // Without a lease nothing remembers what was told: the watchdog, who comes every minute, tells in one of ten.
    const first = request.by !== 'watchdog' || ports.clock.now() % (WAIT_FOR_CAPACITY_SECONDS * 1000) < WATCHDOG_MS;
    const waiting = { item: null, first, candidatePercent, stable: seen.stable, needed };
    const told = { overdue: false, urgent: false, ...(trouble === undefined ? {} : { trouble }) };
    return { outcome: 'waiting_for_capacity', ...waiting, ...told };
  }
  const trouble = capacity === null ? undefined : await failureOf(() => restoreCapacity(ports.capacity, capacity));
  const done = { outcome: 'rolled_back', item: null, ledger: 'no_lease', first: true } as const;
  return trouble === undefined ? done : { ...done, trouble };
}

/** The weights of a completed cutover: by their mark, by its lease, or because the candidate answers everything. */
export function isOver(deployment: Deployment, live: readonly RuleWeights[], lease: Lease | null): boolean {
  if (isFinal(deployment, live)) return true;
  if (lease?.status !== 'completed') return false;
  return (
    sameWeights(live, lease.intent.weights) ||
    live.every((rule) => shareOf(deployment, rule, ['candidate', 'mirrorReverse']) === 1)
  );
}

/**
 * Without the ledger nobody knows whether a run is on. The safe weights are written all the same, except over those of a
 * completed cutover, and unless the stable side is known to be dead while the candidate may live.
 */
async function bringBackUnfenced(
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
  await giveBack(ports, deployment, seen, null, true);
  return { outcome: 'rolled_back', item: null, ledger: trouble.kind, first: false, trouble: trouble.cause };
}

type Fence = FenceResult | { readonly outcome: 'unfenced'; readonly trouble: LedgerTrouble };

async function tryFence(ports: RollbackPorts, deployment: Deployment, request: RollbackRequest): Promise<Fence> {
  const { trigger, reason, by, at, scope } = request;
  try {
    const asked = { trigger, reason, by, at, ...(scope === undefined ? {} : { scope }) };
    return await ports.ledger.fence(deployment.ingressId, asked);
  } catch (cause) {
    return { outcome: 'unfenced', trouble: { kind: isTransient(cause) ? 'unreachable' : 'failed', cause } };
  }
}

/** The service did not answer, or not yet. */
function isTransient(error: unknown): boolean {
  return error instanceof CrossfadeError && error.name === 'Crossfade.Transient';
}

/** The execution that the trigger speaks of, if it speaks of one. */
function executionOf({ scope }: RollbackRequest): string | null {
  return scope?.kind === 'execution' ? scope.executionArn : null;
}

/** What a call rejected with; undefined when it succeeded. For calls that must not keep the rest from being done. */
async function failureOf(call: () => Promise<void>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error('unknown failure');
  }
}
