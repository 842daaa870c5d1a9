/**
 * Stable's capacity after the loss of the lease. The snapshot stands in the lease and in the execution; if the table was
 * lost and the execution can roll nothing back any more, its history still has it.
 */
import { type CarriedSnapshot, isRestored, type Lease } from '../model/index.ts';
import type { RollbackPorts } from './rollback-outcome.ts';
import { restoreCapacity } from './stable-capacity.ts';

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
