/**
 * A mergeable latency histogram with logarithmic buckets. Values derived from it are off by at most {@link
 * RELATIVE_ERROR}.
 */
import { unionOf } from './smallest-keys.ts';

/**
 * DDSketch's guarantee (Masson, Rim, Lee 2019, https://doi.org/10.14778/3352063.3352135): with γ = (1+ε)/(1−ε), the
 * value 2γ^i/(γ+1) is within ε of every value of bucket i.
 */
export const RELATIVE_ERROR = 0.005;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/**
 * In milliseconds. Faster values count as 1 µs and slower ones as three hours, which limits the number of buckets to
 * 2,303.
 */
const FASTEST = 0.001;
const SLOWEST = 1e7;

/** Bucket index → count. Index i holds the values in (γ^(i−1), γ^i], in milliseconds. */
export type Histogram = Readonly<Record<string, number>>;

export function bucketOf(ms: number): number {
  return Math.ceil(Math.log(Math.min(Math.max(ms, FASTEST), SLOWEST)) / LOG_GAMMA);
}

/** The bounds of a bucket in milliseconds: above `over`, up to and including `upTo`. */
export function boundsOf(bucket: number): { over: number; upTo: number } {
  return { over: Math.exp((bucket - 1) * LOG_GAMMA), upTo: Math.exp(bucket * LOG_GAMMA) };
}

export function sumHistograms(parts: readonly Histogram[]): Histogram {
  return Object.fromEntries(unionOf(parts, plus));
}

/** Adds two counts. */
export const plus = (x: number, y: number): number => x + y;

export function countOf(histogram: Histogram): number {
  return Object.values(histogram).reduce((sum, count) => sum + count, 0);
}

/** The bucket of the sample with that rank (1 is the smallest); null if there are fewer samples. */
export function bucketOfRank(histogram: Histogram, rank: number): number | null {
  let seen = 0;
  for (const [bucket, count] of sorted(histogram)) {
    seen += count;
    if (seen >= rank && seen > 0) return bucket;
  }
  return null;
}

/** The value in milliseconds below which a share `q` (0 to 1) of the samples lies; null without samples. */
export function quantile(histogram: Histogram, q: number): number | null {
  const bucket = bucketOfRank(histogram, q * countOf(histogram));
  return bucket === null ? null : (2 * Math.exp(bucket * LOG_GAMMA)) / (GAMMA + 1);
}

function sorted(histogram: Histogram): [number, number][] {
  return Object.entries(histogram)
    .map(([bucket, count]): [number, number] => [Number(bucket), count])
    .sort(([a], [b]) => a - b);
}
