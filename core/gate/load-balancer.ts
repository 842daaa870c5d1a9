/**
 * The load balancer's own 5xx vote. A candidate that dies or hangs makes them in place of its own, and they have no target group. Where the metric
 * store tells which side's requests were not answered (`unanswered`), they are that side's failures and compare like all others. Where it does not,
 * the load balancer's counts are held against twice its ordinary rate plus what the margin allows the candidate.
 */
import type { MinuteEvidence } from '../model/index.ts';
import { ALARM_MAX_FOREIGN_PERCENT } from './alarm-rules.ts';
import { above, type Exposed } from './bets/index.ts';
import { known, requests, total } from './counts.ts';
import { type GatePolicy, thresholdOf } from './policy.ts';

/** Factor by which the ordinary rate may have grown for other reasons. */
const ORDINARY = 2;

export interface BalancerVerdict {
  /** ln of the e-value against "no more than ordinary, and the candidate's share within its margin". */
  readonly logE: number;
  readonly calls: boolean;
  /** The load balancer's 5xx beyond the ordinary ones that neither side accounts for. */
  readonly unexplained: number;
}

/** The verdict on failures that the load balancer generated and that it does not attribute to a side. */
export function judgeBalancer(minutes: readonly MinuteEvidence[], policy: GatePolicy): BalancerVerdict {
  const open = minutes.filter((minute) => !isAttributed(minute));
  const beyond = (minute: MinuteEvidence) => Math.max(0, known(minute.elb5xx) - refused(minute));
  const both = total(open, 'stable', requests) + total(open, 'candidate', requests);
  const made = open.reduce((sum, minute) => sum + beyond(minute), 0);
  const { logE } = above(
    minutes.map((minute): Exposed => {
      if (isAttributed(minute) || isShared(minute) || minute.candidate === null) return null;
      const ours = (minute.stable?.requests ?? 0) + minute.candidate.requests;
      // In units of what the null hypothesis expects, so that its rate is 1.
      return {
        n: ORDINARY * policy.elb5xxRate * ours + policy.errorMargin * minute.candidate.requests,
        x: beyond(minute),
      };
    }),
    1,
  );
  return {
    logE,
    calls: logE >= Math.log(thresholdOf(policy, 'balancer')),
    unexplained: Math.max(0, made - policy.elb5xxRate * both),
  };
}

/**
 * Whether every unanswered request of both sides is known, so that none of the load balancer's 5xx can be hidden in
 * this minute.
 */
function isAttributed({ stable, candidate }: MinuteEvidence): boolean {
  return [stable, candidate].every((side) => side === null || typeof side.unanswered === 'number');
}

/** Whether other services have so much of the traffic that all of these failures could be theirs. */
export function isShared({ stable, candidate, mirror, loadBalancerRequests: all }: MinuteEvidence): boolean {
  if (all === undefined) return false;
  const ours = (stable?.requests ?? 0) + (candidate?.requests ?? 0) + (mirror?.requests ?? 0);
  return all - ours > (ALARM_MAX_FOREIGN_PERCENT / 100) * all;
}

/** Refused connections are already counted by side. */
function refused({ stable, candidate }: MinuteEvidence): number {
  return known(stable?.connectionErrors) + known(candidate?.connectionErrors);
}
