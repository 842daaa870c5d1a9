/**
 * Claims that no stand-in can settle, and the step that settles each: the column "a live AWS account" of
 * docs/explanation/limits.md.
 */
import type { AcceptanceStep } from './steps.ts';

interface Claim {
  readonly step: AcceptanceStep | 'removal';
  readonly text: string;
}

export const CLAIMS = {
  deploy: { step: 'deploy', text: 'The CDK deploys everything; quotas and the caller’s rights suffice' },
  healthy: { step: 'deploy', text: 'Targets become healthy, and customers are answered' },
  checks: { step: 'doctor', text: 'No check of the doctor fails on a fresh deployment, each role’s rights among them' },
  alarmAction: { step: 'drill', text: 'An alarm’s direct action starts the rollback' },
  return: { step: 'drill', text: 'The load balancer’s own counts show that the traffic is back on stable' },
  notice: { step: 'notice', text: 'An alarm’s message passes the encrypted topic and reaches a subscriber' },
  captures: { step: 'fault', text: 'Firehose hands captures to the comparison, and the sign-off reads its tallies' },
  midRunDeploy: { step: 'fault', text: 'A deploy that would change a rule in mid-run is refused and moves no weight' },
  faultFound: { step: 'fault', text: 'A candidate that fails at 10 % is rolled back by its evidence' },
  quietReturn: { step: 'fault', text: 'No customer meets the failing candidate once the return is verified' },
  split: { step: 'clean', text: 'Customers are answered by the side that the weights name' },
  cutover: { step: 'clean', text: 'A cutover with short stages completes' },
  removal: { step: 'removal', text: 'Everything that the acceptance made is removed' },
} as const satisfies Record<string, Claim>;

export type ClaimId = keyof typeof CLAIMS;

export interface ClaimFinding {
  readonly seen: boolean;
  /** The figure or the sentence that supports it. */
  readonly detail: string;
}

export type Findings = Partial<Readonly<Record<ClaimId, ClaimFinding>>>;
