/** How much evidence a stage takes. */
import type { GatePolicy } from './policy.ts';

/**
 * Candidate requests that a stage needs before a healthy candidate passes with a chance of about 97.5 %: the sample must
 * not, by luck, show it worse by the margin. Normal approximation of the difference of two proportions at equal rates.
 * `errorRate` is the control's, 0 to 1; `share` the candidate's share of requests, above 0 and below 1.
 */
export function requestsNeeded(policy: GatePolicy, errorRate: number, share: number): number {
  const variance = errorRate * (1 - errorRate);
  const ratio = share / (1 - share);
  return Math.max(policy.minRequests, Math.ceil((1.96 / policy.errorMargin) ** 2 * variance * (1 + ratio)));
}
