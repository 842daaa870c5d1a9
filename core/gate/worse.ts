/**
 * Evidence that the candidate is worse than the stable side on the same minutes.
 *
 * Given the failures of both sides in a minute, and no difference between the sides, each failure falls on the candidate
 * with probability q = its share of the minute's requests, whatever the common rate is: a noisy neighbour that hurts both
 * alike cancels out. Against that stands a mixture of rate ratios. The running product of likelihood ratios is an
 * e-process: under no difference it exceeds 1/α at any time with probability at most α (Ville's inequality; Wald 1945;
 * Ramdas et al. 2023, Game-theoretic statistics and safe anytime-valid inference), so it may be looked at every minute.
 */
import type { MinuteEvidence, SideCounts } from './evidence.ts';

/** Rate ratios that the mixture bets on, in equal parts. */
const RATIOS = [1.5, 2, 4, 8, 32] as const;

/** What counts as a failure of one side in one minute. */
export type Pick = (side: SideCounts) => number;

/** The e-value after the given minutes: how many times better the mixture explains them than "no difference" does. */
export function worseEvalue(minutes: readonly MinuteEvidence[], pick: Pick): number {
  const logs = RATIOS.map((ratio) => minutes.reduce((sum, m) => sum + logLikelihoodRatio(m, pick, ratio), 0));
  const peak = Math.max(...logs);
  return Math.exp(peak + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - peak), 0) / RATIOS.length));
}

function logLikelihoodRatio({ stable, candidate }: MinuteEvidence, pick: Pick, ratio: number): number {
  if (stable === null || candidate === null) return 0;
  const total = stable.requests + candidate.requests;
  if (stable.requests === 0 || candidate.requests === 0) return 0;
  const q = candidate.requests / total;
  const tilted = (ratio * q) / (1 - q + ratio * q);
  return pick(candidate) * Math.log(tilted / q) + pick(stable) * Math.log((1 - tilted) / (1 - q));
}
