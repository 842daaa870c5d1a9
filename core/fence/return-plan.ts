/**
 * Where customers go when a run is rolled back, by the healthy targets of both sides. More healthy capacity beats less, and
 * nobody is sent to a side that is known to be dead while the other one lives. What cannot be read keeps nobody from safety.
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

/** Reads everything at once and never rejects: it stands beside the fence, not before it. */
export async function survey(ingress: Ingress): Promise<Survey> {
  const [live, stable, candidate] = await Promise.all([
    ingress.read().catch(() => null),
    ingress.health('stable').catch(() => null),
    ingress.health('candidate').catch(() => null),
  ]);
  return { live, stable, candidate };
}

/**
 * `whole`: the stable side gets everything. `refuge`: the candidate does, for the stable side is dead. `wait`: nothing moves while
 * the stable side is scaled up. `partial`: it has waited too long, and gets a share in proportion.
 */
export type ReturnPlan =
  | { readonly kind: 'whole' | 'refuge' | 'partial'; readonly split: TrafficSplit }
  | { readonly kind: 'wait' };

export interface ReturnNeeds {
  /** Healthy targets with which the stable side carries everything. */
  readonly needed: number;
  /** Percent of the requests that the candidate answers now. */
  readonly candidatePercent: number;
  /** The run itself had taken tasks away from the stable side. */
  readonly reduced: boolean;
  /** The wait for capacity has lasted for its maximum. */
  readonly overdue: boolean;
  /** An operator's word that the stable side may have everything whatever its health. */
  readonly breakGlass: boolean;
}

const WHOLE: ReturnPlan = { kind: 'whole', split: SAFE_SPLIT };

/**
 * The stable side gets everything when its health is unknown, when it has the targets that it needs (or half of them, where
 * the run took none away), when it has more than the candidate, or when the candidate is dead or answers nobody. While it is
 * dead itself, the candidate keeps or gets everything.
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

/** Healthy targets that the stable side had when the run began; one where nobody noted it. */
export function neededTargets(lease: Lease | null): number {
  return Math.max(1, lease?.capacity?.desired ?? 1);
}

/** What testers alone weigh: somebody is there, and hardly anybody. Percent. */
const COHORT_PERCENT = 0.1;

/**
 * Percent that the candidate answers by the listener itself, or by the lease where the listener cannot be read. A cohort's rule says
 * nothing of the others' share, but that the candidate answers somebody.
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
