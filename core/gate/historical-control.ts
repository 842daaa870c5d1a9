/**
 * At 100 % and in the soak no customer of the stable side is left to compare with: the candidate is held against the
 * baseline taken before the cutover. What has changed since then for other reasons cannot cancel, so this asks less: is
 * any five minutes' rate above the *worst* five minutes of the baseline plus the margin? Smaller differences are not seen.
 */

import type { BaselineSummary, MinuteEvidence, SideCounts } from '../model/index.ts';
import { above, below, type Exposed, exposedByCause } from './bets/index.ts';
import type { GateVerdict } from './concurrent-control.ts';
import { exposed, failed, failedAtLeast, known, percent, rate, requests, settledPrefix, total } from './counts.ts';
import { type GatePolicy, thresholdOf } from './policy.ts';

/** Minutes over which the baseline's worst rates are taken. */
export const PEAK_MINUTES = 5;

type Reference = Pick<BaselineSummary, 'peakErrorRate' | 'peakSlowRate'>;

interface Judged {
  readonly metric: 'errors' | 'slow';
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  readonly text: string;
  /** As in a comparison's verdict: evidence for "worse" and for "within", and the e-values at which they are called. */
  readonly eValue: number;
  readonly threshold: number;
  readonly withinEValue: number;
  readonly withinThreshold: number;
  readonly margin: number;
}

/** The verdict of one side against the baseline. */
export interface AloneVerdict extends Pick<GateVerdict, 'decision' | 'reason'> {
  readonly metrics: readonly Judged[];
}

export function judgeAlone(
  minutes: readonly MinuteEvidence[],
  policy: GatePolicy,
  baseline: Reference | null,
): AloneVerdict {
  const metrics = judgeMetrics(minutes, policy, baseline);
  return { ...conclude(metrics, total(minutes, 'candidate', requests), policy), metrics };
}

function judgeMetrics(minutes: readonly MinuteEvidence[], policy: GatePolicy, baseline: Reference | null): Judged[] {
  const slowSeen = exposed(minutes, (c) => c.slow).map((m, minute) => (minute < policy.warmUpMinutes ? null : m));
  const before: Reference = baseline ?? { peakErrorRate: 0, peakSlowRate: null };
  return [
    // With nobody else there, the load balancer's own 5xx are the candidate's.
    judge(
      'errors',
      exposed(minutes, (c, m) => failedAtLeast(c) + beyondRefused(c, m)),
      exposed(settledPrefix(minutes), (c, m) => add(failed(c), beyondRefused(c, m))),
      policy,
      { rate: before.peakErrorRate, margin: policy.errorMargin, burst: policy.errorBurst },
    ),
    ...(before.peakSlowRate === null
      ? []
      : [
          judge('slow', slowSeen, slowSeen, policy, {
            rate: before.peakSlowRate,
            margin: policy.slowMargin,
            burst: policy.slowBurst,
          }),
        ]),
  ];
}

function conclude(metrics: readonly Judged[], seen: number, policy: GatePolicy): Omit<AloneVerdict, 'metrics'> {
  const text = metrics.map((m) => m.text).join('; ');
  const worse = metrics.find((m) => m.verdict === 'worse');
  if (worse !== undefined)
    return { decision: 'rollback', reason: `Candidate is worse than the baseline: ${worse.text}.` };
  if (seen < policy.minRequests)
    return { decision: 'hold', reason: `${seen} of at least ${policy.minRequests} requests: ${text}.` };
  if (metrics.every((m) => m.verdict === 'within margin'))
    return { decision: 'advance', reason: `${seen} requests: ${text}.` };
  return { decision: 'hold', reason: `${seen} requests, undecided: ${text}.` };
}

interface Before {
  /** Of the baseline's worst five minutes. */
  readonly rate: number;
  readonly margin: number;
  readonly burst: number;
}

/** 5xx of the load balancer that are no refused connections, which count already. */
function beyondRefused(candidate: SideCounts, { elb5xx }: MinuteEvidence): number {
  return Math.max(0, known(elb5xx) - known(candidate.connectionErrors));
}

function add(failures: number | null, more: number): number | null {
  return failures === null ? null : failures + more;
}

/** @param atLeast what has arrived; late points can only make it worse. @param counted the minutes whose counts are settled. */
function judge(
  metric: Judged['metric'],
  atLeast: readonly Exposed[],
  counted: readonly Exposed[],
  policy: GatePolicy,
  before: Before,
): Judged {
  const threshold = thresholdOf(policy, metric);
  const limit = before.rate + before.margin;
  const minutes = exposedByCause(atLeast, before.burst);
  const { logE } = above(blocks(minutes), limit);
  // What the stable side's customers have lived with is no fire of the candidate's, as its own minutes excuse it before 100 %.
  const fire = Math.max(policy.maxErrorRate, limit);
  const burn = metric === 'errors' ? above(minutes, fire).logE : Number.NEGATIVE_INFINITY;
  const within = below(exposedByCause(counted, before.burst), limit);
  const [n, x] = counted.reduce(([a, b], m) => (m === null ? [a, b] : [a + m.n, b + m.x]), [0, 0] as [number, number]);
  const worse = logE >= Math.log(threshold) || burn >= Math.log(thresholdOf(policy, 'burn'));
  const eValue = (log: number) => Math.min(Number.MAX_VALUE, Math.exp(log));
  return {
    metric,
    eValue: eValue(logE),
    threshold,
    withinEValue: eValue(within),
    withinThreshold: 1 / policy.beta,
    margin: before.margin,
    verdict: worse ? 'worse' : within >= Math.log(1 / policy.beta) ? 'within margin' : 'undecided',
    text: `${metric} ${x} of ${n} (${percent(rate(x, n))}; baseline's worst plus margin ${percent(limit)}; ln e-value ${logE.toFixed(1)} of ${Math.log(threshold).toFixed(1)} for worse, ${within.toFixed(1)} of ${Math.log(1 / policy.beta).toFixed(1)} for within)`,
  };
}

/** Whole blocks of as many minutes as the baseline's worst rate was taken over. */
function blocks(minutes: readonly Exposed[]): Exposed[] {
  const whole = Math.floor(minutes.length / PEAK_MINUTES);
  return Array.from({ length: whole }, (_, i) =>
    minutes
      .slice(i * PEAK_MINUTES, (i + 1) * PEAK_MINUTES)
      .reduce((sum, m) => (m === null ? sum : { n: (sum?.n ?? 0) + m.n, x: (sum?.x ?? 0) + m.x }), null),
  );
}
