/**
 * How large a difference must be, observed since it most likely began, to trigger a rollback. What hurts one side
 * somewhat more for some minutes and is over (a neighbour in a zone where more of its targets are, a crawler, a
 * restart) is no reason; the longer it stays the less it may be, down to half of the margin. That only takes calls
 * away, so α holds whatever the data chose.
 */
import type { Pair } from './bets/index.ts';

/** Share of the margin below which a difference never causes a rollback, however long it lasts. */
export const MATTERS = 0.5;
/**
 * Additional requirement for a difference that has lasted one minute, in margins. It falls with the square root of the
 * number of minutes.
 */
const AT_ONCE = 1.5;

/**
 * The minimum difference of rates for a difference that began this many minutes ago.
 * @param since both sides' counts since then: at a hundredth of the traffic, a dozen failures may be half as many more
 * or fewer by chance, so a standard error is required in addition
 */
export function leastDifference(minutes: number, { n0, x0, n1, x1 }: Pair, margin: number): number {
  const chance = Math.sqrt(variance(n0, x0) + variance(n1, x1));
  return (MATTERS + AT_ONCE / Math.sqrt(minutes)) * margin + chance;
}

function variance(n: number, x: number): number {
  return n === 0 ? 0 : x / n ** 2;
}
