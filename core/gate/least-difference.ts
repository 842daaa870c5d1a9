/**
 * How large a difference must be, observed since it most likely began, before anybody goes back for it. What hurts one side somewhat more for some
 * minutes and is over (a neighbour in a zone where more of its targets are, a crawler, a restart) is no reason while it stays below the margin; what
 * stays is one from half of the margin on. Both only take calls away, so α holds whatever the data chose.
 */

/** Share of the margin below which nothing is acted on, however long it lasts. */
export const MATTERS = 0.5;
/** A spell is taken to be over after so many minutes; a difference that has not lasted as long must be above the margin, and by more than chance often makes of a smaller one. */
const SPELL_MINUTES = 15;
const SURELY_ABOVE = 1.25;

/** Share of the margin that a difference must reach which began so many minutes ago. */
export function leastDifference(minutes: number): number {
  return minutes < SPELL_MINUTES ? SURELY_ABOVE : MATTERS;
}
