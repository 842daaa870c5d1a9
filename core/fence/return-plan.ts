/**
 * Decides where customers go when a run is rolled back, from the healthy targets of both sides. More healthy capacity
 * is preferred, and nobody is sent to a side that is known to be dead while the other one is alive. Missing readings
 * never delay a rollback.
 */
import {
  type CapacitySnapshot,
  type CarriedSnapshot,
  type Deployment,
  fromIso,
  type Ingress,
  type Lease,
  mayReduceStable,
  type RuleWeights,
  SAFE_SPLIT,
  shareOf,
  type TargetHealthCounts,
  type TrafficSplit,
} from '../model/index.ts';

/** Both sides and the listener as they are now; null where they could not be read. */
export interface Survey {
  readonly live: readonly RuleWeights[] | null;
  readonly stable: TargetHealthCounts | null;
  readonly candidate: TargetHealthCounts | null;
}

/** Reads everything at once and never rejects, because it runs in parallel to the fence. */
export async function survey(ingress: Ingress): Promise<Survey> {
  const [live, stable, candidate] = await Promise.all([
    ingress.read().catch(() => null),
    ingress.health('stable').catch(() => null),
    ingress.health('candidate').catch(() => null),
  ]);
  return { live, stable, candidate };
}

/**
 * `whole`: stable gets everything. `refuge`: the candidate gets everything, because stable is dead. `wait`: nothing
 * moves while stable is scaled up. `partial`: the wait has reached its maximum, and stable gets a share in proportion
 * to its capacity.
 */
export type ReturnPlan =
  | { readonly kind: 'whole' | 'refuge' | 'partial'; readonly split: TrafficSplit }
  | { readonly kind: 'wait' };

/**
 * For so long a rollback waits for healthy stable targets; then stable gets a share in proportion, and people are
 * notified again, once in each such time.
 */
export const WAIT_FOR_CAPACITY_MS = 600_000;

/** What stable must have before it gets everything. */
export interface StableNeeds {
  /** Number of healthy targets with which stable can carry everything. */
  readonly needed: number;
  /** Whether the run itself has removed tasks from stable. */
  readonly reduced: boolean;
  /** Whether the wait for capacity has reached its maximum. */
  readonly overdue: boolean;
}

export interface ReturnNeeds extends StableNeeds {
  /** Percentage of the requests that the candidate answers now. */
  readonly candidatePercent: number;
  /** Whether an operator insists that stable gets everything, whatever its health. */
  readonly breakGlass: boolean;
}

const WHOLE: ReturnPlan = { kind: 'whole', split: SAFE_SPLIT };

/**
 * Stable gets everything if its health is unknown, if it has the targets that it needs (or half of them, if the run has
 * removed none), if it has more than the candidate, or if the candidate is dead or answers nobody. If stable is dead,
 * the candidate keeps or gets everything.
 */
export function planReturn({ stable, candidate }: Survey, needs: ReturnNeeds): ReturnPlan {
  const { needed, candidatePercent, reduced, overdue, breakGlass } = needs;
  if (breakGlass || stable === null || stable.healthy >= needed) return WHOLE;
  if (candidate === null || candidate.healthy === 0 || candidatePercent === 0) return WHOLE;
  if (stable.healthy === 0)
    return candidatePercent === 100
      ? { kind: 'wait' }
      : { kind: 'refuge', split: { candidatePercent: 100, mirror: null } };
  if (stable.healthy > candidate.healthy || (!reduced && 2 * stable.healthy >= needed)) return WHOLE;
  if (!overdue) return { kind: 'wait' };
  const stablePercent = Math.max(Math.floor(100 - candidatePercent), Math.floor((100 * stable.healthy) / needed));
  return { kind: 'partial', split: { candidatePercent: 100 - stablePercent, mirror: null } };
}

/** By the lease; null if no run owns the ingress. Stable needs as many targets as it had; 1 if that was not recorded. */
export function stableNeeds(lease: Lease | null, now: number): StableNeeds {
  return {
    needed: neededTargets(lease?.capacity),
    reduced: lease?.stableCapacity === 'reduced',
    overdue: lease?.rollback != null && now - fromIso(lease.rollback.requestedAt) >= WAIT_FOR_CAPACITY_MS,
  };
}

/**
 * By what a run without a lease carries; null if nobody knows. Nothing records since when such a return waits, so
 * stable gets its share at once, and the watchdog raises it every minute.
 */
export function carriedNeeds(carried: Pick<CarriedSnapshot, 'capacity' | 'phase'> | null): StableNeeds {
  const reduced = carried !== null && mayReduceStable(carried.phase);
  return { needed: neededTargets(carried?.capacity), reduced, overdue: true };
}

function neededTargets(capacity: CapacitySnapshot | null | undefined): number {
  return Math.max(1, capacity?.desired ?? 1);
}

/** The share assumed if only testers reach the candidate: not nobody, but hardly anybody. In percent. */
const COHORT_PERCENT = 0.1;

/**
 * Percentage that the candidate answers, from the listener, or from the lease if the listener cannot be read. The rule
 * of a cohort only shows that the candidate answers somebody.
 */
export function candidatePercentOf(deployment: Deployment, live: Survey['live'], lease: Lease | null): number {
  if (live === null) return lease === null ? 100 : leastOf(lease.intent.split);
  const most = (rules: readonly RuleWeights[]) =>
    100 * Math.max(0, ...rules.map((rule) => shareOf(deployment, rule, ['candidate', 'mirrorReverse'])));
  const cohorts = new Set(deployment.rules.flatMap(({ arn, cohort }) => (cohort === true ? [arn] : [])));
  const others = most(live.filter(({ ruleArn }) => !cohorts.has(ruleArn)));
  return others === 0 && most(live) > 0 ? COHORT_PERCENT : others;
}

function leastOf(split: TrafficSplit): number {
  return split.cohort === true ? Math.max(COHORT_PERCENT, split.candidatePercent) : split.candidatePercent;
}
