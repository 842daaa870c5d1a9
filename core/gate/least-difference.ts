/**
 * How large a difference must be, observed since it most likely began, to trigger a rollback. What hurts one side somewhat more for some
 * minutes and is over (a neighbour in a zone where more of its targets are, a crawler, a restart) is no reason; the longer it stays the less it may be, down to
 * half of the margin. That only takes calls away, so α holds whatever the data chose.
 */

/** Share of the margin below which nothing is acted on, however long it lasts. */
export const MATTERS = 0.5;
/** What else is asked of a difference that has lasted for a minute, in margins; it falls like one over the root of the minutes, as what chance makes of them does. */
const AT_ONCE = 1.75;
/** More is asked of none: a regression of twice the margin shows it within a minute or two. */
const MOST = 1.5;

/** Share of the margin that a difference must reach which began so many minutes ago. */
export function leastDifference(minutes: number): number {
  return Math.min(MOST, MATTERS + AT_ONCE / Math.sqrt(minutes));
}
