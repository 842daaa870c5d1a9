/** 95 % intervals. */
export interface Mean {
  readonly mean: number;
  /** Half the width of the interval. */
  readonly half: number;
}

const Z = 1.96;

export function meanOf(values: readonly number[]): Mean {
  const mean = average(values);
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, half: Z * Math.sqrt(variance / values.length) };
}

/** Ratio of the means of two samples that had the same traffic, run by run (delta method on the pairs). */
export function ratioOf(over: readonly number[], under: readonly number[]): Mean {
  const below = average(under);
  if (below === 0) return { mean: Number.NaN, half: Number.NaN };
  const ratio = average(over) / below;
  const { half } = meanOf(over.map((value, i) => value - ratio * (under[i] ?? 0)));
  return { mean: ratio, half: half / below };
}

/** Wilson's interval of a proportion (Wilson 1927). */
export function wilson(count: number, runs: number): readonly [number, number] {
  const [p, z2] = [count / runs, Z * Z];
  const centre = (p + z2 / (2 * runs)) / (1 + z2 / runs);
  const half = (Z / (1 + z2 / runs)) * Math.sqrt((p * (1 - p)) / runs + z2 / (4 * runs * runs));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** P(X ≥ `count`) of a binomial: how surprising that many would be if `rate` were the truth. */
export function atLeast(count: number, runs: number, rate: number): number {
  let [term, below] = [(1 - rate) ** runs, 0];
  for (let k = 0; k < count; k++) {
    below += term;
    term *= ((runs - k) / (k + 1)) * (rate / (1 - rate));
  }
  return Math.max(0, 1 - below);
}

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
