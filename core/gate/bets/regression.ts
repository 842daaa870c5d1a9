/**
 * Evidence that the candidate is worse than the stable side on the same minutes: likelihood ratios of the failures' split
 * between the sides, given how many failed in all, for several rate ratios and every minute of onset. Under "not worse" the
 * e-value exceeds 1/α at any time with probability at most α (Ville 1939; Wald 1945; Ramdas, Grünwald, Vovk, Shafer 2023,
 * Game-theoretic statistics and safe anytime-valid inference, arXiv:2210.01948), so it may be looked at every minute.
 */
import { mixOverOnset, type Onset } from './change-point.ts';
import { logTilt, type Pair } from './e-value.ts';

/** Rate ratios that the mixture bets on, in equal parts. */
const RATIOS = [1.4, 2, 4, 8, 32] as const;

/** The first `minutes` minutes, in which the candidate may be worse by `allowance`. */
export interface WarmUp {
  readonly minutes: number;
  readonly allowance: number;
}
export const NO_WARM_UP: WarmUp = { minutes: 0, allowance: 0 };

/** The e-value after the given minutes; a gap is worth 1, and so is no minute at all. */
export function worse(compared: readonly (Pair | null)[], warmUp: WarmUp = NO_WARM_UP): Onset {
  const bet = (pair: Pair | null, minute: number, ratio: number) => {
    if (pair === null) return 0;
    const a = tiltOf(pair.n1, pair.n0, ratio);
    return logTilt(pair, a) - (minute < warmUp.minutes ? pair.n1 * warmUp.allowance * (a - 1) : 0);
  };
  return mixOverOnset(
    RATIOS.map((ratio) => compared.map((pair, minute) => bet(pair, minute, ratio))),
    warmUp.minutes,
  );
}

/** With this a, `logTilt` is the log-likelihood ratio of "candidate fails `ratio` times as often" to "alike". */
function tiltOf(n1: number, n0: number, ratio: number): number {
  const q = n1 / (n1 + n0);
  return ratio / (1 - q + ratio * q);
}
