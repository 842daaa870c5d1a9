/**
 * Many cutovers as one campaign: which may start, which must pause or roll back, and whether all of them fit into
 * shared limits.
 */
export { BUCKET_IDS, BUCKETS, callsUnderWay } from './buckets.ts';
export {
  budgetOf,
  budgetProblems,
  callsOfPlace,
  mostAtOnce,
  SHARE_FOR_LOOKS,
  secondsToReturn,
} from './budget.ts';
export {
  type Campaign,
  type CampaignService,
  campaignSchema,
  campaignServices,
  servicePlace,
} from './campaign.ts';
export { decide } from './campaign-decision.ts';
export { campaignIn, looksLikeCampaign, readCampaign } from './campaign-file.ts';
export {
  type CampaignState,
  campaignStateSchema,
  executionOf,
  isAccepted,
  LONGEST_MESSAGE,
  LOOKS_PER_EXECUTION,
} from './execution.ts';
export { deploymentProblems, type LookDeps, lookAt } from './look.ts';
export type { CampaignPorts, RunStatus, ServicePorts } from './ports.ts';
export { type CampaignProjection, projectCampaign } from './projection.ts';
export { type CampaignMemory, isUnderWay, NO_MEMORY, type ServiceState } from './states.ts';
export { simulateThrottling } from './throttling.ts';
export { nextOpening, pauseAtInstant, type WallClock } from './windows.ts';
