/**
 * Evidence that the candidate is worse than stable on the same minutes, beyond the tolerance: likelihood ratios of how
 * the failures split between the sides, given their total, for several rate ratios and every minute of onset. If the
 * candidate is not worse, the e-value ever exceeds 1/α with probability at most α (Ville 1939; Wald 1945; Ramdas,
 * Grünwald, Vovk, Shafer 2023, Game-theoretic statistics and safe anytime-valid inference, arXiv:2210.01948), so it may
 * be evaluated every minute.
 */
import { mixOverOnset, type Onset } from './change-point.ts';
import { type Pair, ratioBet } from './e-value.ts';

/** Rate ratios on which the mixture bets in equal parts, in addition to the smallest. */
export const RATIOS = [2, 4, 8, 32] as const;
/** The smallest ratio, unless the margin is small compared with the base rate. */
const SMALLEST_RATIO = 1.4;

/** The first `minutes` minutes, in which the candidate may be worse by `allowance`. */
export interface WarmUp {
  readonly minutes: number;
  readonly allowance: number;
  /**
   * By how much it may still be worse when they are over; this falls to nothing within the same time again.
   * @default 0
   */
  readonly left?: number;
}
export const NO_WARM_UP: WarmUp = { minutes: 0, allowance: 0 };

/** By how much the candidate may be worse in a minute; 0 is the first. */
export function allowedAt(minute: number, { minutes, allowance, left = 0 }: WarmUp): number {
  return minute < minutes ? allowance : minute < 2 * minutes ? left * (2 - minute / minutes) : 0;
}

/** A rate that counts against nobody: at most `ratio` times stable's, plus `absolute`. */
export interface RateTolerance {
  readonly ratio: number;
  readonly absolute: number;
}
export const NO_TOLERANCE: RateTolerance = { ratio: 1, absolute: 0 };

/** ln of the largest factor that a shaken minute contributes against the candidate. */
export const SHAKEN = 1;

/**
 * The e-value after the given minutes; a gap contributes a factor of 1, and without minutes the e-value is 1.
 * @param most ln of the most that each minute may add, such as {@link SHAKEN}; capping a factor lowers its mean,
 * wherever the cap is. @default no limit
 * @param smallest rate ratio to bet on if it is below {@link SMALLEST_RATIO}
 */
export function worse(
  compared: readonly (Pair | null)[],
  warmUp: WarmUp = NO_WARM_UP,
  tolerance: RateTolerance = NO_TOLERANCE,
  most: readonly number[] = [],
  smallest: number = SMALLEST_RATIO,
): Onset {
  const bets = (of: readonly (Pair | null)[], allowed: (minute: number) => number) =>
    [Math.min(smallest, SMALLEST_RATIO), ...RATIOS].map((ratio) =>
      of.map((pair, minute) => {
        const log = bet(pair, ratio, tolerance.ratio, allowed(minute));
        return Math.min(log, most[minute] ?? log);
      }),
    );
  const warm = Math.min(warmUp.minutes, compared.length);
  // The warm-up is no evidence, but it may determine the bets on the minute after it, because those are made before
  // that minute.
  const shown = bets(compared.slice(0, warm), () => tolerance.absolute).map((logs) => logs.reduce((a, b) => a + b, 0));
  return mixOverOnset(
    bets(compared, (minute) => Math.max(tolerance.absolute, allowedAt(minute, warmUp))),
    warmUp.minutes,
    shown,
  );
}

/** ln of one bet's factor, whose mean is at most 1 if p₁ ≤ tolerated · p₀ + allowed. */
function bet(pair: Pair | null, ratio: number, tolerated: number, allowed: number): number {
  if (pair === null) return 0;
  // A side that may fail k times as often is equivalent to one with k times the requests.
  const { log, slope } = ratioBet(tolerated === 1 ? pair : { ...pair, n1: tolerated * pair.n1 }, ratio);
  return log - (allowed * slope) / tolerated;
}
