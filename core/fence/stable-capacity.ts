/** The stable side's capacity belongs to the run like its weights, and is given back like them. */
import type { Capacity, CapacitySnapshot, Lease } from '../model/index.ts';

/** Wants as many tasks as the snapshot had, and gives scaling back as it found it. Repeatable. */
export async function restoreCapacity(capacity: Capacity, snapshot: CapacitySnapshot): Promise<void> {
  await refillCapacity(capacity, snapshot.desired);
  await capacity.release(snapshot);
}

/** Wants at least so many tasks; scaling stays held. */
export async function refillCapacity(capacity: Capacity, needed: number): Promise<void> {
  const now = await capacity.snapshot();
  if (now.desired < needed) await capacity.scaleStable(needed);
}

/** Tasks that the run which owns the ingress wants the stable side to have at least; null where it has not noted them. */
export function heldTasks({ capacity, stableCapacity, tasks }: Lease): number | null {
  return stableCapacity === 'full' ? (capacity?.desired ?? null) : (tasks?.desired ?? null);
}

/**
 * What a writer of capacity leaves behind that has lost its fence, however late it woke: what the present owner of the ingress holds,
 * or the snapshot of its own run where nobody holds anything any more.
 */
export async function leaveOwedCapacity(capacity: Capacity, owner: Lease | null, own: CapacitySnapshot): Promise<void> {
  switch (owner?.status) {
    case 'running':
      await refillCapacity(capacity, heldTasks(owner) ?? own.desired);
      if (owner.capacity !== null) await capacity.pin(owner.capacity);
      return;
    case 'rolling_back':
      return refillCapacity(capacity, owner.capacity?.desired ?? own.desired);
    case 'completed':
      return;
    case 'rolled_back':
    case undefined:
      return restoreCapacity(capacity, own);
  }
}
