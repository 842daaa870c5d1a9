/** How often a run is evaluated while it is held. */

/** The interval to the next evaluation, as a part of the time for which the run has been held so far. */
const LOOKS_AGAIN_WITHIN = 1 / 24;
const LONGEST_SECONDS = 86_400;

/**
 * Seconds until the next look. What holds a run (thin traffic, `gate.onUndecided` `"hold"`, sticky sessions that keep a
 * task from going) may last for hours or weeks, and an execution that has used up its history ends, and is rolled back.
 * So the longer it has been held, the less often it looks: every five minutes after two hours, hourly after a day,
 * daily after 24; a whole year is 560 looks.
 * @param planned as the plan says
 * @param held seconds for which the run has been held, negative before
 * @param left seconds until that ends
 */
export function lookInterval(planned: number, held: number, left = Number.POSITIVE_INFINITY): number {
  const backedOff = Math.min(LONGEST_SECONDS, Math.floor(held * LOOKS_AGAIN_WITHIN));
  return Math.max(planned, left > 0 ? Math.min(backedOff, Math.ceil(left)) : backedOff);
}

/** The most evaluations of a phase that lasts for `bake` seconds and may be held for another `maxHold`. */
export function mostLooks(planned: number, bake: number, maxHold: number): number {
  const ends = bake + maxHold;
  let looks = 0;
  for (let at = 0; at < ends; at += lookInterval(planned, at - bake, ends - at)) looks++;
  return looks;
}
