/**
 * The desired weights of the listener according to the ledger: one answer for a shift that lost its fence, for
 * rollback, and for the watchdog.
 */
import {
  type Deployment,
  fromIso,
  isFinal,
  type Lease,
  type RuleWeights,
  SAFE_SPLIT,
  shareOf,
  weightsFor,
} from '../model/index.ts';

/**
 * For how long after a rollback a writer of the run may still move weights or remove a task, because a paused Lambda
 * may resume ten minutes later; seconds.
 */
const LATE_WRITER_SECONDS = 900;

/** The safe weights from the moment a rollback is requested; before that, the owner's last intent. */
export function desiredWeights(deployment: Deployment, item: Lease): RuleWeights[] {
  switch (item.status) {
    case 'rolling_back':
    case 'rolled_back':
      return weightsFor(deployment, SAFE_SPLIT);
    case 'running':
    case 'completed':
      return item.intent.weights;
  }
}

/** Whether a writer of the rolled-back run may still be paused. */
export function mayStillWrite({ rollback, startedAt }: Lease, now: number): boolean {
  const since = rollback?.confirmedAt ?? rollback?.requestedAt ?? startedAt;
  return now - fromIso(since) < LATE_WRITER_SECONDS * 1000;
}

/**
 * Whether the lease itself says that its run ended with the weights of a completed cutover. No trigger moves them then,
 * even if somebody edits them by hand. Leases of earlier versions do not contain this mark.
 */
export function isMarked(deployment: Deployment, lease: Lease): boolean {
  return lease.status === 'completed' && isFinal(deployment, lease.intent.weights);
}

/**
 * Whether the weights are those of a completed cutover: by their mark, or because the lease says completed and the
 * candidate answers everything.
 */
export function isOver(deployment: Deployment, live: readonly RuleWeights[], lease: Lease | null): boolean {
  if (isFinal(deployment, live)) return true;
  if (lease?.status !== 'completed') return false;
  return live.every((rule) => shareOf(deployment, rule, ['candidate', 'mirrorReverse']) === 1);
}

/**
 * Whether the listener carries the weights of a completed cutover although the lease says otherwise. No writer of the
 * lease's own run can have written them, so the table was restored to an earlier time.
 */
export function isLeaseRestored(
  deployment: Deployment,
  live: readonly RuleWeights[],
  lease: Lease,
  now: number,
): boolean {
  if (lease.status === 'completed' || !isFinal(deployment, live)) return false;
  return !isFinal(deployment, lease.intent.weights) || (lease.status === 'rolled_back' && !mayStillWrite(lease, now));
}
