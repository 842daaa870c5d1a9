/** A mergeable latency histogram with logarithmic buckets: what it says of a value is off by at most {@link RELATIVE_ERROR}. */
import { unionOf } from './smallest-keys.ts';

/**
 * DDSketch's guarantee (Masson, Rim, Lee 2019, https://doi.org/10.14778/3352063.3352135): with γ = (1+ε)/(1−ε), the value
 * 2γ^i/(γ+1) is within ε of every value of bucket i.
 */
export const RELATIVE_ERROR = 0.005;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** Milliseconds. What is faster counts as 1 µs, what is slower as three hours: so the number of buckets is bounded (2,303). */
const FASTEST = 0.001;
const SLOWEST = 1e7;

/** Bucket index → count. Index i holds the values in (γ^(i−1), γ^i], in milliseconds. */
export type Histogram = Readonly<Record<string, number>>;

export function bucketOf(ms: number): number {
  return Math.ceil(Math.log(Math.min(Math.max(ms, FASTEST), SLOWEST)) / LOG_GAMMA);
}

/** The bounds of a bucket, milliseconds: above `over`, up to and including `upTo`. */
export function boundsOf(bucket: number): { over: number; upTo: number } {
  return { over: Math.exp((bucket - 1) * LOG_GAMMA), upTo: Math.exp(bucket * LOG_GAMMA) };
}

export function sumHistograms(parts: readonly Histogram[]): Histogram {
  return Object.fromEntries(unionOf(parts, plus));
}

/** Of two counts. */
export const plus = (x: number, y: number): number => x + y;

export function countOf(histogram: Histogram): number {
  return Object.values(histogram).reduce((sum, count) => sum + count, 0);
}

/** The bucket in which the sample of that rank lies, 1 being the smallest; null when there are fewer samples. */
export function bucketOfRank(histogram: Histogram, rank: number): number | null {
  let seen = 0;
  for (const [bucket, count] of sorted(histogram)) {
    seen += count;
    if (seen >= rank && seen > 0) return bucket;
  }
  return null;
}

/** The value below which a share `q` (0 to 1) of the samples lies, milliseconds; null without samples. */
export function quantile(histogram: Histogram, q: number): number | null {
  const bucket = bucketOfRank(histogram, q * countOf(histogram));
  return bucket === null ? null : (2 * Math.exp(bucket * LOG_GAMMA)) / (GAMMA + 1);
}

function sorted(histogram: Histogram): [number, number][] {
  return Object.entries(histogram)
    .map(([bucket, count]): [number, number] => [Number(bucket), count])
    .sort(([a], [b]) => a - b);
}
