/** Whether the cutovers of a campaign have room in the limits that they share, with as much left as all of them need to go back at once. */
import type { PlanProblem } from '../model/index.ts';
import { BUCKET_IDS, BUCKETS, CALLS_AT_REST, type Calls, callsOf, callsUnderWay, RULES_OF_CUTOVER } from './buckets.ts';
import { type Campaign, type CampaignService, campaignServices, servicePlace, servicePlan } from './campaign.ts';

/** Looks may take this share of what a bucket fills up by; the rest is for rollbacks, deployments and whoever else is in the account. */
export const SHARE_FOR_LOOKS = 0.5;

export interface PlaceBudget {
  /** Account and region, such as `111122223333/eu-central-1`. */
  readonly place: string;
  readonly services: number;
  /** Under way at once, at most. */
  readonly atOnce: number;
  readonly callsPerMinute: Calls;
  /** Seconds for which the last of them waits at least for its safe weights, if all go back at once. */
  readonly secondsToReturn: number;
}

/** What `atOnce` cutovers under way and `atRest` others, of one place, call a minute. */
export function callsOfPlace(underWay: Calls, atOnce: number, atRest: number): Calls {
  return callsOf((id) => atOnce * underWay[id] + atRest * CALLS_AT_REST[id]);
}

/** Seconds for which so many ways back at once wait at least for the bucket of changes, if it was full. */
export function secondsToReturn(atOnce: number): number {
  const { capacity, perSecond } = BUCKETS.modifyRule;
  return Math.max(0, Math.ceil((atOnce * RULES_OF_CUTOVER - capacity) / perSecond));
}

/** Cutovers of one place whose safe weights AWS takes all at once: none of them waits for another. */
export function mostAtOnce(): number {
  return Math.floor(BUCKETS.modifyRule.capacity / RULES_OF_CUTOVER);
}

/** One line for each region of each account, the fullest first. */
export function budgetOf(campaign: Campaign): PlaceBudget[] {
  const places = Map.groupBy(campaignServices(campaign), (service) => servicePlace(campaign, service));
  const { services: most, perPlace = most } = campaign.blastRadius;
  return [...places]
    .map(([place, services]) => {
      const atOnce = Math.min(services.length, most, perPlace);
      return {
        place,
        services: services.length,
        atOnce,
        callsPerMinute: callsOfPlace(busiest(campaign, services), atOnce, services.length - atOnce),
        secondsToReturn: secondsToReturn(atOnce),
      };
    })
    .sort((a, b) => b.callsPerMinute.describeRules - a.callsPerMinute.describeRules);
}

/** Why a campaign must not start: what its cutovers would take from each other. */
export function budgetProblems(campaign: Campaign): PlanProblem[] {
  return budgetOf(campaign).flatMap(({ place, services, atOnce, callsPerMinute, secondsToReturn: seconds }) => [
    ...BUCKET_IDS.flatMap((id) => {
      const most = BUCKETS[id].perSecond * 60 * SHARE_FOR_LOOKS;
      if (callsPerMinute[id] <= most) return [];
      return [
        {
          path: 'blastRadius.perPlace',
          message: `in ${place} ${atOnce} cutovers at once and the watchdogs of all ${services} services call ${BUCKETS[id].what} ${Math.round(callsPerMinute[id])} times a minute; ${most} keep half of AWS's limit free for rollbacks. Lower it, look less often, or spread the services over more accounts`,
        },
      ];
    }),
    ...(atOnce <= mostAtOnce()
      ? []
      : [
          {
            path: 'blastRadius.perPlace',
            message: `in ${place} ${atOnce} cutovers may be under way; if all roll back at once, the last one waits at least ${seconds} s for ModifyRule: set it to ${mostAtOnce()} or less`,
          },
        ]),
  ]);
}

/** Of the plan that looks most often. */
function busiest(campaign: Campaign, services: readonly CampaignService[]): Calls {
  const plans = new Map(services.map((service) => [service.plan, service]));
  const calls = [...plans.values()].map((service) => callsUnderWay(servicePlan(campaign, service)));
  return callsOf((id) => Math.max(...calls.map((c) => c[id])));
}
