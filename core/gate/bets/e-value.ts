/**
 * The one inequality on which every figure of the gate rests (docs/explanation/gate.md derives it).
 * In a minute the candidate fails x₁ of n₁ requests and stable x₀ of n₀, at rates p₁ = p₀ + d. For a > 0 and b = 1 −
 * (n₁/n₀)(a − 1) > 0, E[a^x₁ · b^x₀ · exp(−n₁ d (a − 1))] ≤ 1 for Poisson and binomial counts, whatever p₀ is. The base
 * rate cancels, and with it everything that affects both sides alike. Products over minutes are e-processes.
 */
/** Exposure and failures of both sides in one minute. */
export interface Pair {
  readonly n0: number;
  readonly x0: number;
  readonly n1: number;
  readonly x1: number;
}

/** Sums over all minutes that can be compared. */
export function summed(compared: readonly (Pair | null)[]): Pair {
  return compared.reduce<Pair>(
    (all, pair) =>
      pair === null ? all : { n0: all.n0 + pair.n0, x0: all.x0 + pair.x0, n1: all.n1 + pair.n1, x1: all.x1 + pair.x1 },
    { n0: 0, x0: 0, n1: 0, x1: 0 },
  );
}

/**
 * Requests and failures counted by causes that make `burst` failures each. The inequality holds for bursts of any size
 * up to that: a^s is convex in s, so a^(s/burst) is at most 1 + (s/burst)(a − 1), and the rest is as for single
 * failures (docs/explanation/gate.md).
 */
export function byCause({ n0, x0, n1, x1 }: Pair, burst: number): Pair {
  return { n0: n0 / burst, x0: x0 / burst, n1: n1 / burst, x1: x1 / burst };
}

/** ln of a^x₁ · b^x₀, with b chosen so that the base rate cancels. */
export function logTilt({ n0, x0, n1, x1 }: Pair, a: number): number {
  return x1 * Math.log(a) + x0 * Math.log1p(-(n1 / n0) * (a - 1));
}

/** ln of a bet's product over minutes, and the coefficient of the allowed difference in its compensator. */
export interface Product {
  readonly log: number;
  readonly slope: number;
}

/**
 * The likelihood ratio of "the candidate fails `ratio` times as often" to "alike", given the number of failures:
 * `logTilt` with a = ratio/mixed, so b = 1/mixed.
 */
export function ratioBet({ n0, x0, n1, x1 }: Pair, ratio: number): Product {
  const mixed = (n0 + ratio * n1) / (n0 + n1);
  return { log: x1 * Math.log(ratio) - (x0 + x1) * Math.log(mixed), slope: n1 * (ratio / mixed - 1) };
}

/** ln of the mean of exp(l), without overflow. */
export function logMeanExp(logs: readonly number[]): number {
  const peak = Math.max(...logs);
  return peak + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - peak), 0) / logs.length);
}

/** The same for a weighted mean, with weights that sum to one. */
export function logMixExp(parts: readonly { readonly log: number; readonly weight: number }[]): number {
  const peak = Math.max(...parts.map((p) => p.log));
  return peak + Math.log(parts.reduce((sum, { log, weight }) => sum + weight * Math.exp(log - peak), 0));
}
