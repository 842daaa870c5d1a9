/** A mergeable latency histogram with logarithmic buckets: a quantile is off by at most {@link RELATIVE_ERROR}. */

/** DDSketch's guarantee (Masson, Rim, Lee 2019): with γ = (1+ε)/(1−ε), a bucket's middle is within ε of any value in it. */
export const RELATIVE_ERROR = 0.01;
const LOG_GAMMA = Math.log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR));

/** Bucket index → count. Index i holds the values in (γ^(i−1), γ^i], in milliseconds. */
export type Histogram = Readonly<Record<string, number>>;

/** Bucket of a value in milliseconds; values below 1 µs count as 1 µs. */
export function bucketOf(ms: number): number {
  return Math.ceil(Math.log(Math.max(ms, 0.001)) / LOG_GAMMA);
}

export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const merged: Record<string, number> = { ...a };
  for (const [bucket, count] of Object.entries(b)) merged[bucket] = (merged[bucket] ?? 0) + count;
  return merged;
}

export function countOf(histogram: Histogram): number {
  return Object.values(histogram).reduce((sum, count) => sum + count, 0);
}

/** The value below which a share `q` (0 to 1) of the samples lies, milliseconds; null without samples. */
export function quantile(histogram: Histogram, q: number): number | null {
  const rank = q * countOf(histogram);
  let seen = 0;
  for (const [bucket, count] of sorted(histogram)) {
    seen += count;
    if (seen >= rank && seen > 0) return middleOf(bucket);
  }
  return null;
}

function sorted(histogram: Histogram): [number, number][] {
  return Object.entries(histogram)
    .map(([bucket, count]): [number, number] => [Number(bucket), count])
    .sort(([a], [b]) => a - b);
}

function middleOf(bucket: number): number {
  return Math.exp((bucket - 0.5) * LOG_GAMMA);
}
