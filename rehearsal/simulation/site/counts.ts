/** The load balancer's counts of one minute, and CloudWatch's view of them. */
import {
  type Deployment,
  type LateCount,
  type RuleWeights,
  type SideCounts,
  shareOf,
  UNKNOWN,
} from '../../../core/model/index.ts';

export interface Counts {
  requests: number;
  failed: number;
  refused: number;
  hung: number;
  slow: number;
}

/** The load balancer's counts: one for each target group (the mirror's two combined), and its own answers. */
export interface CountedMinute {
  readonly stable: Counts;
  readonly candidate: Counts;
  readonly mirror: Counts;
  elb5xx: number;
}

export const noCounts = (): Counts => ({ requests: 0, failed: 0, refused: 0, hung: 0, slow: 0 });

/** ALB reports no zeros, so an absent error count may also be late. */
export function lateCount(value: number): LateCount {
  return Math.round(value) === 0 ? UNKNOWN : Math.round(value);
}

/**
 * As in lambdas/aws/cloudwatch/minute-counts.ts.
 * @param elb5xx of the load balancer, which does not say whose requests they answer
 * @param hungUp share of the requests whose clients hang up before they have an answer
 */
export function evidenceOf(
  { requests, failed, refused, hung, slow }: Counts,
  elb5xx: number,
  hungUp: number,
): SideCounts | null {
  const whole = Math.round(requests);
  if (whole === 0) return null;
  const target5xx = lateCount(failed);
  const lost = refused + hung;
  const answered = Math.max(0, Math.round((requests - lost) * (1 - hungUp) - failed));
  const withoutAnswer = Math.max(0, whole - answered - Math.round(failed));
  return {
    requests: whole,
    target5xx,
    answered,
    ...(target5xx === UNKNOWN ? { target5xxAtMost: whole - answered } : {}),
    connectionErrors: lateCount(refused),
    unanswered: lateCount(elb5xx) === UNKNOWN ? UNKNOWN : Math.min(Math.round(elb5xx), withoutAnswer),
    slow: Math.round(slow),
  };
}

/** The groups for which a side's tasks answer. */
const ROLES_OF = { stable: ['stable', 'mirrorForward'], candidate: ['candidate', 'mirrorReverse'] } as const;
/** The share of all requests that one task can answer: three tasks suffice for everything, and two do not. */
const MOST_OF_A_TASK = 0.35;

/** The share of a side's requests that this many tasks cannot answer. */
export function excessOf(
  deployment: Deployment,
  live: readonly RuleWeights[],
  side: keyof typeof ROLES_OF,
  tasks: number,
): number {
  const load = live.reduce((sum, rule) => sum + shareOf(deployment, rule, ROLES_OF[side]), 0) / live.length;
  return load === 0 ? 0 : Math.max(0, 1 - (tasks * MOST_OF_A_TASK) / load);
}
