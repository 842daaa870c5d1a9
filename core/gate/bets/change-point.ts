/**
 * A regression may begin in the middle of a stage, and a product over all minutes would first have to win back what the
 * healthy ones cost. The e-process is therefore a mixture over the minute of onset, Σ_k π_k Π_{i≥k} f_i plus the weight
 * of onsets yet to come. This is still a (super)martingale that begins at 1, so α holds, unlike a CUSUM, which restarts
 * for free (Shin, Ramdas, Rinaldo 2023, E-detectors, arXiv:2203.03532; Shiryaev–Roberts is the same sum with π_k = 1).
 */
import { logMeanExp, type Pair } from './e-value.ts';

/**
 * Half of the prior weight is on one minute: the first of the stage, when the weight moved, or the first after a
 * warm-up.
 */
const LIKELIEST = 0.5;
/**
 * This part of the other half is spread evenly over as many minutes as a stage usually lasts. The rest falls like 1/k²
 * after them, so the weights sum to one.
 */
const EVEN = 0.8;
const EVEN_MINUTES = 60;

/**
 * So much of the belief in what is yet to come is moved by what a warm-up shows; a tenth stays with either: cold starts
 * end, and what fails may begin later.
 */
const LEARNED = 0.8;

export interface Onset {
  /** ln of the e-value after all minutes. */
  readonly logE: number;
  /** Index of the minute in which a regression, if there is one, most likely began. */
  readonly onset: number;
}

/**
 * Prior weight of an onset in minute `k` (0 is the first of the stage), if half of the weight is on minute `likeliest`.
 */
export function onsetWeight(k: number, likeliest: number): number {
  if (k === likeliest) return LIKELIEST;
  const rank = k < likeliest ? k : k - 1;
  return (1 - LIKELIEST) * (leftFrom(rank) - leftFrom(rank + 1));
}

/** Prior weight of all onsets after minute `k`. */
export function onsetWeightAfter(k: number, likeliest: number): number {
  return (1 - LIKELIEST) * leftFrom(k < likeliest ? k + 1 : k) + (k < likeliest ? LIKELIEST : 0);
}

/** Of the weight on minutes other than the likeliest, the part beyond the first `rank` of them. */
function leftFrom(rank: number): number {
  return rank < EVEN_MINUTES ? 1 - (EVEN * rank) / EVEN_MINUTES : ((1 - EVEN) * EVEN_MINUTES) / rank;
}

/**
 * By what the belief in minute `likeliest`, and in each minute after it, is multiplied once the minutes before it are
 * seen. Their sum stays as it is, and the bets are placed before those minutes, so the mixture is still a
 * supermartingale.
 * @param odds ln of the odds with which these minutes speak for an onset with the stage
 */
export function learnedOnset(likeliest: number, odds: number): { readonly likeliest: number; readonly after: number } {
  if (likeliest === 0) return { likeliest: 1, after: 1 };
  const open = onsetWeightAfter(likeliest - 1, likeliest);
  const after = open - LIKELIEST;
  const share = (1 - LEARNED) / 2 + LEARNED / (1 + (after / LIKELIEST) * Math.exp(-odds));
  return { likeliest: (open * share) / LIKELIEST, after: (open * (1 - share)) / after };
}

/**
 * `bets[r][t]` is ln of bet r's factor in minute t; each factor must have a mean of at most 1 under the null.
 * @param shown how well each bet did before minute `likeliest`, ln: an onset in that minute is bet on accordingly, and
 * believed in.
 * @default alike
 */
export function mixOverOnset(bets: readonly (readonly number[])[], likeliest = 0, shown?: readonly number[]): Onset {
  const minutes = bets[0]?.length ?? 0;
  const mean = shown === undefined ? 0 : logMeanExp(shown);
  const isSeen = shown !== undefined && minutes > likeliest;
  const learned = isSeen ? learnedOnset(likeliest, mean) : { likeliest: 1, after: 1 };
  const prior = Array.from({ length: minutes }, (_, k) => {
    const moved = k === likeliest ? learned.likeliest : k > likeliest ? learned.after : 1;
    return Math.log(moved * onsetWeight(k, likeliest));
  });
  const rest = minutes === 0 ? 0 : Math.log(learned.after * onsetWeightAfter(minutes - 1, likeliest));
  const mixed = bets.map((logs, r) => {
    const own = shown === undefined ? 0 : (shown[r] ?? 0) - mean;
    return mixOne(
      logs,
      prior.map((log, k) => (k === likeliest ? log + own : log)),
      rest,
    );
  });
  const best = mixed.reduce((a, b) => (b.peak > a.peak ? b : a), { logE: 0, onset: 0, peak: -Infinity });
  return { logE: mixed.length === 0 ? 0 : logMeanExp(mixed.map((m) => m.logE)), onset: best.onset };
}

function mixOne(logs: readonly number[], prior: readonly number[], rest: number): Onset & { peak: number } {
  // Suffix sums give the value of each onset, π_k Π_{i≥k} f_i, and the likeliest one.
  const worth = new Float64Array(logs.length);
  let [suffix, peak, onset] = [0, -Infinity, 0];
  for (let k = logs.length - 1; k >= 0; k--) {
    suffix += logs[k] ?? 0;
    const value = (prior[k] ?? -Infinity) + suffix;
    worth[k] = value;
    if (value > peak) [peak, onset] = [value, k];
  }
  const highest = Math.max(peak, rest);
  let sum = Math.exp(rest - highest);
  for (const value of worth) sum += Math.exp(value - highest);
  return { logE: highest + Math.log(sum), onset, peak };
}

/**
 * Minutes in which neither side failed say nothing about when a difference began, and the prior favours the first
 * minute of the stage. For a side that hardly ever fails, those minutes would dilute the difference and count as
 * evidence that it is small.
 * @returns the index of the first minute from `onset` on in which a side failed; `onset` if there is none
 */
export function firstFailure(pairs: readonly (Pair | null)[], onset: number): number {
  const first = pairs.findIndex((pair, i) => i >= onset && pair !== null && pair.x0 + pair.x1 > 0);
  return first < 0 ? onset : first;
}
