/** Writes the weights of a rollback: as much as stable can carry according to its health, read back afterwards. */
import { type Deployment, fromIso, goneRules, type Lease, type RuleArn, weightsFor } from '../model/index.ts';
import { candidatePercentOf, neededTargets, planReturn, type ReturnPlan, type Survey } from './return-plan.ts';
import type { RollbackPorts } from './rollback-outcome.ts';
import { readStandingBack, writeStanding } from './write-weights.ts';

/**
 * For so long a rollback waits for healthy stable targets; then stable gets a share in proportion, and people are
 * notified again, once in each such time. Seconds.
 */
const WAIT_FOR_CAPACITY_SECONDS = 600;
/** The watchdog runs every minute, and repeats a rollback that is not finished. */
const WATCHDOG_MS = 60_000;

export interface Return {
  readonly plan: ReturnPlan;
  /** Rules that somebody deleted, which can no longer be written. */
  readonly gone: readonly RuleArn[];
}

/** Gives stable as much as it can carry, according to the health of both sides, and reads the weights back. */
export async function giveBack(
  ports: Pick<RollbackPorts, 'ingress' | 'clock'>,
  deployment: Deployment,
  seen: Survey,
  lease: Lease | null,
  breakGlass = false,
  needed = neededTargets(lease),
): Promise<Return> {
  const plan = planReturn(seen, {
    needed,
    candidatePercent: candidatePercentOf(deployment, seen.live, lease),
    reduced: lease?.stableCapacity === 'reduced',
    overdue: isOverdue(lease, ports.clock.now()),
    breakGlass,
  });
  if (plan.kind === 'wait') return { plan, gone: goneRules(seen.live ?? []) };
  const weights = weightsFor(deployment, plan.split);
  await writeStanding(ports.ingress, weights);
  return { plan, gone: await readStandingBack(ports.ingress, deployment, weights, ports.clock) };
}

/** Whether the wait for capacity has lasted for its maximum. */
export function isOverdue(lease: Lease | null, now: number): boolean {
  const since = lease?.rollback?.requestedAt;
  return since !== undefined && now - fromIso(since) >= WAIT_FOR_CAPACITY_SECONDS * 1000;
}

/**
 * Whether people are notified again in this look of the watchdog's: one of ten, a minute apart.
 * @param waited milliseconds since any fixed moment
 */
export function isToldAgain(waited: number): boolean {
  return waited % (WAIT_FOR_CAPACITY_SECONDS * 1000) < WATCHDOG_MS;
}
