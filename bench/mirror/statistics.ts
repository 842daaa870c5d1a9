import { median } from '../../core/gate/bets/median.ts';

/** Percentile of sorted values; `share` from 0 to 1. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: median(sorted), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Student's t at 97.5 % for the degrees of freedom of ten blocks. */
const T_8 = 2.306;
const BLOCKS = 10;

export interface Slope {
  readonly perSecond: number;
  /** Half the width of the 95 % interval. */
  readonly margin: number;
}

/**
 * Least squares on the means of ten blocks, because samples one second apart depend on each other, and blocks hardly
 * do. One value per second.
 */
export function slope(values: readonly number[]): Slope {
  const size = Math.floor(values.length / BLOCKS);
  const means = Array.from({ length: BLOCKS }, (_, i) => mean(values.slice(i * size, (i + 1) * size)));
  const times = means.map((_, i) => (i + 0.5) * size);
  const [t, v] = [mean(times), mean(means)];
  const sxx = times.reduce((sum, x) => sum + (x - t) ** 2, 0);
  const perSecond = times.reduce((sum, x, i) => sum + (x - t) * ((means[i] ?? v) - v), 0) / sxx;
  const residual = times.reduce((sum, x, i) => sum + ((means[i] ?? v) - v - perSecond * (x - t)) ** 2, 0);
  return { perSecond, margin: T_8 * Math.sqrt(residual / (BLOCKS - 2) / sxx) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
