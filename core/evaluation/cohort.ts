/**
 * The cohort: testers use the candidate before anybody else does, by a rule of their own. They are not a sample of the
 * customers, so nothing is compared with stable. The candidate is compared with the baseline, which can only roll it
 * back.
 */
import { quantity } from '../../input/index.ts';
import { gatePolicyOf, judgeAlone, requests, total } from '../gate/index.ts';
import { cohortPlan } from '../metrics/index.ts';
import type { BaselineSummary, MinuteEvidence, Plan } from '../model/index.ts';
import type { Observation } from './observation.ts';

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
  const counted = `The cohort sent ${quantity(seen, 'request')}; at least ${wanted} are needed.`;
  return { decision: seen < wanted ? 'hold' : 'advance', reason: counted, metrics };
}
