/** One service of a campaign: the state of its run, and the three actions that a campaign can take. */
import * as z from 'zod';
import { pauseAt } from '../evaluation/index.ts';
import { causeText, describeCause, type Lease, planSchema, toIso } from '../model/index.ts';
import { askPause } from '../phases/index.ts';
import { type Campaign, type CampaignService, runName, servicePlan } from './campaign.ts';
import type { ServicePorts } from './ports.ts';
import { type ServiceState, stateReason } from './states.ts';

/** A pause lasts longer than the stay, so that the campaign ends it and not the clock; seconds. */
const BEYOND_STAY_SECONDS = 15 * 60;

/**
 * The state of a service's run, from its lease, or from its execution if the lease belongs to another run by now.
 * @param now milliseconds
 */
export async function stateOfRun(
  ports: ServicePorts,
  campaign: Campaign,
  service: CampaignService,
  now: number,
): Promise<ServiceState> {
  const run = runName(campaign, service);
  const own = await ownLease(ports, run);
  if (own !== null) return stateOfLease(own, campaign, now);
  const execution = await ports.status(run);
  if (execution === null) return { at: 'waiting' };
  if (execution.status === 'running') return { at: 'running', phase: 'preflight', paused: false, pause: 'notYet' };
  // Its lease was lost with the table: an execution succeeds only if its cutover is complete.
  if (execution.status === 'succeeded') return { at: 'completed' };
  // The run may have taken the ingress since the lease was read.
  const late = await ownLease(ports, run);
  return late === null
    ? { at: 'refused', reason: stateReason(causeText(execution.cause)) }
    : stateOfLease(late, campaign, now);
}

/** Starts the run of a service with its plan. @throws what the port throws */
export async function startRun(
  ports: ServicePorts,
  campaign: Campaign,
  service: CampaignService,
  startedBy: string | null,
): Promise<void> {
  const plan = z.encode(planSchema, servicePlan(campaign, service));
  await ports.start(runName(campaign, service), { plan, ...(startedBy === null ? {} : { startedBy }) });
}

/** Pauses the run where it is. @returns whether it did; otherwise another evaluation tries again */
export async function pauseRun(
  { deployment, leases, decisionLog }: ServicePorts,
  campaign: Campaign,
  service: CampaignService,
  { by, reason, now }: { readonly by: string; readonly reason: string; readonly now: number },
): Promise<boolean> {
  const lease = await leases.read(deployment.ingressId);
  if (lease?.cutoverId !== runName(campaign, service)) return false;
  const answer = askPause(
    lease,
    campaign.stayFor + BEYOND_STAY_SECONDS,
    { by, reason, now },
    servicePlan(campaign, service),
  );
  if ('refused' in answer) return false;
  await leases.steer(lease, answer.steering);
  const { phase, stage, cutoverId } = lease;
  const at = toIso(now);
  await decisionLog.append(cutoverId, {
    at,
    kind: 'steering',
    phase,
    stage,
    by,
    message: `${answer.message} ${reason}`,
  });
  return true;
}

/**
 * Makes the service's own rollback roll the run back. A run without a lease has moved nothing, and is handled by the
 * next evaluation.
 */
export async function bringBackRun(
  ports: ServicePorts,
  campaign: Campaign,
  service: CampaignService,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  const lease = await ports.leases.read(ports.deployment.ingressId);
  if (lease?.cutoverId !== runName(campaign, service)) return;
  await ports.askRollback({ trigger: 'operator', by, reason, executionArn: lease.executionArn });
}

async function ownLease({ deployment, leases, past }: ServicePorts, run: string): Promise<Lease | null> {
  const lease = await leases.read(deployment.ingressId);
  if (lease === null || lease.cutoverId === run) return lease;
  return (await past()).find(({ cutoverId }) => cutoverId === run) ?? null;
}

function stateOfLease(lease: Lease, { stayFor }: Campaign, now: number): ServiceState {
  const { status, rollback, phase, steering } = lease;
  const reason = stateReason(rollback === null ? '' : describeCause(rollback));
  switch (status) {
    case 'completed':
      return { at: 'completed' };
    case 'rolled_back':
      return { at: 'returned', reason };
    case 'rolling_back':
      return { at: 'returning', reason };
    case 'running': {
      const paused = pauseAt(steering, now) !== null;
      const answer = askPause(lease, stayFor + BEYOND_STAY_SECONDS, { by: '', reason: '', now }, null);
      const pause = 'steering' in answer ? 'possible' : answer.kind === 'misplaced' ? 'notYet' : 'never';
      return { at: 'running', phase, paused, pause };
    }
  }
}
