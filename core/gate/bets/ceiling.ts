/**
 * What a side's rate reaches about once in 10,000 windows: where nobody is left to compare with, the candidate is held
 * against that. A quantile of the side's own windows, and its tail drawn on from there: one bad spell of a day does not
 * raise it, neighbours who come every hour do. Windows should be as long as the candidate's are: a minute reaches
 * further than the mean of five.
 */
import { quantileOf } from './noise.ts';
import type { Period } from './overdispersion.ts';

/** How many requests a window should contain. With fewer, its rate is too coarse. */
const WINDOW_REQUESTS = 100;
const [HIGH, HIGHER] = [0.95, 0.99] as const;
/**
 * An exponential tail falls as far from 1 in 20 to 1 in 100 as from 1 in 100 to 1 in 500. To 1 in 10,000 it falls 2.86
 * times as far.
 */
const FURTHER = Math.log(100) / Math.log(5);
/** If the spread of the windows' rates exceeds that of chance by this factor, the rates are considered to differ. */
const DIFFERING = 1.5;
/** By how many standard errors the mean may be off. */
const SURELY = 3;

/** null if nothing was counted. @param periods in chronological order */
export function ceilingOf(periods: readonly Period[]): number | null {
  const windows = windowsOf(periods);
  const [n, x] = windows.reduce(([a, b], w) => [a + w.n, b + w.x], [0, 0]);
  if (n === 0) return null;
  const mean = x / n;
  const chance = mean + (SURELY * Math.sqrt(Math.max(x, 1))) / n;
  const spread =
    windows.reduce((sum, w) => sum + (w.x - w.n * mean) ** 2, 0) /
    Math.max(
      1,
      windows.reduce((sum, w) => sum + w.n * mean, 0),
    );
  if (spread <= DIFFERING) return Math.min(1, chance);
  return Math.min(1, Math.max(chance, reachOf(windows)));
}

/**
 * What the windows' rates reach, including chance: their quantile and its extrapolated tail.
 * @param periods in chronological order
 */
export function reachOf(periods: readonly Period[]): number {
  const rates = windowsOf(periods).map((w) => w.x / w.n);
  const [high, higher] = [quantileOf(rates, HIGH), quantileOf(rates, HIGHER)];
  return Math.min(1, higher + FURTHER * (higher - high));
}

/** So many windows are about an hour, and so many hours must have had a spike: one is an incident. */
const [HOUR_WINDOWS, HOURS] = [60, 3] as const;

/**
 * The rate that the worst windows of three different hours reached, such as those in which a task restarts; 0 without
 * three hours.
 */
export function spikeOf(periods: readonly Period[]): number {
  const rates = windowsOf(periods).map((w) => w.x / w.n);
  const worst = Array.from({ length: Math.ceil(rates.length / HOUR_WINDOWS) }, (_, hour) =>
    Math.max(...rates.slice(hour * HOUR_WINDOWS, (hour + 1) * HOUR_WINDOWS)),
  );
  return Math.min(1, worst.toSorted((a, b) => b - a)[HOURS - 1] ?? 0);
}

function windowsOf(periods: readonly Period[]): Period[] {
  const windows: Period[] = [];
  let [n, x] = [0, 0];
  for (const period of periods) {
    [n, x] = [n + period.n, x + period.x];
    if (n < WINDOW_REQUESTS) continue;
    windows.push({ n, x });
    [n, x] = [0, 0];
  }
  return n > 0 && windows.length === 0 ? [{ n, x }] : windows;
}
