/** How often a run looks again while it is held longer than its plan has counted on. */

/** Of the time that it has been held so far, the next look may be so large a part away. */
const LOOKS_AGAIN_WITHIN = 1 / 24;
const LONGEST_SECONDS = 86_400;

/**
 * Seconds until the next look. What holds a run (thin traffic and `gate.onUndecided` `"hold"`, sticky sessions that keep a task from going) may last for weeks,
 * and an execution that has used up its history ends, and is rolled back. So the longer it has been held, the less often it looks: hourly after a day, daily after
 * 24; a whole year is 540 looks.
 * @param planned as the plan says @param overtime seconds for which the run has been held beyond what its plan counts on
 */
export function lookInterval(planned: number, overtime: number): number {
  return Math.max(planned, Math.min(LONGEST_SECONDS, Math.floor(overtime * LOOKS_AGAIN_WITHIN)));
}
