/**
 * The gate's comparison of a stage: `rollback` when the candidate is shown to be worse, `advance` when it is shown to be
 * worse by less than the margin in every metric, `hold` otherwise. No evidence is a hold.
 */

import type { MinuteEvidence } from '../model/index.ts';
import {
  above,
  byCause,
  exposedByCause,
  lowerBound,
  NO_WARM_UP,
  type Pair,
  upperBound,
  type WarmUp,
  withinMargin,
  worse,
} from './bets/index.ts';
import {
  exposed,
  failed,
  failedAtLeast,
  isSettled,
  known,
  type Pick,
  pairs,
  percent,
  rate,
  requests,
  settledPrefix,
  slow,
  total,
} from './counts.ts';
import { percentileRule } from './percentiles.ts';
import { type GatePolicy, thresholdOf } from './policy.ts';

export interface MetricVerdict {
  readonly metric: 'errors' | 'slow';
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  /** Evidence for "worse", and the e-value at which it is called. */
  readonly eValue: number;
  readonly threshold: number;
  /** Evidence for "worse by less than the margin", and the e-value at which it is called. */
  readonly withinEValue: number;
  readonly withinThreshold: number;
  readonly margin: number;
  /** Bounds on candidate − stable, each good for all looks of the stage at once. */
  readonly lower: number;
  readonly upper: number;
  readonly stableRate: number;
  readonly candidateRate: number;
  /** Which evidence it was: counts, or percentiles where slow requests are not counted. */
  readonly by: 'counts' | 'percentiles';
}

export interface GateVerdict {
  readonly decision: 'advance' | 'hold' | 'rollback';
  readonly reason: string;
  readonly stableRequests: number;
  readonly candidateRequests: number;
  readonly metrics: readonly MetricVerdict[];
}

/** From this e-value on "worse" is suspected: a candidate that was fine for most of a stage must not pass on its average. */
const SUSPICION = 3;
/**
 * While no error point of the stable side has arrived, so many times the absolute limit is an outage of the candidate: points
 * are late where errors are sparse, and a stable side that failed as many would not be sparse.
 */
const CLEAR_OUTAGE = 2;
/** Share of the margin that the observed difference must reach before it is acted on. */
const MATTERS = 0.5;

/** Pure: the same minutes and policy give the same verdict, so a stored decision can be replayed. */
export function decideGate(minutes: readonly MinuteEvidence[], policy: GatePolicy): GateVerdict {
  const candidateRequests = total(minutes, 'candidate', requests);
  const metrics = [judge('errors', settledPrefix(minutes), failed, NO_WARM_UP, policy), slowness(minutes, policy)];
  return {
    ...conclude(minutes, metrics, candidateRequests, policy),
    stableRequests: total(minutes, 'stable', requests),
    candidateRequests,
    metrics,
  };
}

function judge(
  metric: MetricVerdict['metric'],
  minutes: readonly MinuteEvidence[],
  pick: Pick,
  warmUp: WarmUp,
  policy: GatePolicy,
): MetricVerdict {
  const margin = metric === 'errors' ? policy.errorMargin : policy.slowMargin;
  const burst = metric === 'errors' ? policy.errorBurst : policy.slowBurst;
  const compared = pairs(minutes, pick).map((pair) => (pair === null ? null : byCause(pair, burst)));
  const steady = (from: number) => compared.slice(Math.max(from, warmUp.minutes)).filter((p) => p !== null);
  const known = steady(0);
  const threshold = thresholdOf(policy, metric);
  const withinThreshold = 1 / policy.beta;
  const { logE, onset } = worse(compared, warmUp);
  const within = withinMargin(known, margin);
  // The plan allows a difference below the margin: one that is there, but looks or is shown to be smaller, is no reason to
  // go back. Until the gate can tell, it holds.
  const harmless = withinMargin(steady(onset), margin) >= Math.log(withinThreshold);
  const sinceOnset = compared.slice(onset).filter((p) => p !== null);
  const matters = !harmless && observedDifference(sinceOnset) >= MATTERS * margin;
  const passes = within >= Math.log(withinThreshold) && (logE < Math.log(SUSPICION) || harmless);
  return {
    metric,
    verdict: logE >= Math.log(threshold) && matters ? 'worse' : passes ? 'within margin' : 'undecided',
    eValue: finite(logE),
    threshold,
    withinEValue: finite(within),
    withinThreshold,
    margin,
    lower: lowerBound(known, 1 / threshold),
    upper: upperBound(known, policy.beta),
    stableRate: rate(total(minutes, 'stable', pick), total(minutes, 'stable', requests)),
    candidateRate: rate(total(minutes, 'candidate', pick), total(minutes, 'candidate', requests)),
    by: 'counts',
  };
}

function observedDifference(compared: readonly Pair[]): number {
  const sum = (pick: (pair: Pair) => number) => compared.reduce((total, pair) => total + pick(pair), 0);
  return (
    rate(
      sum((p) => p.x1),
      sum((p) => p.n1),
    ) -
    rate(
      sum((p) => p.x0),
      sum((p) => p.n0),
    )
  );
}

function slowness(minutes: readonly MinuteEvidence[], policy: GatePolicy): MetricVerdict {
  const warmUp = { minutes: policy.warmUpMinutes, allowance: policy.warmUpSlowMargin };
  const counted = judge('slow', minutes, slow, warmUp, policy);
  const sides = minutes.flatMap(({ stable, candidate }) => [stable, candidate]);
  if (!sides.some((side) => side !== null && side.slow === null)) return counted;
  const { verdict, over, compared } = percentileRule(minutes.slice(policy.warmUpMinutes), policy.latencyBudgetMs);
  return { ...counted, verdict, eValue: over, threshold: compared, by: 'percentiles' };
}

type Conclusion = Omit<GateVerdict, 'stableRequests' | 'candidateRequests' | 'metrics'>;

function conclude(
  minutes: readonly MinuteEvidence[],
  metrics: readonly MetricVerdict[],
  candidateRequests: number,
  policy: GatePolicy,
): Conclusion {
  const proven = metrics.find((m) => m.verdict === 'worse');
  if (proven !== undefined) return { decision: 'rollback', reason: `Candidate is worse in ${figures(proven)}.` };
  const burn = burning(minutes, policy);
  if (burn !== null) return burn;
  if (candidateRequests < policy.minRequests)
    return hold(`${candidateRequests} of at least ${policy.minRequests} candidate requests`);
  const unexplained = loadBalancerErrors(minutes, policy);
  if (unexplained > policy.errorMargin * candidateRequests)
    return hold(
      `${Math.round(unexplained)} 5xx of the load balancer belong to neither side; were they the candidate's, it would exceed the margin of ${percent(policy.errorMargin)}`,
    );
  const open = metrics.find((m) => m.verdict === 'undecided');
  if (open !== undefined) return hold(`${candidateRequests} candidate requests; undecided in ${figures(open)}`);
  return {
    decision: 'advance',
    reason: `${candidateRequests} candidate requests; ${metrics.map(figures).join('; ')}.`,
  };
}

function hold(reason: string): Conclusion {
  return { decision: 'hold', reason: `${reason}.` };
}

/** The absolute limit. When the stable side exceeds it on the same minutes, going back would help nobody: that holds. */
function burning(minutes: readonly MinuteEvidence[], policy: GatePolicy): Conclusion | null {
  const counted = exposedByCause(exposed(minutes, failedAtLeast), policy.errorBurst);
  const { logE, onset } = above(counted, policy.maxErrorRate);
  const threshold = thresholdOf(policy, 'burn');
  if (logE < Math.log(threshold)) return null;
  const since = minutes.slice(onset);
  const control = since.filter((m) => m.stable !== null && isSettled(m.stable));
  const share = (side: 'stable' | 'candidate') => {
    const on = side === 'stable' ? control : since;
    return rate(total(on, side, failedAtLeast), total(on, side, requests));
  };
  const text = `Candidate fails ${percent(share('candidate'))} of its requests, above the limit of ${percent(policy.maxErrorRate)} (e-value ${shown(finite(logE))} ≥ ${shown(threshold)})`;
  const blind = control.length === 0 && since.some((m) => m.stable !== null);
  if (blind && share('candidate') < CLEAR_OUTAGE * policy.maxErrorRate)
    return hold(`${text}, but the stable side's errors on the same minutes are not known yet`);
  if (share('stable') > policy.maxErrorRate)
    return hold(`${text}, but so does the stable side: ${percent(share('stable'))}`);
  return { decision: 'rollback', reason: `${text}; the stable side fails ${percent(share('stable'))}.` };
}

/** 5xx of the load balancer beyond the ordinary and beyond refused connections, which both sides already count. */
function loadBalancerErrors(minutes: readonly MinuteEvidence[], { elb5xxRate }: GatePolicy): number {
  const both = (pick: Pick) => total(minutes, 'stable', pick) + total(minutes, 'candidate', pick);
  const made = minutes.reduce((sum, m) => sum + known(m.elb5xx), 0);
  return Math.max(0, made - both((s) => known(s.connectionErrors)) - elb5xxRate * both(requests));
}

/** JSON knows no infinity. */
function finite(log: number): number {
  return Math.min(Number.MAX_VALUE, Math.exp(log));
}

function figures(m: MetricVerdict): string {
  const rates = `${m.metric}: ${percent(m.candidateRate)} against ${percent(m.stableRate)}`;
  if (m.by === 'percentiles')
    return `${m.metric}: p95 or p99 over the budget, and only the candidate's, in ${m.eValue} of the last ${m.threshold} minutes`;
  if (m.verdict === 'worse')
    return `${rates}, e-value ${shown(m.eValue)} ≥ ${shown(m.threshold)}, worse by ${percent(m.lower)} at least`;
  return `${rates}, worse by ${percent(m.upper)} at most (margin ${percent(m.margin)}; e-value for worse ${shown(m.eValue)} of ${shown(m.threshold)})`;
}

function shown(value: number): string {
  return value < 1e6 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}
