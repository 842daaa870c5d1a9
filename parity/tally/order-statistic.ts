/**
 * Confidence limits of a quantile by order statistics, free of any assumption on the distribution: the number of n
 * samples below the q-quantile is binomial (n, q), so P(X(r) ≥ quantile) ≥ P(Bin(n, q) ≤ r − 1). David and Nagaraja,
 * Order Statistics (3rd ed. 2003), 7.1; NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.2.
 */

/**
 * Rank (1 = smallest) of the sample that is at or above the q-quantile with confidence 1 − alpha; null if n is too
 * small.
 */
export function upperRank(n: number, q: number, alpha: number): number | null {
  const rank = binomialQuantile(n, q, 1 - alpha) + 1;
  return rank > n ? null : rank;
}

/** Rank of the sample that is at or below the q-quantile with confidence 1 − alpha; null if n is too small. */
export function lowerRank(n: number, q: number, alpha: number): number | null {
  const rank = binomialQuantile(n, q, alpha);
  return rank < 1 ? null : rank;
}

/** The smallest number of samples whose maximum is an upper limit of the q-quantile: q^n ≤ alpha. */
export function samplesNeeded(q: number, alpha: number): number {
  return Math.ceil(Math.log(alpha) / Math.log(q));
}

/** Terms below this share of the largest one are left out of the sum. */
const NEGLIGIBLE = 1e-18;

/**
 * Smallest k with P(Bin(n, p) ≤ k) ≥ target. Sums the terms around the mode, about ten standard deviations on either
 * side.
 */
export function binomialQuantile(n: number, p: number, target: number): number {
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  const below: number[] = [];
  for (let k = mode, term = 1; k > 0 && term > NEGLIGIBLE; k--) {
    term *= k / ((n - k + 1) * odds);
    below.push(term);
  }
  const above: number[] = [];
  for (let k = mode, term = 1; k < n && term > NEGLIGIBLE; k++) {
    term *= ((n - k) * odds) / (k + 1);
    above.push(term);
  }
  const terms = [...below.reverse(), 1, ...above];
  const total = terms.reduce((sum, term) => sum + term, 0);
  let cumulated = 0;
  for (const [i, term] of terms.entries()) {
    cumulated += term;
    if (cumulated >= target * total) return mode - below.length + i;
  }
  return n;
}
