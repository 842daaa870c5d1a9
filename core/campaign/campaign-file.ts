/** Reads a campaign from a file, or from an execution of it. */
import { problemsOf, wordIssue } from '../../input/index.ts';
import type { PlanProblem } from '../model/index.ts';
import { acceptedCampaignSchema, type Campaign, campaignSchema } from './campaign.ts';
import { campaignProblems, sizeProblems } from './checks.ts';
import { type CampaignState, isAccepted } from './execution.ts';
import type { WallClock } from './windows.ts';

type Read = { readonly campaign: Campaign } | { readonly problems: readonly PlanProblem[] };

/** Returns every problem by field. The order and shared resources are checked only if all fields are valid. */
export function readCampaign(input: unknown, clock: WallClock): Read {
  const read = parsed(campaignSchema, input);
  if ('problems' in read) return read;
  const problems = [...campaignProblems(read.campaign, clock), ...sizeProblems(input, read.campaign)];
  return problems.length === 0 ? read : { problems };
}

/**
 * The campaign of an execution. Its first evaluation refuses it as {@link readCampaign} does; after that, a deployment
 * of another version does not stop it, also if it is resumed.
 */
export function campaignIn(state: Pick<CampaignState, 'campaign' | 'states' | 'accepted'>, clock: WallClock): Read {
  return isAccepted(state) ? parsed(acceptedCampaignSchema, state.campaign) : readCampaign(state.campaign, clock);
}

function parsed(schema: typeof campaignSchema | typeof acceptedCampaignSchema, input: unknown): Read {
  const { data, error } = schema.safeParse(input, { error: wordIssue });
  if (data !== undefined) return { campaign: data };
  return { problems: problemsOf(error).map((p) => ({ ...p, path: p.path === '' ? 'campaign' : p.path })) };
}

/** Whether a file is meant as a campaign; a plan has no waves. */
export function looksLikeCampaign(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'waves' in input;
}
