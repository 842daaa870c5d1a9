/**
 * The request of an operator's command to the run that holds the lease: read, answered by the core, and written unless
 * somebody else was first.
 */
import { type Approval, CrossfadeError, type CutoverId, type Plan, parsePlan } from '../../core/model/index.ts';
import {
  agree,
  agreeNoted,
  askSteering,
  closedSignoff,
  type SteeringRequest,
  soFarOf,
} from '../../core/phases/index.ts';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { DeniedError } from './functions.ts';
import { HALF_HOUR_PLAN, type SimulatedSteering } from './scenario/index.ts';

/** @returns the command's sentence, and whether the run accepted the request */
export async function operatorAsks(
  { ledger, decisionLog, deployment }: Pick<Deps, 'ledger' | 'decisionLog' | 'deployment'>,
  asks: SimulatedSteering,
  seconds: number,
  now: number,
): Promise<{ readonly taken: boolean; readonly said: string }> {
  try {
    const lease = await ledger.read(deployment.ingressId);
    if (lease === null) return { taken: false, said: 'there is nothing to steer' };
    const soFar = soFarOf(parsePlan(HALF_HOUR_PLAN), await decisionLog.entries(lease.cutoverId), lease);
    const answer = askSteering(lease, requestOf(asks, seconds), { by: 'ops', reason: asks, now }, soFar);
    if ('refused' in answer) return { taken: false, said: answer.refused };
    await ledger.steer(lease, answer.steering);
    return { taken: true, said: answer.message };
  } catch (error) {
    // Somebody else was first, or the ledger does not answer; the command says so, and the person continues.
    if (error instanceof CrossfadeError || error instanceof DeniedError) return { taken: false, said: error.message };
    throw error;
  }
}

/** One person's approval by command, if the plan requires two. */
export async function personApproves(
  { approvals, ledger, deployment }: Pick<Deps, 'approvals' | 'ledger' | 'deployment'>,
  cutoverId: CutoverId,
  person: { readonly by: string; readonly comment: string },
  { signoff }: Plan,
  now: number,
): Promise<{ readonly token: string; readonly approval: Approval } | null> {
  const [request, lease] = [await approvals.newest(cutoverId), await ledger.read(deployment.ingressId)];
  if (request === null || closedSignoff(cutoverId, request, lease, now) !== null) return null;
  const { by, comment } = person;
  if ('refused' in agree(signoff, lease?.startedBy ?? null, request, by, comment)) return null;
  const noted = await approvals.agree(request, person);
  const all = agreeNoted(signoff, lease?.startedBy ?? null, noted, by, comment);
  return 'approval' in all ? { token: request.token, approval: all.approval } : null;
}

function requestOf(asks: SimulatedSteering, seconds: number): SteeringRequest {
  switch (asks) {
    case 'pause':
      return { kind: 'pause', seconds };
    case 'override':
      return { kind: 'promote', override: true };
    case 'promote':
      return { kind: 'promote', override: false };
    default:
      return { kind: asks };
  }
}
