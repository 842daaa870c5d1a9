/**
 * Kayenta's own judge, NetflixACAJudge-v1.0 (spinnaker/kayenta, kayenta-judge and kayenta-mannwhitney), as Spinnaker's
 * guide uses it: every hour, over the minutes of the stage, with a baseline of the canary's size, as the guide
 * requires: the larger side is sampled down to the requests of the smaller one.
 */
import { known } from '../../core/gate/counts.ts';
import type { SideCounts } from '../../core/model/evidence.ts';
import { binomial, generator } from '../../test/support/random.ts';
import type { Answer, GateMaker } from './gates.ts';
import { mix } from './world.ts';

/** Normal quantile of the two-sided confidence 0.98. */
const QUANTILE = 2.326347874;
/** Share of the estimated shift by which the interval must clear zero. */
const TOLERANCE = 0.25;
/** Number of halvings of a search, down to 1e-12 of the range. */
const HALVINGS = 40;
/** Mixed into the seed for the draw of the smaller deployments. */
const SAMPLE = 0x27d4eb2f;

/** Errors and slowness each make up half of the score, so that one that is high leaves 50; below 75 it aborts. */
export const KAYENTA: GateMaker = (world) => {
  const drawing = world.seed ^ SAMPLE;
  let last: Answer = 'hold';
  return ({ minute, run, visible, stageFrom }) => {
    if (minute === 0 || minute % 60 !== 0) return last;
    const stage = run.slice(stageFrom, visible).flatMap(({ minute: at, stable, candidate }) => {
      if (candidate === null || stable === null || candidate.requests === 0 || stable.requests === 0) return [];
      const [seed, size] = [mix(drawing, at), Math.min(candidate.requests, stable.requests)];
      return [{ canary: ofSize(size, candidate, seed), baseline: ofSize(size, stable, seed) }];
    });
    const fails = (['target5xx', 'slow'] as const).some((metric) => {
      const percents = (side: 'canary' | 'baseline') =>
        stage.map(({ [side]: counts }) => (100 * known(counts[metric] ?? 0)) / counts.requests);
      return isHigh(percents('canary'), percents('baseline'));
    });
    last = fails ? 'abort' : 'go';
    return last;
  };
};

/** The counts of a deployment of that size. */
function ofSize(requests: number, side: SideCounts, seed: number): SideCounts {
  if (side.requests <= requests) return side;
  const random = generator(seed);
  const drawn = (count: number) => binomial(random, count, requests / side.requests);
  return { ...side, requests, target5xx: drawn(known(side.target5xx)), slow: drawn(side.slow ?? 0) };
}

/**
 * Whether the canary is classified as high: the interval of the shift clears a quarter of its estimate, and its mean is
 * not the lower one.
 */
export function isHigh(canary: readonly number[], baseline: readonly number[]): boolean {
  const values = new Set([...canary, ...baseline]);
  if (canary.length === 0 || baseline.length === 0 || values.size === 1) return false;
  const [a = 0, b = 0] = [mean(canary), mean(baseline)];
  // Noise would be added to values that are all equal on both sides.
  if (new Set(canary).size === 1 && new Set(baseline).size === 1) return a > b;
  if (b > 0 && a < b) return false;
  const { lower, estimate } = shiftOf(canary, baseline);
  return lower > TOLERANCE * Math.abs(estimate);
}

/** The shift of `a` against `b`: the estimate, and the lower end of its interval. */
export function shiftOf(a: readonly number[], b: readonly number[]): { lower: number; estimate: number } {
  return { lower: rootOf(a, b, QUANTILE), estimate: rootOf(a, b, 0) };
}

/** The shift at which the test of `a` minus the shift gives `quantile`; the statistic falls as the shift grows. */
function rootOf(a: readonly number[], b: readonly number[], quantile: number): number {
  const at = (shift: number) =>
    corrected(
      a.map((value) => value - shift),
      b,
    ) - quantile;
  let [low, high] = [Math.min(...a) - Math.max(...b), Math.max(...a) - Math.min(...b)];
  if (at(low) <= 0) return low;
  if (at(high) >= 0) return high;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (at(middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}

/** With the continuity correction. */
function corrected(a: readonly number[], b: readonly number[]): number {
  const { above, deviation } = ranks(a, b);
  return deviation === 0 ? 0 : (above - Math.sign(above) / 2) / deviation;
}

/** Normal approximation with the correction for ties; positive if `a` is the larger. */
export function mannWhitneyZ(a: readonly number[], b: readonly number[]): number {
  const { above, deviation } = ranks(a, b);
  return deviation === 0 ? 0 : above / deviation;
}

/** How far the ranks of `a` exceed those of chance, and their standard deviation. */
function ranks(a: readonly number[], b: readonly number[]): { above: number; deviation: number } {
  const [m, n] = [a.length, b.length];
  const all = [...a.map((v) => ({ v, a: true })), ...b.map((v) => ({ v, a: false }))].sort((x, y) => x.v - y.v);
  let [rankSum, ties] = [0, 0];
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j]?.v === all[i]?.v) j++;
    const size = j - i;
    ties += size ** 3 - size;
    for (let k = i; k < j; k++) if (all[k]?.a) rankSum += (i + j + 1) / 2;
    i = j;
  }
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  return { above: rankSum - (m * (m + 1)) / 2 - (m * n) / 2, deviation: Math.sqrt(Math.max(0, variance)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
