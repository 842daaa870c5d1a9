/**
 * The cohort: testers meet the candidate before anybody else does, by a rule of their own. They are no sample of the customers, so
 * nothing is compared with the stable side; the candidate is held against the baseline, and can only be sent back by it.
 */
import { gatePolicyOf, judgeAlone, requests, total } from '../gate/index.ts';
import { cohortPlan } from '../metrics/index.ts';
import type { BaselineSummary, MinuteEvidence, Plan } from '../model/index.ts';
import type { Observation } from './observation.ts';

/** Number of the stage in which the cohort is alone with the candidate: the one before the first. */
export const COHORT_STAGE = -1;

/** Such as `shadow`, `cohort` or `stage 2`: a place in a run whose plan is not at hand. */
export function describePlace({ phase, stage }: { readonly phase: string; readonly stage: number }): string {
  if (phase !== 'stage') return phase;
  return stage === COHORT_STAGE ? 'cohort' : `stage ${stage + 1}`;
}

/** Whether the candidate was met by enough testers, and stood it. */
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
