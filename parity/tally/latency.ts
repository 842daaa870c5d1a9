/** Whether the candidate is as fast as stable at one percentile, as far as two histograms can show. */
import { boundsOf, bucketOfRank, countOf, type Histogram, quantile } from './histogram.ts';
import { lowerRank, samplesNeeded, upperRank } from './order-statistic.ts';

export const PERCENTILES = ['p50', 'p95', 'p99'] as const;
export type Percentile = (typeof PERCENTILES)[number];
const SHARE: Readonly<Record<Percentile, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/**
 * Half of 5 % for the limit of each side. By Bonferroni both limits hold with 95 %, however the two answers of a pair
 * depend on each other.
 */
export const SHOWN_ALPHA = 0.025;
/** Calling the candidate slower ends a soak, and is considered at every evaluation, so each side gets half of 0.1 %. */
export const SLOWER_ALPHA = 0.0005;

export interface LatencyPolicy {
  /** The candidate's latency may exceed stable's by this share … */
  readonly latencyTolerance: number;
  /** … or by this many milliseconds, whichever is more. */
  readonly latencyFloorMs: number;
}

/**
 * `within`: the upper limit of the ratio is within the policy. `slower`: its lower limit is not. `thin`: too few pairs
 * for limits. `undecided`: neither is shown; `likely` says whether the estimate itself is within the policy.
 */
export type LatencyFinding =
  | { readonly is: 'within'; readonly text: string }
  | { readonly is: 'slower'; readonly text: string }
  | { readonly is: 'thin' | 'undecided'; readonly likely: boolean; readonly text: string };

/**
 * Uses the limits of order statistics (order-statistic.ts) at the outer edges of their buckets, so that the histogram's
 * error never makes a candidate look faster. If the histograms have different numbers of samples, the samples are not
 * pairs, and the smaller number counts.
 */
export function judgeLatency(
  stable: Histogram,
  candidate: Histogram,
  percentile: Percentile,
  policy: LatencyPolicy,
): LatencyFinding {
  const q = SHARE[percentile];
  const [n, m] = [countOf(stable), countOf(candidate)];
  const [s, c] = [quantile(stable, q) ?? 0, quantile(candidate, q) ?? 0];
  const likely = allowed(c, s, policy);
  const estimate = s > 0 ? `candidate/stable is ${times(c / s)}` : 'no latencies';
  const low = edge(stable, lowerRank(n, q, SHOWN_ALPHA), 'over');
  const high = edge(candidate, upperRank(m, q, SHOWN_ALPHA), 'upTo');
  if (low === null || high === null) {
    const needed = samplesNeeded(q, SHOWN_ALPHA);
    return {
      is: 'thin',
      likely,
      text: `${percentile} latency: too few samples, ${Math.min(n, m)} of ${needed} captures`,
    };
  }
  const limit = times(1 + policy.latencyTolerance);
  const text = `${percentile} latency: ${estimate}, at most ${times(high / low)} (95 %, ${Math.min(n, m)} captures)`;
  if (allowed(high, low, policy)) return { is: 'within', text };
  const least = edge(candidate, lowerRank(m, q, SLOWER_ALPHA), 'over');
  const most = edge(stable, upperRank(n, q, SLOWER_ALPHA), 'upTo');
  if (least !== null && most !== null && !allowed(least, most, policy)) {
    const shown = `at least ${times(least / most)} (99.9 %, ${Math.min(n, m)} captures)`;
    return { is: 'slower', text: `${percentile} latency: ${estimate}, ${shown}; the limit is ${limit}` };
  }
  const words = likely ? 'too few samples' : 'not shown to be as fast';
  return { is: 'undecided', likely, text: `${text}; ${words}, the bound must reach ${limit}` };
}

function allowed(candidate: number, stable: number, { latencyTolerance, latencyFloorMs }: LatencyPolicy): boolean {
  return candidate <= stable * (1 + latencyTolerance) || candidate - stable <= latencyFloorMs;
}

function edge(histogram: Histogram, rank: number | null, side: 'over' | 'upTo'): number | null {
  const bucket = rank === null ? null : bucketOfRank(histogram, rank);
  return bucket === null ? null : boundsOf(bucket)[side];
}

/** Rounds up, so that a figure above its limit is never displayed as the limit. */
function times(ratio: number): string {
  return (Math.ceil(ratio * 1000 - 1e-9) / 1000).toFixed(3);
}
