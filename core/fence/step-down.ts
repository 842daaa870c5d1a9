/**
 * The fenced step down: the only way in which the stable side loses tasks.
 *
 * record how many are wanted (conditional) → scale → confirm (conditional). A rollback that came in between has moved the generation,
 * so the confirmation fails; this writer may then have been the last to scale, and leaves what is owed before it stops.
 */
import {
  type Capacity,
  type CapacitySnapshot,
  type Clock,
  FencedError,
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

/** Tasks that this very step had decided on before, when its answer was lost; null when it has decided nothing yet. */
export function openStep(lease: Lease | null, ref: RunRef, step: number): number | null {
  const mine = lease?.generation === ref.generation && lease.tasks?.step === step;
  return mine ? lease.tasks.desired : null;
}

/**
 * Lets the stable side want `desired` tasks if and while the run `ref` owns the ingress. Safe to repeat.
 * @throws FencedError when a rollback or a newer run owns it; its capacity is then as they are owed.
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
