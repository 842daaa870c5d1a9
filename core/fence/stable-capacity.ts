/** The capacity of stable belongs to the run like its weights, and is restored like them. */
import type { Capacity, CapacitySnapshot, Lease } from '../model/index.ts';

/** Sets the desired count of the snapshot and restores scaling as it was. Repeatable. */
export async function restoreCapacity(capacity: Capacity, snapshot: CapacitySnapshot): Promise<void> {
  await refillCapacity(capacity, snapshot.desired);
  await capacity.release(snapshot);
}

/** Raises the desired count to at least `needed`; scaling remains suspended. */
export async function refillCapacity(capacity: Capacity, needed: number): Promise<void> {
  const now = await capacity.snapshot();
  if (now.desired < needed) await capacity.scaleStable(needed);
}

/** The minimum number of stable tasks that the run which owns the ingress wants; null if it recorded none. */
export function heldTasks({ capacity, stableCapacity, tasks }: Lease): number | null {
  return stableCapacity === 'full' ? (capacity?.desired ?? null) : (tasks?.desired ?? null);
}

/**
 * What a capacity writer leaves behind if it has lost its fence, however late it resumes: the capacity that the present
 * owner of the ingress wants, or the snapshot of its own run if there is no owner.
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
