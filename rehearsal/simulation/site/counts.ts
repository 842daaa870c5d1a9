/** What the load balancer counts of one minute, and what CloudWatch makes of it. */
import { type LateCount, UNKNOWN } from '../../../core/model/index.ts';

export interface Counts {
  requests: number;
  failed: number;
  refused: number;
  hung: number;
  slow: number;
}

/** What the load balancer counts: a target group each, the mirror's two as one, and its own answers. */
export interface Counted {
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
