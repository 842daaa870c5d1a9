/** Decides whether a stage may advance, holds, or must roll back: counts, policy and verdict. */
export {
  ALARM_ALONE_FACTOR,
  ALARM_CONTROL_WEIGHT,
  ALARM_HANG_UPS_PERCENT,
  ALARM_MAX_FOREIGN_PERCENT,
  ALARM_MIN_FAILURES,
  ALARM_MIN_REQUESTS,
  ALARM_MOST_UNANSWERED,
  type CountedThresholds,
  falseAlarmBound,
} from './alarm-rules.ts';
export { burstSize, ceilingOf, type Period, rateNoiseOf, spikeOf } from './bets/index.ts';
export { decideGate, eValueText } from './concurrent-control.ts';
export { bothWays, failedAtLeast, percent, requests, settled, settledPrefix, total } from './counts.ts';
export { evidenceSince, gapOf, ordinarySilence } from './freshness.ts';
export { judgeAlone, PEAK_MINUTES, retaken } from './historical-control.ts';
export { leastDifference } from './least-difference.ts';
export { untargetedBefore } from './load-balancer.ts';
export { gatePolicyOf, hasMost, shadowPolicyOf } from './plan-policy.ts';
export { finite } from './policy.ts';
export { type BaseRates, requestsNeeded, requestsNeededAlone } from './sample-size.ts';
