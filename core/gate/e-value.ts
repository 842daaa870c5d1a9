/**
 * The one inequality that every figure of the gate rests on (docs/explanation/gate.md derives it).
 *
 * In a minute the candidate fails x₁ of n₁ requests, the stable side x₀ of n₀, at rates p₁ = p₀ + d. For a > 0 and
 * b = 1 − (n₁/n₀)(a − 1) > 0, E[a^x₁ · b^x₀ · exp(−n₁ d (a − 1))] ≤ 1 for Poisson and binomial counts, whatever p₀ is: the
 * base rate, and with it whatever hurts both sides alike, cancels. Products over minutes are e-processes.
 */
import type { MinuteEvidence, SideCounts } from '../model/index.ts';

/** What counts as a failure of one side in one minute; null where that cannot be known. */
export type Pick = (side: SideCounts) => number | null;

/** Exposure and failures of both sides in one minute. */
export interface Pair {
  readonly n0: number;
  readonly x0: number;
  readonly n1: number;
  readonly x1: number;
}

/** The minutes that compare: both sides answered, and their failures are known; null stands for every other minute. */
export function pairs(minutes: readonly MinuteEvidence[], pick: Pick): (Pair | null)[] {
  return minutes.map(({ stable, candidate }) => {
    if (stable === null || candidate === null || stable.requests === 0 || candidate.requests === 0) return null;
    const [x0, x1] = [pick(stable), pick(candidate)];
    return x0 === null || x1 === null || !Number.isFinite(x0 + x1)
      ? null
      : { n0: stable.requests, x0, n1: candidate.requests, x1 };
  });
}

/**
 * Exposure and failures counted by causes that make `burst` failures each. A burst of any size up to that keeps the inequality: a^s is
 * convex in s, so a^(s/burst) is at most 1 + (s/burst)(a − 1), and the rest is as for single failures (docs/explanation/gate.md).
 */
export function byCause({ n0, x0, n1, x1 }: Pair, burst: number): Pair {
  return { n0: n0 / burst, x0: x0 / burst, n1: n1 / burst, x1: x1 / burst };
}

/** ln of a^x₁ · b^x₀ with b chosen so that the base rate cancels. */
export function logTilt({ n0, x0, n1, x1 }: Pair, a: number): number {
  return x1 * Math.log(a) + x0 * Math.log1p(-(n1 / n0) * (a - 1));
}

/** ln of the mean of exp(l), without overflow. */
export function logMeanExp(logs: readonly number[]): number {
  const peak = Math.max(...logs);
  return peak + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - peak), 0) / logs.length);
}
