/**
 * A regression may begin in the middle of a stage: a product over all minutes would first have to win back what the healthy
 * ones cost. So the e-process is a mixture over the minute of onset, Σ_k π_k Π_{i≥k} f_i plus the weight of onsets yet to
 * come: still a (super)martingale that begins at 1, so α holds, unlike a CUSUM, which restarts for free
 * (Shin, Ramdas, Rinaldo 2023, E-detectors, arXiv:2203.03532; Shiryaev–Roberts is the same sum with π_k = 1).
 */
import { logMeanExp } from './tilt.ts';

/** Half of the belief is that a stage's regression is there from its first minute: that is when the weight moved. */
const AT_START = 0.5;
/** The other half is nearly even over about the first so many minutes and falls like 1/k² later, so it sums to one. */
const SPREAD = 30;

export interface Onset {
  /** ln of the e-value after all minutes. */
  readonly logE: number;
  /** Index of the minute in which a regression, if there is one, most likely began. */
  readonly onset: number;
}

/** Prior weight of an onset in minute `k` (0 is the stage's first). */
export function onsetWeight(k: number): number {
  return k === 0 ? AT_START : ((1 - AT_START) * (SPREAD + 1)) / ((SPREAD + k) * (SPREAD + k + 1));
}

/** Prior weight of all onsets after minute `k`. */
export function onsetWeightAfter(k: number): number {
  return ((1 - AT_START) * (SPREAD + 1)) / (SPREAD + k + 1);
}

/** `bets[r][t]` is ln of bet r's factor in minute t; each factor must have a mean of at most 1 under the null. */
export function mixOverOnset(bets: readonly (readonly number[])[]): Onset {
  const mixed = bets.map(mixOne);
  const best = mixed.reduce((a, b) => (b.peak > a.peak ? b : a), { logE: 0, onset: 0, peak: -Infinity });
  return { logE: mixed.length === 0 ? 0 : logMeanExp(mixed.map((m) => m.logE)), onset: best.onset };
}

function mixOne(logs: readonly number[]): Onset & { peak: number } {
  let logSum = -Infinity;
  // Suffix sums give the likeliest onset: the largest π_k Π_{i≥k} f_i.
  let [suffix, peak, onset] = [0, -Infinity, 0];
  for (const [t, log] of logs.entries()) logSum = logAdd(logSum, Math.log(onsetWeight(t))) + log;
  for (let k = logs.length - 1; k >= 0; k--) {
    suffix += logs[k] ?? 0;
    const value = Math.log(onsetWeight(k)) + suffix;
    if (value > peak) [peak, onset] = [value, k];
  }
  const rest = logs.length === 0 ? 0 : Math.log(onsetWeightAfter(logs.length - 1));
  return { logE: logAdd(logSum, rest), onset, peak };
}

function logAdd(a: number, b: number): number {
  const peak = Math.max(a, b);
  return peak === -Infinity ? -Infinity : peak + Math.log(Math.exp(a - peak) + Math.exp(b - peak));
}
