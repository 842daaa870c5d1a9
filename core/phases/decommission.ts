/** When stable may lose capacity, and how much at a time. */
import { type Deployment, type MinuteEvidence, type RuleWeights, shareOf, type TrafficSplit } from '../model/index.ts';

/**
 * Requests that the stable side still answered for customers. With the reverse mirror open it also answers copies,
 * which come from the mirror and not through the stable target group, so its group's count is customers alone.
 *
 * Null without evidence: ALB reports a RequestCount only when it is not zero, so a missing stable count means none only
 * in minutes in which the candidate's arrived.
 */
export function residue(minutes: readonly MinuteEvidence[], split: TrafficSplit): number | null {
  if (split.candidatePercent < 100) return Number.POSITIVE_INFINITY;
  if (!minutes.some((m) => (m.candidate?.requests ?? 0) > 0)) return null;
  return minutes.reduce((sum, m) => sum + (m.stable?.requests ?? 0), 0);
}

/**
 * Percentage of the customers' requests that the listener gives to stable, in the rule with the highest value; rounded
 * up.
 */
export function answeredByStable(deployment: Deployment, live: readonly RuleWeights[]): number {
  return Math.ceil(100 * Math.max(0, ...live.map((rule) => shareOf(deployment, rule, ['stable', 'mirrorForward']))));
}

/** Half, rounded down, so that the last step is from one task to none. */
export function nextDesired(desired: number): number {
  return Math.floor(desired / 2);
}
