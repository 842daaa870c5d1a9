/** May a stage advance, hold, or must it go back? Pure statistics on counts. */
export {
  ALARM_MAX_FOREIGN_PERCENT,
  ALARM_MIN_FAILURES,
  ALARM_MIN_REQUESTS,
  type CountedThresholds,
  falseAlarmBound,
} from './alarm-rules.ts';
export { burstSize, type Period } from './bets/index.ts';
export { decideGate } from './concurrent-control.ts';
export { failedAtLeast, requests, settled, settledPrefix, total } from './counts.ts';
export { gapOf } from './freshness.ts';
export { judgeAlone, PEAK_MINUTES } from './historical-control.ts';
export { gatePolicyOf } from './plan-policy.ts';
export { type BaseRates, requestsNeeded, requestsNeededAlone } from './sample-size.ts';
