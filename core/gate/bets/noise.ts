/**
 * A side's rate may wander by itself: a shared cache that fills, a dependency of its own, a batch. Neighbouring windows of a few minutes then
 * differ by more than chance: the lower quartile of what they differ is compared with chance's. A rate that jumps (a neighbour who comes and goes, a
 * job at the hour, a crowd: what hurts both sides of a comparison alike) does not wander, and much of its failures come in spells far above the median.
 */
import type { Pair } from './e-value.ts';
import { joinedPeriods, type Period } from './overdispersion.ts';

/** Memory that is taken for granted: after so many minutes a deviation has fallen to 1/e. */
const MEMORY_MINUTES = 10;
/** Over so many times as long a rate that swings within minutes is level. */
const LEVEL_MEMORIES = 3;
/** Failures that a window should hold. */
const NOISE_WINDOW_FAILURES = 20;
const LEAST_PAIRS = 20;
/** Lower quartile of the squared standard normal. */
const CHI_SQUARE_QUARTILE = 0.1015;
/** Failures that a stretch should hold for its rate to say whether it is a spell: as few as can, for spells are short. */
const STRETCH_FAILURES = 3;
/** A spell's rate is above the median stretch's so many times. */
const FAR = 3;
/** A rate of which spells have more than this share of the failures jumps. Where it wanders by half a logarithm they have a tenth, and at a whole one a third. */
const SPELLS_SHARE = 0.2;
/** Standard deviation of that quartile over its value, times the root of the number of independent pairs. */
const QUARTILE_SPREAD = 3.6;
const SURELY = 2;
/**
 * Of the variance that a wandering rate adds over many minutes, the part that the bets are made smaller for. A whole 1 is safe at any traffic and slow;
 * with this the simulated false rollbacks stay below α for deviations up to a half (docs/explanation/gate.md).
 */
const ALLOWED_FOR = 0.6;

/**
 * Standard deviation of the logarithm of the rate, as it wanders by itself; null where the periods do not surely show any.
 * @param minutes length of a period
 * @param finest the same in the shortest periods that there are: a job of a minute in every ten makes longer ones differ all alike
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
  // What goes up and down within minutes is level over many of them, and one that wanders is not.
  const longer = Math.ceil((LEVEL_MEMORIES * MEMORY_MINUTES) / minutes);
  const far = longer > size ? spreadOf(joinedPeriods(periods, longer)) : null;
  if (far === null) return deviation;
  const most = deviationOf(far.spread * far.chance, far.weight, longer * minutes);
  return most === 0 ? null : Math.min(deviation, most);
}

interface Spread {
  /** Squared differences of neighbouring windows, in units of chance's. */
  readonly spread: number;
  /** So much of it may be chance. */
  readonly chance: number;
  /** What a difference of the logarithms counts for in it. */
  readonly weight: number;
}

/** By how much neighbouring windows differ; null where too few have failures. */
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
  // Neighbours share a window, so half of the pairs are independent.
  return { spread, chance: 1 + (SURELY * QUARTILE_SPREAD) / Math.sqrt(excesses.length / 2), weight };
}

/** Of the logarithm: the difference of two neighbours' has this variance beyond chance. */
function deviationOf(spread: number, weight: number, minutes: number): number {
  return Math.sqrt(Math.max(0, spread - 1) / weight / differenceOf(minutes));
}

/** Of the failures, the share that came in stretches whose rate is far above the median one's. */
function shareOfSpells(periods: readonly Period[]): number {
  const stretches = joinedPeriods(periods, sizeFor(periods, STRETCH_FAILURES) ?? 1).filter(({ n }) => n > 0);
  const median = quantileOf(
    stretches.map(({ n, x }) => x / n),
    0.5,
  );
  const sum = (of: readonly Period[]) => of.reduce((total, { x }) => total + x, 0);
  return sum(stretches.filter(({ n, x }) => x > FAR * median * n)) / Math.max(1, sum(stretches));
}

/** Periods that hold so many failures at the mean; null where none fails. */
function sizeFor(periods: readonly Period[], failures: number): number | null {
  const all = periods.reduce((sum, { x }) => sum + x, 0);
  return all === 0 ? null : Math.ceil((failures * periods.length) / all);
}

/** Variance of the difference of two neighbouring windows' means, where the deviation has variance 1 and forgets exponentially. */
function differenceOf(minutes: number): number {
  const k = MEMORY_MINUTES / minutes;
  const forgotten = 1 - Math.exp(-1 / k);
  return 2 * (2 * k * (1 - k * forgotten) - (k * forgotten) ** 2);
}

/**
 * The pairs counted by so many failures at a time as make a wandering rate look like independent causes: a deviation of variance σ² and memory τ
 * minutes adds 2τσ² · failures a minute to the variance of a sum, on either side. @param before the stable side's rate of before
 */
export function byNoise(compared: readonly (Pair | null)[], noise: number, before: number): (Pair | null)[] {
  if (noise === 0) return [...compared];
  let [x, n] = [0, 0];
  return compared.map((pair) => {
    if (pair === null) return null;
    // Known before the minute: what the stable side has shown until then.
    const rate = Math.max(before, n === 0 ? 0 : x / n);
    [x, n] = [x + pair.x0, n + pair.n0];
    const size = noiseSize(noise, rate, pair.n1, pair.n0);
    return { n0: pair.n0 / size, x0: pair.x0 / size, n1: pair.n1 / size, x1: pair.x1 / size };
  });
}

/** How many failures at a time that is, for `n1` requests a minute of the candidate beside `n0`. */
export function noiseSize(noise: number, rate: number, n1: number, n0: number): number {
  return 1 + ALLOWED_FOR * 4 * MEMORY_MINUTES * noise ** 2 * rate * ((n1 * n0) / (n1 + n0));
}

/** The value below which the share `q` of them lies; 0 of none. */
export function quantileOf(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (at - Math.floor(at)) * (high - low);
}
