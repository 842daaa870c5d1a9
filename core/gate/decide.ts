/**
 * The gate's comparison of a stage: `rollback` when the candidate is shown to be worse, `advance` when it has answered
 * enough requests and none of its rates exceeds the control's by the margin, `hold` otherwise. No evidence is a hold.
 */
import type { MinuteEvidence, SideCounts } from './evidence.ts';
import type { GatePolicy } from './policy.ts';
import { type Pick, worseEvalue } from './worse.ts';

export interface MetricVerdict {
  readonly metric: 'errors' | 'slow';
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  readonly eValue: number;
  /** The e-value at which `worse` is called: tests / α. */
  readonly threshold: number;
  readonly stableRate: number;
  readonly candidateRate: number;
}

export interface GateVerdict {
  readonly decision: 'advance' | 'hold' | 'rollback';
  readonly reason: string;
  readonly stableRequests: number;
  readonly candidateRequests: number;
  readonly metrics: readonly MetricVerdict[];
}

const FAILED: Pick = (side) => side.target5xx + side.connectionErrors;
const SLOW: Pick = (side) => side.slow;

/** Pure: the same minutes and policy give the same verdict, so a stored decision can be replayed. */
export function decideGate(minutes: readonly MinuteEvidence[], policy: GatePolicy): GateVerdict {
  const stable = total(minutes, 'stable');
  const candidate = total(minutes, 'candidate');
  const metrics = [
    judge('errors', minutes, FAILED, policy.errorMargin, policy),
    judge('slow', minutes, SLOW, policy.slowMargin, policy),
  ];
  return {
    ...conclude(metrics, candidate, policy),
    stableRequests: stable.requests,
    candidateRequests: candidate.requests,
    metrics,
  };
}

function judge(
  metric: MetricVerdict['metric'],
  minutes: readonly MinuteEvidence[],
  pick: Pick,
  margin: number,
  policy: GatePolicy,
): MetricVerdict {
  const stable = total(minutes, 'stable');
  const candidate = total(minutes, 'candidate');
  const eValue = worseEvalue(minutes, pick);
  const threshold = policy.tests / policy.alpha;
  const [stableRate, candidateRate] = [rate(pick(stable), stable.requests), rate(pick(candidate), candidate.requests)];
  const enough = candidate.requests >= policy.minRequests && stable.requests >= policy.minRequests;
  const verdict =
    eValue >= threshold ? 'worse' : enough && candidateRate <= stableRate + margin ? 'within margin' : 'undecided';
  return { metric, verdict, eValue, threshold, stableRate, candidateRate };
}

function conclude(metrics: readonly MetricVerdict[], candidate: SideCounts, policy: GatePolicy): Conclusion {
  const worse = metrics.find((m) => m.verdict === 'worse');
  if (worse !== undefined) {
    return {
      decision: 'rollback',
      reason: `Candidate is worse in ${worse.metric}: ${figures(worse)}, e-value ${worse.eValue.toPrecision(3)} ≥ ${worse.threshold}.`,
    };
  }
  const burning = rate(FAILED(candidate), candidate.requests);
  if (candidate.requests >= policy.minRequests && burning > policy.maxErrorRate) {
    return {
      decision: 'rollback',
      reason: `Candidate fails ${percent(burning)} of ${candidate.requests} requests, above the limit of ${percent(policy.maxErrorRate)}.`,
    };
  }
  const open = metrics.find((m) => m.verdict === 'undecided');
  if (open === undefined)
    return {
      decision: 'advance',
      reason: `${candidate.requests} candidate requests; ${metrics.map((m) => `${m.metric} ${figures(m)}`).join(', ')}.`,
    };
  return {
    decision: 'hold',
    reason: `${candidate.requests} of at least ${policy.minRequests} candidate requests; ${open.metric} undecided: ${figures(open)}.`,
  };
}

type Conclusion = Omit<GateVerdict, 'metrics' | 'stableRequests' | 'candidateRequests'>;

function total(minutes: readonly MinuteEvidence[], side: 'stable' | 'candidate'): SideCounts {
  return minutes.reduce<SideCounts>(
    (sum, m) => {
      const counts = m[side];
      if (counts === null) return sum;
      return {
        requests: sum.requests + counts.requests,
        target5xx: sum.target5xx + counts.target5xx,
        connectionErrors: sum.connectionErrors + counts.connectionErrors,
        slow: sum.slow + counts.slow,
      };
    },
    { requests: 0, target5xx: 0, connectionErrors: 0, slow: 0 },
  );
}

function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function figures(m: MetricVerdict): string {
  return `${percent(m.candidateRate)} against ${percent(m.stableRate)}`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}
