/**
 * At 100 % and in the soak no customer of the stable side is left to compare with: the candidate is held against the
 * baseline taken before the cutover. What changed since then for other reasons cannot cancel, so this rolls back only on
 * a rate above the baseline's upper confidence limit *plus the margin*; smaller differences are not seen here.
 */
import type { BaselineSummary } from '../state.ts';
import type { GateVerdict } from './decide.ts';
import type { MinuteEvidence, SideCounts } from './evidence.ts';
import { above, below, type Exposed, upperLimit } from './fixed-rate.ts';
import { type GatePolicy, thresholdOf } from './policy.ts';
import { failed, percent, rate, requests, total } from './totals.ts';

type Reference = Pick<BaselineSummary, 'requests' | 'errorRate' | 'slowRate' | 'elb5xxRate'>;

interface Judged {
  readonly metric: 'errors' | 'slow';
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  readonly text: string;
}

export function judgeAlone(
  minutes: readonly MinuteEvidence[],
  policy: GatePolicy,
  baseline: Reference | null,
): Pick<GateVerdict, 'decision' | 'reason'> {
  const seen = total(minutes, 'candidate', requests);
  const before: Reference = baseline ?? { requests: 0, errorRate: 0, slowRate: null, elb5xxRate: 0 };
  const metrics: Judged[] = [
    // With nobody else there, the load balancer's own 5xx are the candidate's.
    judge(
      'errors',
      exposed(minutes, (c, m) => (failed(c) ?? 0) + Math.max(0, m.elb5xx - c.connectionErrors)),
      policy,
      {
        requests: before.requests,
        rate: Math.min(1, before.errorRate + before.elb5xxRate),
        margin: policy.errorMargin,
      },
    ),
    ...(before.slowRate === null
      ? []
      : [
          judge(
            'slow',
            exposed(minutes, (c) => c.slow),
            policy,
            {
              requests: before.requests,
              rate: before.slowRate,
              margin: policy.slowMargin,
            },
          ),
        ]),
  ];
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

interface Known {
  /** Of the baseline. */
  readonly requests: number;
  readonly rate: number;
  readonly margin: number;
}

function judge(metric: Judged['metric'], minutes: readonly Exposed[], policy: GatePolicy, known: Known): Judged {
  const threshold = thresholdOf(policy, metric);
  const surely =
    known.requests === 0 ? known.rate : upperLimit(known.requests, known.rate * known.requests, 1 / (2 * threshold));
  // Half of the test's α is spent on the baseline's limit, half on the comparison.
  const { logE } = above(minutes, surely + known.margin);
  const burn = metric === 'errors' ? above(minutes, policy.maxErrorRate).logE : Number.NEGATIVE_INFINITY;
  const within = below(minutes, surely + known.margin);
  const [n, x] = minutes.reduce(([a, b], m) => (m === null ? [a, b] : [a + m.n, b + m.x]), [0, 0] as [number, number]);
  const worse = logE >= Math.log(2 * threshold) || burn >= Math.log(thresholdOf(policy, 'burn'));
  return {
    metric,
    verdict: worse ? 'worse' : within >= Math.log(1 / policy.beta) ? 'within margin' : 'undecided',
    text: `${metric} ${x} of ${n} (${percent(rate(x, n))}; baseline ${percent(known.rate)}, its limit plus margin ${percent(surely + known.margin)}; ln e-value ${logE.toFixed(1)} of ${Math.log(2 * threshold).toFixed(1)} for worse, ${within.toFixed(1)} of ${Math.log(1 / policy.beta).toFixed(1)} for within)`,
  };
}

function exposed(
  minutes: readonly MinuteEvidence[],
  pick: (side: SideCounts, minute: MinuteEvidence) => number | null,
): Exposed[] {
  return minutes.map((m) => {
    const x = m.candidate === null ? null : pick(m.candidate, m);
    return m.candidate === null || x === null ? null : { n: m.candidate.requests, x };
  });
}
