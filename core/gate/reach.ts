/**
 * Where most requests are the candidate's the stable side may be too thin to compare with: of five requests a second it
 * has three a minute at 99 %, and a candidate that fails for hours may as well be unlucky. So it is also held against
 * what the stable side's minutes reached before, as it will be at 100 %. What else has changed since then does not
 * cancel, so no minute decides alone, and the stable side must not fare as badly meanwhile.
 */
import type { MinuteEvidence } from '../model/index.ts';
import { above, exposedByCause, SHAKEN, type WarmUp } from './bets/index.ts';
import { exposed, failedAtLeast, failedAtMost, type Pick, percent, sharesOf, slow } from './counts.ts';
import { type GatePolicy, thresholdOf } from './policy.ts';

interface Asked {
  readonly what: string;
  readonly test: 'reach' | 'slowReach';
  readonly limit: number;
  readonly margin: number;
  readonly burst: number;
  readonly warmUp: WarmUp;
  readonly candidate: Pick;
  readonly stable: Pick;
}

/** Why the candidate is worse than anything that stable's minutes reached; null if that is not shown. */
export function judgeReach(minutes: readonly MinuteEvidence[], policy: GatePolicy): string | null {
  for (const { what, test, limit, margin, burst, warmUp, candidate, stable } of askedBy(policy)) {
    if (!Number.isFinite(limit)) continue;
    const counted = exposedByCause(exposed(minutes, candidate), burst);
    const alone = counted.map(() => SHAKEN);
    const { logE, onset } = above(counted, limit, warmUp, alone);
    if (logE < Math.log(thresholdOf(policy, test))) continue;
    const shares = sharesOf(minutes.slice(onset), stable, candidate);
    if (shares.stable === null || shares.candidate - shares.stable < margin) continue;
    return `Candidate ${what} ${percent(shares.candidate)} of its requests, beyond what the stable side's minutes reached before and the margin (${percent(limit)}); the stable side ${what} ${percent(shares.stable)}.`;
  }
  return null;
}

function askedBy(policy: GatePolicy): readonly Asked[] {
  return [
    {
      what: 'fails',
      test: 'reach',
      limit: policy.errorReach,
      margin: policy.errorMargin,
      burst: policy.errorBurst,
      warmUp: { minutes: policy.warmUpErrorMinutes, allowance: policy.warmUpErrorMargin },
      candidate: failedAtLeast,
      stable: failedAtMost,
    },
    {
      what: 'is slow to',
      test: 'slowReach',
      limit: policy.slowReach,
      margin: policy.slowMargin,
      burst: policy.slowBurst,
      warmUp: { minutes: policy.warmUpMinutes, allowance: policy.warmUpSlowMargin },
      candidate: slow,
      stable: slow,
    },
  ];
}
