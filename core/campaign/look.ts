/** One evaluation of a campaign: reads every service that may have changed, decides, and acts. */

import { asError } from '../../input/index.ts';
import { type Clock, isTransient, type PlanProblem } from '../model/index.ts';
import { type Campaign, type CampaignService, campaignServices } from './campaign.ts';
import { type CampaignDecision, decide } from './campaign-decision.ts';
import { byName } from './order.ts';
import type { CampaignPorts, ServicePorts } from './ports.ts';
import { bringBackRun, pauseRun, startRun, stateOfRun } from './service-run.ts';
import { type CampaignMemory, hasEnded, type ServiceState, stateReason, withFewReasons } from './states.ts';
import type { WallClock } from './windows.ts';

export interface LookDeps {
  readonly ports: CampaignPorts;
  readonly clock: Pick<Clock, 'now'>;
  readonly wallClock: WallClock;
  /** Who acts, for ledgers and decision logs: the campaign's execution. */
  readonly by: string;
  /** IAM identity (ARN) of the person who started the campaign. Somebody else must answer the sign-offs of its runs. */
  readonly startedBy: string | null;
}

export interface LookOutcome extends Pick<CampaignDecision, 'outcome' | 'waitSeconds' | 'held'> {
  /** The states after the actions. Services that wait are left out. */
  readonly states: ReadonlyMap<string, ServiceState>;
  readonly memory: CampaignMemory;
  /** What could not be done; the next evaluation tries again. */
  readonly trouble: readonly string[];
}

/** Limits how many accounts and regions are called in parallel. */
const AT_ONCE = 20;

/**
 * @param known states of the previous evaluation; null for the first one, or the first after the campaign had died,
 * which reads every service
 */
export async function lookAt(
  deps: LookDeps,
  campaign: Campaign,
  known: ReadonlyMap<string, ServiceState> | null,
  memory: CampaignMemory,
): Promise<LookOutcome> {
  const now = deps.clock.now();
  const states = new Map(known);
  const trouble: string[] = [];
  const changing = campaignServices(campaign).filter(({ name }) => {
    const state = states.get(name);
    // Nobody else starts a waiting service under this name.
    return known === null || (state !== undefined && !hasEnded(state));
  });
  await each(changing, async (service) => {
    states.set(service.name, await read(deps, campaign, service, now));
  });
  const decision = decide(campaign, states, memory, now, deps.wallClock);
  const services = byName(campaign);
  const named = (names: readonly string[]) => names.flatMap((name) => services.get(name) ?? []);
  const act = (chosen: readonly string[], what: (service: CampaignService, ports: ServicePorts) => Promise<void>) =>
    each(named(chosen), async (service) => {
      try {
        await what(service, await deps.ports.at(campaign, service));
      } catch (error) {
        trouble.push(`${service.name}: ${stateReason(asError(error).message)}`);
      }
    });
  const asking = { by: deps.by, reason: `Campaign ${campaign.name}: ${decision.held ?? ''}`, now };
  const stopped: string[] = [];
  await act(decision.bringBack, (service, ports) => bringBackRun(ports, campaign, service, asking));
  await act(decision.stop, async (service, ports) => {
    if (await pauseRun(ports, campaign, service, asking)) stopped.push(service.name);
  });
  await act(decision.start, async (service, ports) => {
    // Recorded before the call, because the run may exist even if the answer is lost.
    states.set(service.name, { at: 'unknown', reason: 'it was started, and the answer is not in' });
    await startRun(ports, campaign, service, deps.startedBy);
    states.set(service.name, { at: 'running', phase: 'preflight', paused: false, pause: 'notYet' });
  });
  const { outcome, waitSeconds, held } = decision;
  const moved = withFewReasons([...states].filter(([, { at }]) => at !== 'waiting'));
  return {
    outcome,
    waitSeconds,
    held,
    states: moved,
    memory: { ...decision.memory, stopped: [...decision.memory.stopped, ...stopped] },
    trouble,
  };
}

/**
 * Problems that only the deployments show: one that does not exist, and two that write the same listener rule. Checked
 * before anything starts.
 * @throws CrossfadeError `Crossfade.Transient`
 */
export async function deploymentProblems({ ports }: LookDeps, campaign: Campaign): Promise<PlanProblem[]> {
  const problems: PlanProblem[] = [];
  const writers = new Map<string, string>();
  await each(campaignServices(campaign), async (service) => {
    const path = `services.${service.name}`;
    try {
      const { deployment } = await ports.at(campaign, service);
      for (const { arn } of deployment.rules) {
        const writer = writers.get(arn);
        if (writer === undefined) writers.set(arn, service.name);
        else
          problems.push({ path, message: `its deployment writes listener rule ${arn}, as that of "${writer}" does` });
      }
    } catch (error) {
      if (isTransient(error)) throw error;
      problems.push({ path, message: `its deployment cannot be read: ${stateReason(asError(error).message)}` });
    }
  });
  return problems;
}

async function read(deps: LookDeps, campaign: Campaign, service: CampaignService, now: number): Promise<ServiceState> {
  try {
    return await stateOfRun(await deps.ports.at(campaign, service), campaign, service, now);
  } catch (error) {
    return { at: 'unknown', reason: stateReason(asError(error).message) };
  }
}

async function each<T>(items: readonly T[], what: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of left) await what(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
