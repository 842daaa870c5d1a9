/** The stable side's capacity belongs to the run like its weights, and is given back like them. */
import type { Capacity, CapacitySnapshot } from '../model/index.ts';

/**
 * For this long after a rollback a writer of the run may still be about to take a task away: a paused Lambda may wake ten
 * minutes later. Seconds.
 */
export const CAPACITY_WATCH_SECONDS = 900;

/** Wants as many tasks as the snapshot had, and gives scaling back as it found it. Repeatable. */
export async function restoreCapacity(capacity: Capacity, snapshot: CapacitySnapshot): Promise<void> {
  const now = await capacity.snapshot();
  if (now.desired < snapshot.desired) await capacity.scaleStable(snapshot.desired);
  await capacity.release(snapshot);
}

/** Wants as many tasks as the snapshot had; scaling stays held. */
export async function refillCapacity(capacity: Capacity, needed: number): Promise<void> {
  const now = await capacity.snapshot();
  if (now.desired < needed) await capacity.scaleStable(needed);
}
