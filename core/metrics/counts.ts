/**
 * A count metric of the plan: whether the candidate's share is worse than stable's, or shown to be within the margin.
 */
import { byCause, firstFailure, logMeanExp, mixOverOnset, type Pair, summed } from '../gate/bets/index.ts';
import { leastDifference } from '../gate/index.ts';
import type { CountMetric, MetricBaseline, MetricMinute } from '../model/index.ts';
import { at, badOf, badShare, marginLine } from './bad-share.ts';
import { type Boundary, clamped, logRatio, logRatioAlone, type Shares } from './binary-bets.ts';

/** Evidence as logarithms of e-values, and the figures to show with it. Shares are of the numerator. */
export interface CountEvidence {
  readonly worse: number;
  readonly within: number;
  /**
   * Whether the difference observed since the likeliest onset is large enough to act on and not shown to be harmless.
   */
  readonly matters: boolean;
  /** Whether the difference since the likeliest onset is shown to be within the margin. */
  readonly harmless: boolean;
  readonly stableShare: number | null;
  readonly candidateShare: number;
  /** The candidate's denominators. */
  readonly seen: number;
  /** Margin as a difference of shares. */
  readonly margin: number;
}

/** Sizes of a regression on which bets are placed: in margins, and as parts of the way to a total loss. */
const IN_MARGINS = [0.5, 1, 2, 5] as const;
const OF_ALL = [0.5, 0.95] as const;
/** Alternatives of the bets for "within the margin": no difference, and half a margin worse. */
const WITHIN = [0, 0.5] as const;
/** Weight of the previous minute in the estimate of the present share: a mean over about half an hour. */
const MEMORY = 0.97;
const SAME: Boundary = { offset: 0, slope: 1 };

/** Compares with stable on the same minutes. */
export function compareCounts(
  minutes: readonly MetricMinute[],
  metric: CountMetric,
  usual: number | null,
  withinThreshold: number,
): CountEvidence {
  const line = marginLine(metric);
  const pairs = minutes.map((minute) => pairOf(minute, metric));
  const guesses = guessesOf(pairs, usual === null ? null : badShare(metric, usual));
  const { worse, within } = betsOf(pairs, guesses, line, metric.burst);
  const { logE, onset: likeliest } = mixOverOnset(worse);
  const onset = firstFailure(pairs, likeliest);
  const since = (from: number) => logMeanExp(within.map((logs) => sum(logs.slice(from))));
  const harmless = since(onset) >= Math.log(withinThreshold);
  const recent = summed(pairs.slice(onset));
  const [stable, candidate] = [recent.x0 / recent.n0 || 0, recent.x1 / recent.n1 || 0];
  const least = leastDifference(pairs.length - onset, byCause(recent, metric.burst), at(line, stable) - stable);
  const all = summed(pairs);
  const stableBad = all.x0 / all.n0 || 0;
  return {
    worse: logE,
    within: since(0),
    harmless,
    matters: !harmless && candidate - stable >= least,
    stableShare: badShare(metric, stableBad),
    candidateShare: badShare(metric, all.x1 / all.n1 || 0),
    seen: all.n1,
    margin: at(line, stableBad) - stableBad,
  };
}

/**
 * At 100 % and in the soak: compares with the worst that stable's minutes reached in the look-back, plus the margin.
 */
export function countsAlone(
  minutes: readonly MetricMinute[],
  metric: CountMetric,
  before: MetricBaseline,
): CountEvidence {
  const worst = badShare(metric, before.worst);
  const limit = clamped(at(marginLine(metric), worst));
  const margin = Math.max(1e-6, limit - worst);
  const sides = minutes.map(({ candidate }) =>
    candidate === null ? null : { n: candidate.n, x: badOf(metric, candidate) },
  );
  const bet = (p1: number) =>
    sides.map((side) => (side === null ? 0 : logRatioAlone(side.n, side.x, p1, limit) / metric.burst));
  const { logE } = mixOverOnset(sizesAbove(limit, margin).map(bet));
  const n = sides.reduce((total, side) => total + (side?.n ?? 0), 0);
  const x = sides.reduce((total, side) => total + (side?.x ?? 0), 0);
  const share = badShare(metric, x / n || 0);
  return {
    worse: logE,
    within: 0,
    harmless: false,
    matters: true,
    stableShare: null,
    candidateShare: share,
    seen: n,
    margin,
  };
}

function pairOf({ stable, candidate }: MetricMinute, metric: CountMetric): Pair | null {
  if (stable === null || candidate === null || stable.n === 0 || candidate.n === 0) return null;
  return { n0: stable.n, x0: badOf(metric, stable), n1: candidate.n, x1: badOf(metric, candidate) };
}

/**
 * The share as estimated before each minute from earlier minutes, since a bet must not use anything else. null: no
 * estimate yet.
 */
function guessesOf(pairs: readonly (Pair | null)[], usual: number | null): (number | null)[] {
  let [n, x] = usual === null ? [0, 0] : [1, usual];
  return pairs.map((pair) => {
    const guess = n === 0 ? null : clamped(x / n);
    if (pair !== null) {
      n = MEMORY * n + pair.n0 + pair.n1;
      x = MEMORY * x + pair.x0 + pair.x1;
    }
    return guess;
  });
}

/** ln of each bet's factor in each minute. */
function betsOf(pairs: readonly (Pair | null)[], guesses: readonly (number | null)[], line: Boundary, burst: number) {
  const bet = (alternative: (guess: number) => Shares, against: Boundary) =>
    pairs.map((pair, i) => {
      const guess = guesses[i] ?? null;
      return pair === null || guess === null ? 0 : logRatio(pair, alternative(guess), against) / burst;
    });
  const sizes = IN_MARGINS.length + OF_ALL.length;
  const marginAt = (guess: number) => Math.max(1e-6, at(line, guess) - guess);
  return {
    worse: Array.from({ length: sizes }, (_, i) =>
      bet((guess) => ({ p0: guess, p1: sizesAbove(guess, marginAt(guess))[i] ?? guess }), SAME),
    ),
    within: WITHIN.map((part) => bet((guess) => ({ p0: guess, p1: clamped(guess + part * marginAt(guess)) }), line)),
  };
}

function sizesAbove(share: number, margin: number): number[] {
  return [
    ...IN_MARGINS.map((times) => clamped(Math.min(share + times * margin, share + 0.98 * (1 - share)))),
    ...OF_ALL.map((part) => clamped(share + part * (1 - share))),
  ];
}

function sum(logs: readonly number[]): number {
  return logs.reduce((total, log) => total + log, 0);
}
