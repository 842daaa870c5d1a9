/**
 * Compares one side with a fixed rate: if no concurrent control is left (100 %, soak), and for the absolute limit.
 * Changes with the hour or the weather do not cancel here, so these comparisons use the baseline *plus the margin*.
 * E[exp(x ln a − n r (a − 1))] ≤ 1 for Poisson and binomial counts at a rate ≤ r if a > 1, and at a rate ≥ r if a < 1.
 */
import { mixOverOnset, type Onset } from './change-point.ts';
import { mixWithin, WITHIN_BETS } from './confidence-sequence.ts';
import { allowedAt, NO_WARM_UP, type WarmUp } from './regression.ts';

/** Requests and failures of one side in one minute; null is a gap. */
export type Exposed = { readonly n: number; readonly x: number } | null;

/** Counted by causes that make `burst` failures each (e-value.ts). */
export function exposedByCause(minutes: readonly Exposed[], burst: number): Exposed[] {
  return minutes.map((m) => (m === null ? null : { n: m.n / burst, x: m.x / burst }));
}

const RATIOS = [1.4, 2, 4, 8, 32] as const;

/**
 * Evidence that the rate has been above `rate` since some minute; during the warm-up, above `rate` plus its allowance.
 * @param most ln of the most that each minute may add. @default no limit
 */
export function above(
  minutes: readonly Exposed[],
  rate: number,
  warmUp: WarmUp = NO_WARM_UP,
  most: readonly number[] = [],
): Onset {
  const limit = (minute: number) => rate + allowedAt(minute, warmUp);
  const factor = (m: Exposed, minute: number, a: number) => {
    const log = logFactor(m, limit(minute), a);
    return Math.min(log, most[minute] ?? log);
  };
  return mixOverOnset(
    RATIOS.map((a) => minutes.map((m, minute) => factor(m, minute, a))),
    warmUp.minutes,
  );
}

/** ln of the e-value against "the mean rate is `rate` or more". */
export function below(minutes: readonly Exposed[], rate: number): number {
  return mixWithin(WITHIN_BETS.map(({ a }) => minutes.reduce((sum, m) => sum + logFactor(m, rate, a), 0)));
}

function logFactor(minute: Exposed, rate: number, a: number): number {
  return minute === null ? 0 : minute.x * Math.log(a) - minute.n * rate * (a - 1);
}
