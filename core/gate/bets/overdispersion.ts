/**
 * Measures whether failures come in bursts. Two neighbouring windows share their failures like a fair coin if each
 * failure has its own cause, and otherwise with a variance that is larger by the size of the bursts. Comparing
 * neighbours and taking the median ensures that a rate that drifts, or jumps now and then, does not look like bursts.
 */
import { median } from './median.ts';

/** Requests and failures of one period. */
export interface Period {
  readonly n: number;
  readonly x: number;
}

/** How many failures a window should contain. With fewer, the shares are too coarse for a median. */
const WINDOW_FAILURES = 20;
/** With fewer pairs of windows, nothing can be concluded. */
const MIN_PAIRS = 20;
/** Median of the squared standard normal. */
const CHI_SQUARE_MEDIAN = 0.4549;
/** Standard deviation of that median, relative to its value, times the square root of the number of pairs. */
const RELATIVE_SPREAD = 2.33;
const SURE = 2;
/** Smaller bursts have no effect worth reporting. */
const LEAST = 1.5;

/** How many failures one cause appears to make at a time; null if the periods show no more than {@link LEAST}. */
export function burstSize(periods: readonly Period[]): number | null {
  const failures = periods.reduce((sum, { x }) => sum + x, 0);
  if (failures === 0) return null;
  const windows = joinedPeriods(periods, Math.ceil((WINDOW_FAILURES * periods.length) / failures));
  const ratios: number[] = [];
  for (let i = 0; i + 1 < windows.length; i += 2) {
    const [a, b] = [windows[i], windows[i + 1]];
    if (a === undefined || b === undefined || a.n === 0 || b.n === 0) continue;
    const [sum, q] = [a.x + b.x, a.n / (a.n + b.n)];
    if (sum >= WINDOW_FAILURES) ratios.push((a.x - sum * q) ** 2 / (sum * q * (1 - q)));
  }
  if (ratios.length < MIN_PAIRS) return null;
  const burst = median(ratios) / CHI_SQUARE_MEDIAN;
  const surely = burst / (1 + (SURE * RELATIVE_SPREAD) / Math.sqrt(ratios.length));
  return surely > LEAST ? burst : null;
}

/** So many neighbours at a time; what is left over at the end is left out. */
export function joinedPeriods(periods: readonly Period[], size: number): Period[] {
  return Array.from({ length: Math.floor(periods.length / size) }, (_, i) =>
    periods.slice(i * size, (i + 1) * size).reduce((sum, { n, x }) => ({ n: sum.n + n, x: sum.x + x })),
  );
}
