/**
 * The capacity of stable belongs to the run like its weights, and is restored like them. Its snapshot stands in the
 * lease and in the execution; if the table was lost and the execution can roll nothing back any more, its history still
 * has it.
 */
import { type Capacity, type CapacitySnapshot, type CarriedSnapshot, isRestored, type Lease } from '../model/index.ts';
import type { RollbackPorts } from './rollback-outcome.ts';

/** Sets the desired count of the snapshot and restores scaling as it was. Repeatable. */
export async function restoreCapacity(capacity: Capacity, snapshot: CapacitySnapshot): Promise<void> {
  await refillCapacity(capacity, snapshot.desired);
  await capacity.release(snapshot);
}

/** Raises the desired count to at least `needed`; scaling remains suspended. */
export async function refillCapacity(capacity: Capacity, needed: number): Promise<void> {
  if ((await capacity.snapshot()).desired < needed) await capacity.scaleStable(needed);
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
      await refillCapacity(capacity, owner.capacity?.desired ?? own.desired);
      return;
    case 'completed':
      return;
    case 'rolled_back':
    case undefined:
      return restoreCapacity(capacity, own);
  }
}

/** For so long after its end, an execution's snapshot is what stable had. Later somebody may want other capacity. */
const OWED_FOR_MS = 24 * 3_600_000;

type Ports = Pick<RollbackPorts, 'executions' | 'clock'>;

/** That of the newest run, if the lease is not that run's. A history that cannot be read is no evidence. */
export async function carriedSnapshot(
  { executions, clock }: Ports,
  item: Lease | null,
): Promise<CarriedSnapshot | null> {
  const carried = await executions.carried(clock.now() - OWED_FOR_MS).catch(() => null);
  return carried?.executionArn === item?.executionArn ? null : carried;
}

/**
 * Restores what a run without a lease has left. Scaling that is no longer suspended is somebody's decision.
 * @returns the number of tasks; null if nothing was owed
 */
export async function restoreCarried(
  ports: Ports & Pick<RollbackPorts, 'capacity' | 'ledger'>,
  ingressId: Lease['ingressId'],
  item: Lease | null,
): Promise<number | null> {
  const carried = await carriedSnapshot(ports, item);
  if (carried === null) return null;
  const { capacity } = carried;
  const now = await ports.capacity.snapshot();
  if (isRestored(now, capacity) || now.scaling?.suspended === false) return null;
  // A run that has begun meanwhile has the capacity that it found.
  const fresh = await ports.ledger.read(ingressId);
  if (fresh?.generation !== item?.generation || fresh?.status !== item?.status) return null;
  await restoreCapacity(ports.capacity, capacity);
  return capacity.desired;
}
