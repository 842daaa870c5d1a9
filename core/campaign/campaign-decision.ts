/**
 * Decides what a campaign does next from the states of all its services. It is level-triggered, so the next evaluation
 * makes up for one that was lost.
 */
import { listed } from '../../input/index.ts';
import { fromIso, toIso } from '../model/index.ts';
import { type Campaign, type CampaignService, campaignServices, servicePlace } from './campaign.ts';
import { prerequisites } from './order.ts';
import { type CampaignMemory, hasFailed, isUnderWay, type ServiceState, type ServiceStates } from './states.ts';
import { nextOpening, pauseAtInstant, type WallClock } from './windows.ts';

export interface CampaignDecision {
  /** Names of the services to start now, in order. */
  readonly start: readonly string[];
  /** Services to pause where they are. */
  readonly stop: readonly string[];
  /** Services to roll back. */
  readonly bringBack: readonly string[];
  /** `completed`: every service is completed. `failed`: at least one is not, and nothing is in progress any more. */
  readonly outcome: 'underWay' | 'completed' | 'failed';
  /** Seconds until the next evaluation. */
  readonly waitSeconds: number;
  readonly memory: CampaignMemory;
  /** Why nothing starts although something could; null otherwise. */
  readonly held: string | null;
}

/** The same interval as the evaluations of a cutover. */
export const LOOK_SECONDS = 60;
/** While nothing is in progress, nothing can go wrong, so a pause window is waited out in steps of at most this. */
const LONGEST_SLEEP_SECONDS = 3_600;

/** Failed services that a reason names; rollbacks and pauses of the others give it as theirs. */
const MOST_NAMED = 5;

const WAITING: ServiceState = { at: 'waiting' };

/** @param now milliseconds since the epoch */
export function decide(
  campaign: Campaign,
  states: ServiceStates,
  memory: CampaignMemory,
  now: number,
  clock: WallClock,
): CampaignDecision {
  const services = campaignServices(campaign);
  const stateOf = ({ name }: CampaignService) => states.get(name) ?? WAITING;
  const moving = services.filter((service) => isUnderWay(stateOf(service)));
  const failed = services.filter((service) => hasFailed(stateOf(service)));
  const nothing = { start: [], stop: [], bringBack: [], waitSeconds: LOOK_SECONDS, held: null };
  if (failed.length > 0 || memory.failedAt !== null) {
    const failedAt = memory.failedAt ?? toIso(now);
    const overdue = now >= fromIso(failedAt) + campaign.stayFor * 1000;
    const causes = memory.failedAt === null ? failed.map(({ name }) => name) : memory.failed;
    return {
      ...nothing,
      ...stopRule(campaign, moving, stateOf, memory, overdue),
      memory: { ...memory, failedAt, failed: causes },
      outcome: moving.length === 0 ? 'failed' : 'underWay',
      held: `${listed(causes, MOST_NAMED)} failed: nothing further starts.`,
    };
  }
  if (services.every((service) => stateOf(service).at === 'completed'))
    return { ...nothing, memory, outcome: 'completed' };
  const open = pauseAtInstant(campaign.pause, now, clock);
  if (open !== null)
    return {
      ...nothing,
      memory,
      outcome: 'underWay',
      waitSeconds: moving.length > 0 ? LOOK_SECONDS : sleepSeconds(campaign, now, clock),
      held: `Pause window ${open.name} (${open.timeZone}) is open: nothing starts.`,
    };
  return { ...nothing, memory, outcome: 'underWay', start: startable(campaign, moving, stateOf) };
}

/** Applies the file's rule for cutovers in progress after one has failed. */
function stopRule(
  { onFailure }: Campaign,
  moving: readonly CampaignService[],
  stateOf: (service: CampaignService) => ServiceState,
  { stopped }: CampaignMemory,
  overdue: boolean,
): Pick<CampaignDecision, 'stop' | 'bringBack'> {
  const [stop, bringBack]: [string[], string[]] = [[], []];
  for (const service of moving) {
    const state = stateOf(service);
    if (state.at !== 'running') continue;
    const { name } = service;
    const resumed = stopped.includes(name) && !state.paused;
    const held = state.paused || stopped.includes(name);
    if (onFailure === 'return' || (overdue && !resumed)) bringBack.push(name);
    // It could not be paused, and would continue. Rolling back is the safe direction.
    else if (!held && state.pause === 'never') bringBack.push(name);
    // In a phase that cannot be paused, it waits at a sign-off, or is evaluated again before its first stage.
    else if (!held && state.pause === 'possible') stop.push(name);
  }
  return { stop, bringBack };
}

/** The services that may start, in file order, as far as the blast radius allows. */
function startable(
  campaign: Campaign,
  moving: readonly CampaignService[],
  stateOf: (service: CampaignService) => ServiceState,
): string[] {
  const { services: most, perPlace = most } = campaign.blastRadius;
  const before = prerequisites(campaign);
  const services = campaignServices(campaign);
  const complete = new Set(services.filter((s) => stateOf(s).at === 'completed').map(({ name }) => name));
  const inPlace = new Map<string, number>();
  const count = (service: CampaignService) => {
    const place = servicePlace(campaign, service);
    inPlace.set(place, (inPlace.get(place) ?? 0) + 1);
  };
  for (const service of moving) count(service);
  const start: string[] = [];
  const ready = new Map<ReadonlySet<string>, boolean>();
  const isReady = (needed: ReadonlySet<string>) => {
    const known = ready.get(needed) ?? [...needed].every((name) => complete.has(name));
    ready.set(needed, known);
    return known;
  };
  for (const service of services) {
    if (moving.length + start.length >= most) break;
    if (stateOf(service).at !== 'waiting') continue;
    if ((inPlace.get(servicePlace(campaign, service)) ?? 0) >= perPlace) continue;
    if (!isReady(before.get(service.name) ?? new Set())) continue;
    count(service);
    start.push(service.name);
  }
  return start;
}

function sleepSeconds({ pause }: Campaign, now: number, clock: WallClock): number {
  const opens = nextOpening(pause, now, clock);
  const left = opens === null ? LONGEST_SLEEP_SECONDS : Math.ceil((opens - now) / 1000);
  return Math.min(LONGEST_SLEEP_SECONDS, Math.max(LOOK_SECONDS, left));
}
