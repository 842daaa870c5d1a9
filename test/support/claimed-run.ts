/** Records a run that owns its ingress, as preflight leaves it: its lease and the first entry of its log. */
import * as z from 'zod';
import type { Deployment } from '../../core/model/deployment.ts';
import type { CutoverId } from '../../core/model/ids.ts';
import type { Lease } from '../../core/model/lease.ts';
import { type PlanInput, parsePlan, planSchema } from '../../core/model/plan.ts';
import type { DecisionLog, Leases } from '../../core/model/ports.ts';
import { weightsFor } from '../../core/model/split.ts';

export interface ClaimedRun {
  readonly deployment: Deployment;
  readonly cutoverId: CutoverId;
  readonly executionArn: string;
  readonly plan?: PlanInput;
  readonly startedBy?: string | null;
  readonly drill?: Lease['drill'];
}

const TEN = { candidatePercent: 10, mirror: null };

/** Claims the ingress for a run at 10 % whose intent is confirmed. */
export async function claimRun(leases: Leases, log: DecisionLog, run: ClaimedRun): Promise<Lease> {
  const { deployment, cutoverId, executionArn, plan = {}, startedBy = null, drill = null } = run;
  const { ingressId } = deployment;
  const at = new Date().toISOString();
  const intent = { split: TEN, weights: weightsFor(deployment, TEN), at, confirmed: true };
  const claim = {
    ingressId,
    cutoverId,
    executionArn,
    at,
    intent,
    heartbeatDueAt: at,
    drill,
    startedBy,
    stableGroup: null,
  };
  const lease = await leases.claim(claim);
  await log.append(cutoverId, {
    at,
    kind: 'phase',
    phase: 'preflight',
    stage: -1,
    by: 'machine',
    message: 'Preflight passed.',
    data: { plan: z.encode(planSchema, parsePlan(plan)), deployment },
  });
  return lease;
}
