/**
 * A confidence sequence for the difference of the two failure rates, candidate minus stable: bounds that hold at all
 * evaluations at once. The difference is the mean over the candidate's requests so far; neither side's rate need be
 * constant. An upper bound below the margin is the gate's evidence to advance (docs/explanation/gate.md).
 */
import { logMeanExp, logMixExp, logTilt, type Pair, type Product, ratioBet } from './e-value.ts';

/**
 * Bets against "worse by the margin or more": a is small for a low base rate and near 1 for a high one. The values
 * nearest to 1, for a margin that is small compared with the base rate, share a tenth of the stake, because they are
 * rarely needed.
 */
export const WITHIN_BETS: readonly { readonly a: number; readonly weight: number }[] = [
  ...[0.02, 0.1, 0.3, 0.5, 0.7, 0.85, 0.95].map((a) => ({ a, weight: 0.9 / 7 })),
  ...[0.985, 0.995, 0.9985, 0.9995].map((a) => ({ a, weight: 0.1 / 4 })),
];
const BELOW: readonly number[] = WITHIN_BETS.map(({ a }) => a);

/** ln of the mixture of the bets in {@link WITHIN_BETS}. */
export function mixWithin(logs: readonly number[]): number {
  return logMixExp(logs.map((log, i) => ({ log, weight: WITHIN_BETS[i]?.weight ?? 0 })));
}

/** Rate ratios of the bets against "no worse than". */
const ABOVE = [1.2, 1.5, 2, 4, 8] as const;

/**
 * ln of the e-value against "candidate − stable ≥ `margin`". A large value is evidence that the candidate is worse by
 * less than the margin.
 * @param incident share of stable's failures above which chance alone makes differences of many margins. Half of the
 * stake is on the other minutes. An incident consists of the minutes with most of stable's failures, which favour the
 * candidate, so leaving them out can only lower the mean of the e-value (docs/explanation/gate.md)
 */
export function withinMargin(compared: readonly Pair[], margin: number, incident = Number.POSITIVE_INFINITY): number {
  return refutation(compared, incident)(margin);
}

/** The smallest difference that is refuted from above at level `alpha`; 1 if there is none. */
export function upperBound(against: Refutation, alpha: number): number {
  return bisect((d) => against(d) >= Math.log(1 / alpha), 0, 1);
}

/** ln of the e-value against "candidate − stable ≥ `difference`", for the same minutes and any difference. */
export type Refutation = (difference: number) => number;

/** Like {@link withinMargin}, for any margin. */
export function refutation(compared: readonly Pair[], incident = Number.POSITIVE_INFINITY): Refutation {
  const calm = compared.filter(({ n0, x0 }) => x0 <= incident * n0);
  const views = calm.length === compared.length ? [compared] : [compared, calm];
  const all = views.map((view) =>
    BELOW.map((a) => productOf(view, (pair) => ({ log: logTilt(pair, a), slope: pair.n1 * (a - 1) }))),
  );
  return (d) => logMeanExp(all.map((sums) => mixWithin(sums.map(({ log, slope }) => log - d * slope))));
}

/** The largest difference of at least 0 that the data refute from below at level `alpha`; 0 if there is none. */
export function lowerBound(compared: readonly Pair[], alpha: number): number {
  const all = ABOVE.map((ratio) => productOf(compared, (pair) => ratioBet(pair, ratio)));
  const refuted = (d: number) => logMeanExp(all.map(({ log, slope }) => log - d * slope)) >= Math.log(1 / alpha);
  return refuted(0) ? bisect((d) => !refuted(d), 0, 1) : 0;
}

function productOf(compared: readonly Pair[], factor: (pair: Pair) => Product): Product {
  let [log, slope] = [0, 0];
  for (const pair of compared) {
    const one = factor(pair);
    [log, slope] = [log + one.log, slope + one.slope];
  }
  return { log, slope };
}

/** The smallest argument for which a monotone condition holds. */
function bisect(holds: (x: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
