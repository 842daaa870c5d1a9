/**
 * Whether the cutovers of a campaign fit into the limits that they share, with enough left for all of them to roll back
 * at once.
 */
import type { PlanProblem } from '../model/index.ts';
import { BUCKET_IDS, BUCKETS, CALLS_AT_REST, type Calls, callsOf, callsUnderWay, RULES_OF_CUTOVER } from './buckets.ts';
import { type Campaign, type CampaignService, campaignServices, servicePlace, servicePlan } from './campaign.ts';

/**
 * The share of a bucket's refill rate that evaluations may use. The rest is for rollbacks, deployments and other users
 * of the account.
 */
export const SHARE_FOR_LOOKS = 0.5;

export interface PlaceBudget {
  /** Account and region, such as `111122223333/eu-central-1`. */
  readonly place: string;
  readonly services: number;
  /** The most cutovers in progress at once. */
  readonly atOnce: number;
  readonly callsPerMinute: Calls;
  /** How long the last of them waits at least for its safe weights if all roll back at once, in seconds. */
  readonly secondsToReturn: number;
}

/** Calls per minute of `atOnce` cutovers in progress and `atRest` others in one place. */
export function callsOfPlace(underWay: Calls, atOnce: number, atRest: number): Calls {
  return callsOf((id) => atOnce * underWay[id] + atRest * CALLS_AT_REST[id]);
}

/** How long this many simultaneous rollbacks wait at least for the bucket of changes, if it was full; seconds. */
export function secondsToReturn(atOnce: number): number {
  const { capacity, perSecond } = BUCKETS.modifyRule;
  return Math.max(0, Math.ceil((atOnce * RULES_OF_CUTOVER - capacity) / perSecond));
}

/** How many cutovers of one place AWS can give their safe weights at once, without any waiting for another. */
export function mostAtOnce(): number {
  return Math.floor(BUCKETS.modifyRule.capacity / RULES_OF_CUTOVER);
}

/** One line for each region of each account, most heavily used first. */
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

/** Why a campaign must not start: the limits that its cutovers would take from each other. */
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

/** The calls of the plan that evaluates most often. */
function busiest(campaign: Campaign, services: readonly CampaignService[]): Calls {
  const plans = new Map(services.map((service) => [service.plan, service]));
  const calls = [...plans.values()].map((service) => callsUnderWay(servicePlan(campaign, service)));
  return callsOf((id) => Math.max(...calls.map((c) => c[id])));
}
