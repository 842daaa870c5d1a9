/**
 * Evidence that the candidate is worse than the stable side on the same minutes, beyond what is tolerated: likelihood ratios of
 * the failures' split between the sides, given how many failed in all, for several rate ratios and every minute of onset. Under
 * "not worse" the e-value exceeds 1/α at any time with probability at most α (Ville 1939; Wald 1945; Ramdas, Grünwald, Vovk, Shafer
 * 2023, Game-theoretic statistics and safe anytime-valid inference, arXiv:2210.01948), so it may be looked at every minute.
 */
import { mixOverOnset, type Onset } from './change-point.ts';
import { type Pair, ratioBet } from './e-value.ts';

/** Rate ratios that the mixture bets on, in equal parts, beside the smallest. */
export const RATIOS = [2, 4, 8, 32] as const;
/** The smallest, where the margin is not small beside the base rate. */
const SMALLEST_RATIO = 1.4;

/** The first `minutes` minutes, in which the candidate may be worse by `allowance`. */
export interface WarmUp {
  readonly minutes: number;
  readonly allowance: number;
  /** By so much it may still be worse when they are over; that falls to nothing within as long again. @default 0 */
  readonly left?: number;
}
export const NO_WARM_UP: WarmUp = { minutes: 0, allowance: 0 };

/** By how much the candidate may be worse in a minute, 0 being the first. */
export function allowedAt(minute: number, { minutes, allowance, left = 0 }: WarmUp): number {
  return minute < minutes ? allowance : minute < 2 * minutes ? left * (2 - minute / minutes) : 0;
}

/** What speaks against nobody: a rate of at most `ratio` times the stable side's, plus `absolute`. */
export interface RateTolerance {
  readonly ratio: number;
  readonly absolute: number;
}
export const NO_TOLERANCE: RateTolerance = { ratio: 1, absolute: 0 };

/** ln of the most that a shaken minute adds against the candidate. */
export const SHAKEN = 1;

/**
 * The e-value after the given minutes; a gap is worth 1, and so is no minute at all.
 * @param shaken minutes that add no more than {@link SHAKEN}: a factor that is cut off has a smaller mean, whatever it is cut off by
 * @param smallest rate ratio to bet on where it is below {@link SMALLEST_RATIO}
 */
export function worse(
  compared: readonly (Pair | null)[],
  warmUp: WarmUp = NO_WARM_UP,
  tolerance: RateTolerance = NO_TOLERANCE,
  shaken: readonly boolean[] = [],
  smallest: number = SMALLEST_RATIO,
): Onset {
  const bets = (of: readonly (Pair | null)[], allowed: (minute: number) => number) =>
    [Math.min(smallest, SMALLEST_RATIO), ...RATIOS].map((ratio) =>
      of.map((pair, minute) => {
        const log = bet(pair, ratio, tolerance.ratio, allowed(minute));
        return shaken[minute] === true ? Math.min(log, SHAKEN) : log;
      }),
    );
  const warm = Math.min(warmUp.minutes, compared.length);
  // What a warm-up shows is no evidence, but the bets on the minute after it may be placed by it: they are made before that.
  const shown = bets(compared.slice(0, warm), () => tolerance.absolute).map((logs) => logs.reduce((a, b) => a + b, 0));
  return mixOverOnset(
    bets(compared, (minute) => Math.max(tolerance.absolute, allowedAt(minute, warmUp))),
    warmUp.minutes,
    shown,
  );
}

/** ln of one bet's factor: with p₁ ≤ tolerated · p₀ + allowed its mean is at most 1. */
function bet(pair: Pair | null, ratio: number, tolerated: number, allowed: number): number {
  if (pair === null) return 0;
  // A side that may fail k times as often is like one with k times the requests.
  const { log, slope } = ratioBet(tolerated === 1 ? pair : { ...pair, n1: tolerated * pair.n1 }, ratio);
  return log - (allowed * slope) / tolerated;
}
