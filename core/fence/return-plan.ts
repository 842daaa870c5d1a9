/**
 * Decides where customers go when a run is rolled back, from the healthy targets of both sides. More healthy capacity
 * is preferred, and nobody is sent to a side that is known to be dead while the other one is alive. Missing readings
 * never delay a rollback.
 */
import {
  type Deployment,
  type Ingress,
  type Lease,
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

export interface ReturnNeeds {
  /** Number of healthy targets with which stable can carry everything. */
  readonly needed: number;
  /** Percentage of the requests that the candidate answers now. */
  readonly candidatePercent: number;
  /** Whether the run itself has removed tasks from stable. */
  readonly reduced: boolean;
  /** Whether the wait for capacity has reached its maximum. */
  readonly overdue: boolean;
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

/** Number of healthy targets that stable had when the run began; 1 if it was not recorded. */
export function neededTargets(lease: Lease | null): number {
  return Math.max(1, lease?.capacity?.desired ?? 1);
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
