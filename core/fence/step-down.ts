/**
 * The fenced step down: the only way in which stable loses tasks.
 * It records the desired count (conditional write), scales, and confirms (conditional write). A rollback in between
 * increases the generation, so the confirmation fails. This writer may then have been the last to scale, so it restores
 * the desired capacity before it stops.
 */
import {
  type Capacity,
  type CapacitySnapshot,
  type Clock,
  FencedError,
  isLeaseOf,
  type Lease,
  type Leases,
  type RunRef,
  type TasksIntent,
  toIso,
} from '../model/index.ts';
import { leaveOwedCapacity } from './stable-capacity.ts';

export interface StepDownPorts {
  readonly ledger: Leases;
  readonly capacity: Capacity;
  readonly clock: Clock;
}

/** The number of tasks that this step decided on before its answer was lost; null if it has not decided yet. */
export function openStep(lease: Lease | null, ref: RunRef, step: number): number | null {
  return isLeaseOf(lease, ref) && lease.tasks?.step === step ? lease.tasks.desired : null;
}

/**
 * Sets stable's desired count to `desired`, provided that the run `ref` owns the ingress. Safe to repeat.
 * @throws FencedError if a rollback or a newer run owns it; the capacity is then as that owner wants it
 */
export async function stepDown(
  { ledger, capacity, clock }: StepDownPorts,
  ref: RunRef,
  snapshot: CapacitySnapshot,
  { step, desired }: Pick<TasksIntent, 'step' | 'desired'>,
): Promise<void> {
  const tasks = { step, desired, at: toIso(clock.now()), confirmed: false };
  await ledger.recordTasks(ref, tasks);
  await capacity.scaleStable(desired);
  try {
    await ledger.confirmTasks(ref, tasks);
  } catch (error) {
    if (error instanceof FencedError) await leaveOwedCapacity(capacity, await ledger.read(ref.ingressId), snapshot);
    throw error;
  }
}
