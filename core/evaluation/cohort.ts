/**
 * The cohort: testers use the candidate before anybody else does, by a rule of their own. They are not a sample of the
 * customers, so nothing is compared with stable. The candidate is compared with the baseline, which can only roll it
 * back.
 */
import { gatePolicyOf, judgeAlone, requests, total } from '../gate/index.ts';
import { cohortPlan } from '../metrics/index.ts';
import type { BaselineSummary, MinuteEvidence, Plan } from '../model/index.ts';
import type { Observation } from './observation.ts';

/** Number of the stage in which only the cohort uses the candidate: the one before the first. */
export const COHORT_STAGE = -1;

/**
 * A place in a run, for example `shadow`, `cohort` or `stage 10 %`. Without its plan, the second stage is `stage #2`,
 * which nobody takes for 2 %.
 */
export function describePlace(
  { phase, stage }: { readonly phase: string; readonly stage: number },
  plan: Pick<Plan, 'stages'> | null,
): string {
  if (phase !== 'stage') return phase;
  if (stage === COHORT_STAGE) return 'cohort';
  const percent = plan?.stages[stage]?.percent;
  return percent === undefined ? `stage #${stage + 1}` : `stage ${percent} %`;
}

/** Whether enough testers used the candidate, and its results are acceptable. */
export function judgeCohort(
  plan: Plan,
  baseline: BaselineSummary | null,
  minutes: readonly MinuteEvidence[],
): Observation & { readonly metrics: readonly unknown[] } {
  const seen = total(minutes, 'candidate', requests);
  const wanted = plan.cohort?.minRequests ?? 0;
  const verdict = judgeAlone(minutes, gatePolicyOf(cohortPlan(plan), baseline, 0), baseline);
  const { metrics } = verdict;
  if (verdict.decision === 'rollback') return { decision: 'rollback', reason: verdict.reason, metrics };
  const counted = `The cohort sent ${seen} requests; at least ${wanted} are needed.`;
  return { decision: seen < wanted ? 'hold' : 'advance', reason: counted, metrics };
}
