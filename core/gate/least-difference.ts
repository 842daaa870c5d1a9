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
 * number of minutes, like the effect of chance.
 */
const AT_ONCE = 1.75;
/**
 * The requirement never exceeds this, apart from the effect of chance: a regression of twice the margin reaches it
 * within a minute or two.
 */
const MOST = 1.5;

/**
 * The minimum difference of rates for a difference that began this many minutes ago.
 * @param since the candidate's counts since then; a dozen failures may easily be half as many more or fewer by chance
 */
export function leastDifference(minutes: number, { n1, x1 }: Pick<Pair, 'n1' | 'x1'>, margin: number): number {
  const chance = n1 === 0 ? 0 : Math.sqrt(x1) / n1;
  return Math.min(MOST * margin + chance, (MATTERS + AT_ONCE / Math.sqrt(minutes)) * margin);
}
