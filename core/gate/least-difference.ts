/**
 * How large a difference must be, observed since it most likely began, to trigger a rollback. What hurts one side somewhat more for some
 * minutes and is over (a neighbour in a zone where more of its targets are, a crawler, a restart) is no reason; the longer it stays the less it may be, down to
 * half of the margin. That only takes calls away, so α holds whatever the data chose.
 */
import type { Pair } from './bets/index.ts';

/** Share of the margin below which nothing is acted on, however long it lasts. */
export const MATTERS = 0.5;
/** What else is asked of a difference that has lasted for a minute, in margins; it falls like one over the root of the minutes, as what chance makes of them does. */
const AT_ONCE = 1.75;
/** More is asked of none, but for what chance makes of it: a regression of twice the margin shows it within a minute or two. */
const MOST = 1.5;

/**
 * The difference of rates that is asked of one which began so many minutes ago.
 * @param since of the candidate, what has been counted since then: a dozen failures look like half as many more or fewer by chance
 */
export function leastDifference(minutes: number, { n1, x1 }: Pick<Pair, 'n1' | 'x1'>, margin: number): number {
  const chance = n1 === 0 ? 0 : Math.sqrt(x1) / n1;
  return Math.min(MOST * margin + chance, (MATTERS + AT_ONCE / Math.sqrt(minutes)) * margin);
}
