/**
 * Measures whether the rate of a side wanders by itself, for example because of a shared cache that fills, a dependency
 * of its own, or a batch. Neighbouring windows of a few minutes then differ by more than chance: the lower quartile of
 * their differences is compared with that of chance. A rate that jumps does not wander. Its causes (a neighbour who
 * comes and goes, an hourly job, a crowd) affect both sides of a comparison alike, and many of its failures come in
 * spells far above the median.
 */
import type { Pair } from './e-value.ts';
import { joinedPeriods, type Period } from './overdispersion.ts';

/** The assumed memory: after this many minutes a deviation has fallen to 1/e. */
const MEMORY_MINUTES = 10;
/** Over this many times the memory, a rate that swings within minutes is level. */
const LEVEL_MEMORIES = 3;
/** How many failures a window should contain. */
const NOISE_WINDOW_FAILURES = 20;
const LEAST_PAIRS = 20;
/** Lower quartile of the squared standard normal. */
const CHI_SQUARE_QUARTILE = 0.1015;
/**
 * How many failures a period should contain to show whether it is a spell; as few as possible, because spells are
 * short.
 */
const STRETCH_FAILURES = 3;
/** The rate of a spell exceeds the median by this factor. */
const FAR = 3;
/**
 * If spells contain more than this share of the failures, the rate jumps. If it wanders with a deviation of half a
 * logarithm, they contain a tenth, and with a whole one a third.
 */
const SPELLS_SHARE = 0.2;
/**
 * Standard deviation of that quartile, relative to its value, times the square root of the number of independent pairs.
 */
const QUARTILE_SPREAD = 3.6;
const SURELY = 2;
/**
 * The part of the variance which a wandering rate adds over many minutes, by which the bets are reduced. A value of 1
 * is safe at any traffic and slow; with this value the simulated false rollbacks stay below α for deviations up to a
 * half (docs/explanation/gate.md).
 */
const ALLOWED_FOR = 0.6;

/**
 * Standard deviation of the logarithm of the rate, as it wanders by itself; null if the periods do not show any with
 * confidence.
 * @param minutes length of a period
 * @param finest the same data in the shortest available periods, because a job that runs one minute in ten makes all
 * longer periods look alike
 */
export function rateNoiseOf(
  periods: readonly Period[],
  minutes: number,
  finest: readonly Period[] = periods,
): number | null {
  const size = sizeFor(periods, NOISE_WINDOW_FAILURES);
  if (size === null || shareOfSpells(finest) > SPELLS_SHARE) return null;
  const near = spreadOf(joinedPeriods(periods, size));
  if (near === null || near.spread <= near.chance) return null;
  const deviation = deviationOf(near.spread, near.weight, size * minutes);
  // A rate that goes up and down within minutes is level over many of them; a wandering rate is not.
  const longer = Math.ceil((LEVEL_MEMORIES * MEMORY_MINUTES) / minutes);
  const far = longer > size ? spreadOf(joinedPeriods(periods, longer)) : null;
  if (far === null) return deviation;
  const most = deviationOf(far.spread * far.chance, far.weight, longer * minutes);
  return most === 0 ? null : Math.min(deviation, most);
}

interface Spread {
  /** Squared differences of neighbouring windows, in units of chance. */
  readonly spread: number;
  /** The part of it that chance may explain. */
  readonly chance: number;
  /** The weight of a difference of logarithms in it. */
  readonly weight: number;
}

/** By how much neighbouring windows differ; null if too few have failures. */
function spreadOf(windows: readonly Period[]): Spread | null {
  const excesses: { readonly squared: number; readonly weight: number }[] = [];
  for (const [i, a] of windows.entries()) {
    const b = windows[i + 1];
    if (b === undefined || a.n === 0 || b.n === 0) continue;
    if (a.x + b.x < NOISE_WINDOW_FAILURES) continue;
    const [sum, q] = [a.x + b.x, a.n / (a.n + b.n)];
    excesses.push({ squared: (a.x - sum * q) ** 2 / (sum * q * (1 - q)), weight: sum * q * (1 - q) });
  }
  if (excesses.length < LEAST_PAIRS) return null;
  const spread =
    quantileOf(
      excesses.map((e) => e.squared),
      0.25,
    ) / CHI_SQUARE_QUARTILE;
  const weight = quantileOf(
    excesses.map((e) => e.weight),
    0.5,
  );
  // Neighbouring pairs share a window, so half of the pairs are independent.
  return { spread, chance: 1 + (SURELY * QUARTILE_SPREAD) / Math.sqrt(excesses.length / 2), weight };
}

/** Deviation of the logarithm: the difference of two neighbours has this variance beyond chance. */
function deviationOf(spread: number, weight: number, minutes: number): number {
  return Math.sqrt(Math.max(0, spread - 1) / weight / differenceOf(minutes));
}

/** The share of the failures in periods whose rate is far above the median. */
function shareOfSpells(periods: readonly Period[]): number {
  const stretches = joinedPeriods(periods, sizeFor(periods, STRETCH_FAILURES) ?? 1).filter(({ n }) => n > 0);
  const median = quantileOf(
    stretches.map(({ n, x }) => x / n),
    0.5,
  );
  const sum = (of: readonly Period[]) => of.reduce((total, { x }) => total + x, 0);
  return sum(stretches.filter(({ n, x }) => x > FAR * median * n)) / Math.max(1, sum(stretches));
}

/** How many periods contain the given number of failures on average; null if nothing fails. */
function sizeFor(periods: readonly Period[], failures: number): number | null {
  const all = periods.reduce((sum, { x }) => sum + x, 0);
  return all === 0 ? null : Math.ceil((failures * periods.length) / all);
}

/**
 * Variance of the difference between the means of two neighbouring windows, for a deviation with variance 1 and
 * exponential memory.
 */
function differenceOf(minutes: number): number {
  const k = MEMORY_MINUTES / minutes;
  const forgotten = 1 - Math.exp(-1 / k);
  return 2 * (2 * k * (1 - k * forgotten) - (k * forgotten) ** 2);
}

/**
 * Counts the pairs by a number of failures at a time that makes a wandering rate behave like independent causes: a
 * deviation of variance σ² and memory τ minutes adds 2τσ² · failures a minute to the variance of a sum, on either side.
 * @param before stable's rate before these minutes
 */
export function byNoise(compared: readonly (Pair | null)[], noise: number, before: number): (Pair | null)[] {
  if (noise === 0) return [...compared];
  let [x, n] = [0, 0];
  return compared.map((pair) => {
    if (pair === null) return null;
    // Must be known before the minute: what stable has shown until then.
    const rate = Math.max(before, n === 0 ? 0 : x / n);
    [x, n] = [x + pair.x0, n + pair.n0];
    const size = noiseSize(noise, rate, pair.n1, pair.n0);
    return { n0: pair.n0 / size, x0: pair.x0 / size, n1: pair.n1 / size, x1: pair.x1 / size };
  });
}

/** How many failures at a time that is, for `n1` requests a minute of the candidate and `n0` of stable. */
export function noiseSize(noise: number, rate: number, n1: number, n0: number): number {
  return 1 + ALLOWED_FOR * 4 * MEMORY_MINUTES * noise ** 2 * rate * ((n1 * n0) / (n1 + n0));
}

/** The value below which the share `q` of the values lies; 0 without values. */
export function quantileOf(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (at - Math.floor(at)) * (high - low);
}
