/** What the load balancer counts of one minute, and what CloudWatch makes of it. */
import { type Deployment, type LateCount, type RuleWeights, shareOf, UNKNOWN } from '../../../core/model/index.ts';

export interface Counts {
  requests: number;
  failed: number;
  refused: number;
  hung: number;
  slow: number;
}

/** What the load balancer counts: a target group each, the mirror's two as one, and its own answers. */
export interface CountedMinute {
  readonly stable: Counts;
  readonly candidate: Counts;
  readonly mirror: Counts;
  elb5xx: number;
}

export const noCounts = (): Counts => ({ requests: 0, failed: 0, refused: 0, hung: 0, slow: 0 });

/** As lambdas/aws/cloudwatch/minute-counts.ts makes it: ALB reports no zeros, and an absent count of errors may be a late one. */
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

/** Which groups a side's tasks answer for. */
const ROLES_OF = { stable: ['stable', 'mirrorForward'], candidate: ['candidate', 'mirrorReverse'] } as const;
/** Share of all requests that one task answers: three carry everything, and two do not. */
const MOST_OF_A_TASK = 0.35;

/** Share of a side's requests that so many tasks do not answer. */
export function excessOf(
  deployment: Deployment,
  live: readonly RuleWeights[],
  side: keyof typeof ROLES_OF,
  tasks: number,
): number {
  const load = live.reduce((sum, rule) => sum + shareOf(deployment, rule, ROLES_OF[side]), 0) / live.length;
  return load === 0 ? 0 : Math.max(0, 1 - (tasks * MOST_OF_A_TASK) / load);
}
