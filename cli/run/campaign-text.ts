/** The projection of a campaign for people: its waves over time, and the API limits that its cutovers share. */
import {
  BUCKET_IDS,
  BUCKETS,
  budgetOf,
  budgetProblems,
  type Campaign,
  type CampaignProjection,
  campaignServices,
  projectCampaign,
} from '../../core/campaign/index.ts';
import { type PlanProblem, spokenDuration, toIso } from '../../core/model/index.ts';
import { ANY_TRAFFIC, project } from '../../core/phases/index.ts';
import { quantity } from '../../input/index.ts';
import { wallClock } from '../../lambdas/zones/index.ts';

export interface ProjectedCampaign extends CampaignProjection {
  readonly name: string;
  readonly services: number;
  readonly places: ReturnType<typeof budgetOf>;
  /** Reasons why the campaign must not be started; empty if it may. */
  readonly problems: readonly PlanProblem[];
}

/** @param from milliseconds since the epoch */
export function projectedCampaign(campaign: Campaign, from: number): ProjectedCampaign {
  const plans = Object.entries(campaign.plans).flatMap(([name, plan]) =>
    project(plan, ANY_TRAFFIC).problems.map((p) => ({ ...p, path: `plans.${name}.${p.path}` })),
  );
  return {
    name: campaign.name,
    services: campaignServices(campaign).length,
    ...projectCampaign(campaign, from, wallClock),
    places: budgetOf(campaign),
    problems: [...plans, ...budgetProblems(campaign)],
  };
}

const MOST_PLACES = 20;

export function campaignText(campaign: Campaign, projected: ProjectedCampaign): string {
  const { waves, startsAt, endsAt, mostAtOnce, places, services } = projected;
  const { recurring, freezes } = campaign.pause;
  const windows = [...recurring, ...freezes].map(({ name, timeZone }) => `${name} (${timeZone})`);
  const others =
    campaign.onFailure === 'return'
      ? 'roll back to stable'
      : `are paused where they are for ${spokenDuration(campaign.stayFor)}, and roll back unless somebody resumes them`;
  return [
    `Campaign ${campaign.name}: ${quantity(services, 'service')} in ${quantity(waves.length, 'wave')}, at most ${mostAtOnce} under way at once.`,
    `When one fails, nothing further starts, and the others under way ${others}.`,
    '',
    `${'wave'.padEnd(24)}  services  ${'first start'.padEnd(17)}  last complete`,
    ...waves.map((wave) =>
      [wave.name.padEnd(24), String(wave.services).padStart(8), minute(wave.startsAt), minute(wave.endsAt)].join('  '),
    ),
    '',
    `Total: ${spokenDuration(Math.ceil((endsAt - startsAt) / 60_000) * 60)} if every gate passes at the end of its bake and every sign-off takes its full timeout.`,
    windows.length === 0 ? 'Pause windows: none.' : `Pause windows, in which nothing starts: ${windows.join(', ')}.`,
    '',
    "API calls a minute, of AWS's default limit, in each region of each account, with as many cutovers at once as the campaign allows there:",
    ['place'.padEnd(30), 'at once', ...BUCKET_IDS.map((id) => id.padStart(20)), 'last one waits'].join('  '),
    ...places
      .slice(0, MOST_PLACES)
      .map(({ place, atOnce, callsPerMinute, secondsToReturn }) =>
        [
          place.padEnd(30),
          String(atOnce).padStart(7),
          ...BUCKET_IDS.map((id) => `${Math.round(callsPerMinute[id])} of ${BUCKETS[id].perSecond * 60}`.padStart(20)),
          `${secondsToReturn} s`.padStart(14),
        ].join('  '),
      ),
    'The last column says how long the last of them would wait for ModifyRule if all rolled back at once.',
    ...(places.length > MOST_PLACES ? [`and ${places.length - MOST_PLACES} places with less`] : []),
  ].join('\n');
}

/** For example `2026-11-26T08:00Z`. */
function minute(ms: number): string {
  return `${toIso(ms).slice(0, 16)}Z`;
}
