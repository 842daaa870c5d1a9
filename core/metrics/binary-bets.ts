/**
 * E-values on shares: how many of n are bad, on two sides or on one. A minute's factor is the likelihood of an
 * alternative over that of the null's point nearest to it (by Kullback–Leibler divergence). Where the null is a
 * half-plane of the two shares, the factor's mean under it is at most 1 whatever the shares are: the geometric mean of
 * the means of single events is below their arithmetic mean, which the projection's first-order condition keeps at 1
 * (Turner, Ly, Grünwald, *Generic E-variables for exact sequential k-sample tests*, 2024, arXiv:2106.02693; Turner and
 * Grünwald, *Exact anytime-valid confidence intervals for contingency tables*, 2023, arXiv:2203.09785). Exact for
 * shares near one half too, where counts are far from Poisson.
 */
import type { Pair } from '../gate/bets/index.ts';

/** Shares of stable and of the candidate. */
export interface Shares {
  readonly p0: number;
  readonly p1: number;
}

/** The line `p1 = offset + slope · p0`. The null hypothesis is on the opposite side of the alternative. */
export interface Boundary {
  readonly offset: number;
  readonly slope: number;
}

/** A share of exactly 0 or 1 would make an outcome impossible, and a single such outcome would decide. */
const LEAST = 1e-6;
const STEPS = 45;

/** ln of one minute's factor for `alternative`, against the null hypothesis beyond `line`. */
export function logRatio(pair: Pair, alternative: Shares, line: Boundary): number {
  const { p0, p1 } = nearest(pair, alternative, line);
  return logLikelihood(pair.n0, pair.x0, alternative.p0, p0) + logLikelihood(pair.n1, pair.x1, alternative.p1, p1);
}

/** Mean and variance of {@link logRatio} if the alternative is true; used for sample sizes. */
export function growthOf(
  { n0, n1 }: Pick<Pair, 'n0' | 'n1'>,
  alternative: Shares,
  line: Boundary,
): { readonly drift: number; readonly variance: number } {
  const { p0, p1 } = nearest({ n0, n1, x0: 0, x1: 0 }, alternative, line);
  const one = (n: number, p: number, q: number) => {
    const [bad, good] = [Math.log(p / q), Math.log((1 - p) / (1 - q))];
    return { drift: n * (p * bad + (1 - p) * good), variance: n * p * (1 - p) * (bad - good) ** 2 };
  };
  const [stable, candidate] = [one(n0, alternative.p0, p0), one(n1, alternative.p1, p1)];
  return { drift: stable.drift + candidate.drift, variance: stable.variance + candidate.variance };
}

/** For one side: ln of the factor for a share of `p1`, against a share of `limit`. */
export function logRatioAlone(n: number, x: number, p1: number, limit: number): number {
  return logLikelihood(n, x, clamped(p1), clamped(limit));
}

export function clamped(share: number): number {
  return Math.min(1 - LEAST, Math.max(LEAST, share));
}

function logLikelihood(n: number, x: number, p: number, q: number): number {
  return x * Math.log(p / q) + (n - x) * Math.log((1 - p) / (1 - q));
}

/**
 * The point of the line with the least divergence from the alternative. The divergence is convex along the line, so the
 * zero of its slope is found by bisection.
 */
function nearest({ n0, n1 }: Pair, { p0, p1 }: Shares, { offset, slope }: Boundary): Shares {
  if (offset === 0 && slope === 1) {
    const pooled = clamped((n0 * p0 + n1 * p1) / (n0 + n1));
    return { p0: pooled, p1: pooled };
  }
  const rise = (q0: number) => {
    const q1 = clamped(offset + slope * q0);
    return (n0 * (q0 - p0)) / (q0 * (1 - q0)) + (n1 * slope * (q1 - p1)) / (q1 * (1 - q1));
  };
  let [low, high] = [LEAST, Math.min(1 - LEAST, (1 - LEAST - offset) / slope)];
  for (let i = 0; i < STEPS; i++) {
    const middle = (low + high) / 2;
    if (rise(middle) > 0) high = middle;
    else low = middle;
  }
  return { p0: clamped(low), p1: clamped(offset + slope * low) };
}
