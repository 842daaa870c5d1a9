/** Writes the weights of a rollback: as much as stable can carry according to its health, read back afterwards. */
import { type Deployment, goneRules, type Lease, type RuleArn, weightsFor } from '../model/index.ts';
import {
  candidatePercentOf,
  planReturn,
  type ReturnPlan,
  type StableNeeds,
  type Survey,
  stableNeeds,
  WAIT_FOR_CAPACITY_MS,
} from './return-plan.ts';
import type { RollbackPorts } from './rollback-outcome.ts';
import { areBack, readStandingBack, writeStanding } from './write-weights.ts';

/** The watchdog runs every minute, and repeats a rollback that is not finished. */
const WATCHDOG_MS = 60_000;

export interface Return {
  readonly plan: ReturnPlan;
  /** Rules that somebody deleted, which can no longer be written. */
  readonly gone: readonly RuleArn[];
  /** Whether this call moved customers; true if it is not known. */
  readonly moved: boolean;
}

/** Gives stable as much as it can carry, according to the health of both sides, and reads the weights back. */
export async function giveBack(
  ports: Pick<RollbackPorts, 'ingress' | 'clock'>,
  deployment: Deployment,
  seen: Survey,
  lease: Lease | null,
  breakGlass = false,
  needs: StableNeeds = stableNeeds(lease, ports.clock.now()),
): Promise<Return> {
  const candidatePercent = candidatePercentOf(deployment, seen.live, lease);
  const plan = planReturn(seen, { ...needs, candidatePercent, breakGlass });
  if (plan.kind === 'wait') return { plan, gone: goneRules(seen.live ?? []), moved: false };
  const weights = weightsFor(deployment, plan.split);
  const moved = seen.live === null || !areBack(seen.live, weights);
  await writeStanding(ports.ingress, weights);
  return { plan, gone: await readStandingBack(ports.ingress, deployment, weights, ports.clock), moved };
}

/**
 * Whether people are notified again in this look of the watchdog's: one of ten, a minute apart.
 * @param waited milliseconds since any fixed moment
 */
export function isToldAgain(waited: number): boolean {
  return waited % WAIT_FOR_CAPACITY_MS < WATCHDOG_MS;
}
