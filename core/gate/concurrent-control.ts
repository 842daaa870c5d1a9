/**
 * The gate's comparison of a stage: `rollback` if the candidate is shown to be worse, `advance` if it is shown to be
 * within the margin in every metric, and `hold` otherwise. No evidence means hold.
 */

import type { MinuteEvidence } from '../model/index.ts';
import { above, exposedByCause, NO_WARM_UP, SHAKEN } from './bets/index.ts';
import {
  answered5xxAtMost,
  apportioned,
  exposed,
  failed,
  failedAtLeast,
  failedAtMost,
  known,
  lostAtLeast,
  lostOfBoth,
  pairs,
  percent,
  requests,
  settledPrefix,
  sharesOf,
  slow,
  total,
  unanswered,
} from './counts.ts';
import { judgeBalancer, unseen } from './load-balancer.ts';
import { judgeMetric, type MetricVerdict, mostOfOne } from './metric-verdict.ts';
import { percentileRule } from './percentiles.ts';
import { hasMost } from './plan-policy.ts';
import { finite, type GatePolicy, thresholdOf } from './policy.ts';
import { judgeReach } from './reach.ts';
import { judgeUntold, openFate } from './untold.ts';

export interface GateVerdict {
  readonly decision: 'advance' | 'hold' | 'rollback';
  readonly reason: string;
  readonly stableRequests: number;
  readonly candidateRequests: number;
  readonly metrics: readonly MetricVerdict[];
}

/**
 * An outage of the candidate: this many times the absolute limit while stable's errors are unknown (points are late
 * where errors are rare, and a stable side that failed as many would not be rare), and this many times stable's share.
 * Anything less is left to the comparison.
 */
const CLEAR_OUTAGE = 2;

/** Pure: the same minutes and policy give the same verdict, so a recorded decision can be replayed. */
export function decideGate(minutes: readonly MinuteEvidence[], policy: GatePolicy): GateVerdict {
  const candidateRequests = total(minutes, 'candidate', requests);
  const fair = apportioned(minutes);
  const metrics = [errors(minutes, fair, policy), slowness(minutes, policy)];
  return {
    ...conclude(fair, metrics, candidateRequests, policy),
    stableRequests: total(minutes, 'stable', requests),
    candidateRequests,
    metrics,
  };
}

/**
 * Complete counts of a minute are late where refused connections are none, which the metric store never says at once.
 * So most of the stake is on counts that speak at once: of the targets' own 5xx, and of requests that the load balancer
 * had to answer itself. Nobody tells a request that was lost from one whose client hung up, but clients hang up alike
 * on both sides where nothing is wrong.
 * @param fair the minutes with each side's part of the load balancer's 5xx
 */
function errors(
  minutes: readonly MinuteEvidence[],
  fair: readonly MinuteEvidence[],
  policy: GatePolicy,
): MetricVerdict {
  const compared = lostOfBoth(minutes);
  const answered = pairs(minutes, answered5xxAtMost, (side) => known(side.target5xx));
  const lost = pairs(compared, unanswered, lostAtLeast);
  const told = minutes.some(({ stable, candidate }) => (stable?.unanswered ?? candidate?.unanswered) !== undefined);
  const against = [
    { pairs: answered, stake: told ? 0.8 : 0.9 },
    ...(told ? [{ pairs: lost, stake: 0.1, tolerance: policy.lostTolerance }] : []),
    { pairs: pairs(settledPrefix(compared), failed), stake: 0.1 },
  ];
  return judgeMetric({ metric: 'errors', minutes: settledPrefix(fair), pick: failed, against }, policy);
}

function slowness(minutes: readonly MinuteEvidence[], policy: GatePolicy): MetricVerdict {
  const against = [{ pairs: pairs(minutes, slow), stake: 1 }];
  const counted = judgeMetric({ metric: 'slow', minutes, pick: slow, against }, policy);
  const sides = minutes.flatMap(({ stable, candidate }) => [stable, candidate]);
  if (!sides.some((side) => side?.latency !== undefined)) return counted;
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
  const beyond = judgeReach(minutes, policy);
  if (beyond !== null) return { decision: 'rollback', reason: beyond };
  const hanging = judgeUntold(minutes, policy);
  if (hanging !== null) return { decision: 'rollback', reason: hanging };
  // Of customers behind a mirror, and of a candidate that has never been seen, nobody knows how many there should be.
  const isAsked = policy.weight < 1 && hasMost(100 * policy.weight) && minutes.some((m) => m.candidate !== null);
  const blind = isAsked ? unseen(minutes, policy) : null;
  if (blind !== null) return { decision: 'rollback', reason: blind };
  const balancer = judgeBalancer(minutes, policy);
  if (balancer.calls && balancer.vanished)
    return {
      decision: 'rollback',
      reason: `The load balancer answered at least ${Math.round(balancer.unexplained)} requests with 5xx of its own that it sent to no target, and the candidate lacks as many by its weight of ${percent(policy.weight)}: some of the load balancer's nodes have no target of the candidate (e-value ${eValueText(finite(balancer.logE))} ≥ ${eValueText(thresholdOf(policy, 'vanished'))}).`,
    };
  if (balancer.calls)
    return {
      decision: 'rollback',
      reason: `The load balancer itself made ${Math.round(balancer.unexplained)} more 5xx than its ordinary rate of ${percent(policy.elb5xxRate)} explains, and more than the candidate's margin allows (e-value ${eValueText(finite(balancer.logE))} ≥ ${eValueText(thresholdOf(policy, 'balancer'))}).`,
    };
  if (minutes.length === 0)
    return hold(`No full minute has been counted yet; ${policy.minRequests} candidate requests are needed`);
  if (candidateRequests < policy.minRequests)
    return hold(`${candidateRequests} of ${policy.minRequests} required candidate requests counted so far`);
  if (balancer.unexplained > policy.errorMargin * candidateRequests)
    return hold(
      `${Math.round(balancer.unexplained)} 5xx of the load balancer belong to neither side; if they were the candidate's, it would exceed the margin of ${percent(policy.errorMargin)}`,
    );
  const fate = openFate(minutes, policy);
  if (fate !== null) return hold(fate);
  const open = metrics.find((m) => m.verdict === 'undecided');
  if (open !== undefined)
    return hold(`${candidateRequests} candidate requests; not enough evidence yet: ${figures(open)}`);
  return {
    decision: 'advance',
    reason: `${candidateRequests} candidate requests; ${metrics.map(figures).join('; ')}.`,
  };
}

function hold(reason: string): Conclusion {
  return { decision: 'hold', reason: `${reason}.` };
}

/**
 * The absolute limit. If stable exceeds it on the same minutes, or nearly does, rolling back would help nobody, so the
 * gate holds.
 */
function burning(minutes: readonly MinuteEvidence[], policy: GatePolicy): Conclusion | null {
  const counted = exposedByCause(exposed(minutes, failedAtLeast), policy.errorBurst);
  const threshold = thresholdOf(policy, 'burn');
  const most = minutes.map(({ stable, candidate }) => {
    if (stable !== null && failedAtLeast(stable) > policy.errorIncident * stable.requests) return SHAKEN;
    if (candidate === null) return Number.POSITIVE_INFINITY;
    return mostOfOne(failedAtLeast(candidate), candidate.requests, policy, threshold);
  });
  const { logE, onset } = above(counted, policy.maxErrorRate, NO_WARM_UP, most);
  if (logE < Math.log(threshold)) return null;
  const since = minutes.slice(onset);
  const shares = sharesOf(since, failedAtMost, failedAtLeast);
  const text = `Candidate fails ${percent(shares.candidate)} of its requests, above the limit of ${percent(policy.maxErrorRate)} (e-value ${eValueText(finite(logE))} ≥ ${eValueText(threshold)})`;
  const blind = shares.stable === null && since.some((m) => m.stable !== null);
  if (blind && shares.candidate < CLEAR_OUTAGE * policy.maxErrorRate)
    return hold(`${text}, but the stable side's errors on the same minutes are not known yet`);
  const beside = shares.stable ?? 0;
  if (beside > policy.maxErrorRate || shares.candidate < CLEAR_OUTAGE * beside)
    return hold(`${text}, but so does the stable side: ${percent(beside)}`);
  const silent = blind ? 'has no error counts yet' : 'answered nothing';
  return {
    decision: 'rollback',
    reason: `${text}; the stable side ${shares.stable === null ? silent : `fails ${percent(beside)}`}.`,
  };
}

function figures(m: MetricVerdict): string {
  const rates = `${m.metric}: candidate ${percent(m.candidateRate)}, stable ${percent(m.stableRate)}`;
  if (m.by === 'percentiles')
    return `${m.metric}: p95 or p99 over the budget, and only the candidate's, in ${m.eValue} of the last ${m.threshold} minutes`;
  if (m.verdict === 'worse')
    return `${rates}, worse by at least ${points(m.lower)} points (e-value ${eValueText(m.eValue)} ≥ ${eValueText(m.threshold)})`;
  return `${rates}, worse by at most ${points(m.upper)} points (margin ${points(m.margin)}; rollback evidence ${eValueText(m.eValue)} of ${eValueText(m.threshold)})`;
}

/** A difference of two shares, in percentage points. */
function points(difference: number): string {
  return (difference * 100).toFixed(2);
}

/** An e-value, or the one at which something is called. */
export function eValueText(value: number): string {
  return value < 1e6 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}
