/**
 * What a campaign will do if every cutover completes. It uses the campaign's own decisions on a simulated clock, so
 * that both agree.
 */
import { ANY_TRAFFIC, project } from '../phases/index.ts';
import { type Campaign, type CampaignService, servicePlan } from './campaign.ts';
import { decide } from './campaign-decision.ts';
import { byName } from './order.ts';
import { NO_MEMORY, type ServiceState } from './states.ts';
import { nextOpening, type WallClock } from './windows.ts';

export interface WaveRow {
  readonly name: string;
  readonly services: number;
  /** When the first cutover starts and when the last one is complete, in milliseconds since the epoch. */
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface CampaignProjection {
  readonly waves: readonly WaveRow[];
  readonly startsAt: number;
  readonly endsAt: number;
  /** The most cutovers in progress at once. */
  readonly mostAtOnce: number;
}

const COMPLETED: ServiceState = { at: 'completed' };
const RUNNING: ServiceState = { at: 'running', phase: 'stage', paused: false, pause: 'possible' };

/** @param from milliseconds since the epoch */
export function projectCampaign(campaign: Campaign, from: number, clock: WallClock): CampaignProjection {
  const services = byName(campaign);
  const seconds = new Map<string | undefined, number>();
  const secondsOf = (service: CampaignService) => {
    const known = seconds.get(service.plan) ?? project(servicePlan(campaign, service), ANY_TRAFFIC).totalSeconds;
    seconds.set(service.plan, known);
    return known;
  };
  const states = new Map<string, ServiceState>();
  const started = new Map<string, number>();
  const ends = new Map<string, number>();
  let mostAtOnce = 0;
  for (let now = from; ; ) {
    for (const [name, end] of ends) if (end <= now) states.set(name, COMPLETED);
    const { start, outcome, held } = decide(campaign, states, NO_MEMORY, now, clock);
    if (outcome !== 'underWay') break;
    for (const name of start) {
      const service = services.get(name);
      if (service === undefined) continue;
      states.set(name, RUNNING);
      started.set(name, now);
      ends.set(name, now + secondsOf(service) * 1000);
    }
    const open = [...ends.values()].filter((end) => end > now);
    mostAtOnce = Math.max(mostAtOnce, open.length);
    const opens = held === null ? null : nextOpening(campaign.pause, now, clock);
    const next = Math.min(...open, ...(opens === null ? [] : [opens]));
    if (!Number.isFinite(next)) break;
    now = next;
  }
  const waves = campaign.waves.map(({ name, services: members }) => ({
    name,
    services: members.length,
    startsAt: Math.min(...members.map((s) => started.get(s.name) ?? from)),
    endsAt: Math.max(...members.map((s) => ends.get(s.name) ?? from)),
  }));
  return { waves, startsAt: from, endsAt: Math.max(from, ...ends.values()), mostAtOnce };
}
