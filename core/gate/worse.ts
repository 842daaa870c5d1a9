/**
 * Evidence that the candidate is worse than the stable side on the same minutes: likelihood ratios of the failures' split
 * between the sides, given how many failed in all, for several rate ratios and every minute of onset. Under "not worse" the
 * e-value exceeds 1/α at any time with probability at most α (Ville 1939; Wald 1945; Ramdas, Grünwald, Vovk, Shafer 2023,
 * Game-theoretic statistics and safe anytime-valid inference, arXiv:2210.01948), so it may be looked at every minute.
 */
import type { MinuteEvidence } from './evidence.ts';
import { mixOverOnset, type Onset } from './onset.ts';
import { logTilt, type Pick, pairs } from './tilt.ts';

/** Rate ratios that the mixture bets on, in equal parts. */
const RATIOS = [1.4, 2, 4, 8, 32] as const;

/** The e-value after the given minutes; a gap is worth 1, and so is no minute at all. */
export function worse(minutes: readonly MinuteEvidence[], pick: Pick): Onset {
  const compared = pairs(minutes, pick);
  return mixOverOnset(
    RATIOS.map((ratio) => compared.map((pair) => (pair === null ? 0 : logTilt(pair, tiltOf(pair.n1, pair.n0, ratio))))),
  );
}

/** With this a, `logTilt` is the log-likelihood ratio of "candidate fails `ratio` times as often" to "alike". */
function tiltOf(n1: number, n0: number, ratio: number): number {
  const q = n1 / (n1 + n0);
  return ratio / (1 - q + ratio * q);
}
