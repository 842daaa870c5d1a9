/** The load balancer's counts of one minute, and CloudWatch's view of them. */
import { type Deployment, type LateCount, type RuleWeights, shareOf, UNKNOWN } from '../../../core/model/index.ts';

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

/** As in lambdas/aws/cloudwatch/minute-counts.ts: ALB reports no zeros, and an absent error count may be late. */
export function evidenceOf({ requests, failed, refused, hung, slow }: Counts, elb5xx: number) {
  const whole = Math.round(requests);
  if (whole === 0) return null;
  const counted = (value: number): LateCount => (Math.round(value) === 0 ? UNKNOWN : Math.round(value));
  const unanswered: LateCount = Math.round(elb5xx) === 0 ? UNKNOWN : Math.round(Math.min(elb5xx, refused + hung));
  return {
    requests: whole,
    target5xx: counted(failed),
    connectionErrors: counted(refused),
    unanswered,
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
