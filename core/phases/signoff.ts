/** Decides who may sign off: when somebody answers, and again in the machine before the answer has any effect. */
import type { Approval, ApprovalRequest, CutoverState, Lease, Plan } from '../model/index.ts';
import { fromIso, placeOfRun } from '../model/index.ts';

type Policy = Plan['signoff'];

/** The identities behind an approval; earlier versions recorded only a name. */
export function approversOf({ approvedBy, approvers }: Approval): readonly string[] {
  return approvers ?? [approvedBy];
}

/** Why these identities do not suffice for a sign-off; null if they do. */
export function approvalProblem(
  policy: Policy,
  startedBy: CutoverState['startedBy'],
  approvers: readonly string[],
): string | null {
  if (!policy.starterMayApprove && startedBy !== null && approvers.includes(startedBy))
    return `${startedBy} started this cutover and may not approve it (plan: signoff.starterMayApprove)`;
  const persons = new Set(approvers).size;
  return persons >= policy.approvers
    ? null
    : `${persons} of ${policy.approvers} persons have approved (plan: signoff.approvers)`;
}

/** Why a sign-off cannot be answered now, in one sentence; null if it can. */
export function closedSignoff(
  id: string,
  request: ApprovalRequest | null,
  lease: Lease | null,
  now: number,
): string | null {
  if (request === null) return `Cutover "${id}" has no pending approval.`;
  const { kind, answered, expiresAt } = request;
  const name = `The ${kind} sign-off of ${id}`;
  if (answered !== null)
    return `${name} was ${answered.answer === 'approve' ? 'approved' : 'rejected'} by ${answered.by} at ${answered.at}; it takes one answer only.`;
  if (now >= fromIso(expiresAt)) return `${name} expired at ${expiresAt} without an answer; the cutover rolls back.`;
  if (lease?.cutoverId !== request.cutoverId)
    return `${name} is over: ${lease === null ? 'no cutover' : `cutover ${lease.cutoverId}`} owns the ingress.`;
  if (lease.status !== 'running') return `${name} is over: the cutover is ${lease.status.replace('_', ' ')}.`;
  const waiting = kind === 'shadow' ? 'shadowSignoff' : 'finalSignoff';
  return lease.phase === waiting ? null : `${name} is over: the cutover is in ${placeOfRun(lease)}.`;
}

/** The effect of one person's approval. */
export type Agreement =
  | { readonly refused: string }
  /** Another person must approve, too. */
  | { readonly wanting: number }
  | { readonly approval: Approval };

/** One person's approval: accepted, accepted and sufficient, or refused with the reason. */
export function agree(
  policy: Policy,
  startedBy: CutoverState['startedBy'],
  { agreed }: ApprovalRequest,
  by: string,
  comment: string,
): Agreement {
  const alone = approvalProblem({ ...policy, approvers: 1 }, startedBy, [by]);
  if (alone !== null) return { refused: `Not approved: ${alone}.` };
  const before = agreed.filter((given) => given.by !== by);
  // Enough people have approved, but the execution was never notified, so any of them may repeat it.
  const isLost = agreed.length >= policy.approvers;
  if (policy.approvers > 1 && before.length < agreed.length && !isLost)
    return {
      refused: `You have approved this sign-off already; it waits for ${policy.approvers - agreed.length} more.`,
    };
  const all = [...before, { by, comment }];
  if (all.length < policy.approvers) return { wanting: policy.approvers - all.length };
  const approvers = all.map((given) => given.by);
  const comments = all.map((given) => given.comment).filter((text) => text !== '');
  return { approval: { approvedBy: approvers.join(' and '), comment: comments.join('; '), approvers } };
}

/**
 * {@link agree} after the approval was recorded in the request. It is counted again, so that two people who approve at
 * the same time are counted as two.
 */
export function agreeNoted(
  policy: Policy,
  startedBy: CutoverState['startedBy'],
  noted: ApprovalRequest,
  by: string,
  comment: string,
): Agreement {
  const agreed = noted.agreed.filter((given) => given.by !== by);
  return agree(policy, startedBy, { ...noted, agreed }, by, comment);
}

/** What the plan requires of the people who answer, in sentences; empty if anybody may answer alone. */
export function signoffRules({ plan: { signoff }, startedBy }: Pick<CutoverState, 'plan' | 'startedBy'>): string[] {
  return [
    ...(signoff.approvers > 1 ? [`${signoff.approvers} persons must approve.`] : []),
    ...(startedBy === null || signoff.starterMayApprove
      ? []
      : [`${startedBy} started the cutover and may not approve it.`]),
  ];
}
