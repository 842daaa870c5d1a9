/** A campaign from what somebody has written. */
import { problemsOf, wordIssue } from '../../input/index.ts';
import type { PlanProblem } from '../model/index.ts';
import { type Campaign, campaignSchema, MOST_CAMPAIGN_BYTES } from './campaign.ts';
import { campaignProblems } from './checks.ts';
import type { WallClock } from './windows.ts';

/** Every problem by its field; of the order and of what is shared only where all fields are right. */
export function readCampaign(
  input: unknown,
  clock: WallClock,
): { readonly campaign: Campaign } | { readonly problems: readonly PlanProblem[] } {
  const parsed = campaignSchema.safeParse(input, { error: wordIssue });
  if (!parsed.success)
    return { problems: problemsOf(parsed.error).map((p) => ({ ...p, path: p.path === '' ? 'campaign' : p.path })) };
  const size = JSON.stringify(input).length;
  if (size > MOST_CAMPAIGN_BYTES)
    return {
      problems: [
        {
          path: 'campaign',
          message: `is too large for one execution: ${size} characters of at most ${MOST_CAMPAIGN_BYTES}; split it`,
        },
      ],
    };
  const problems = campaignProblems(parsed.data, clock);
  return problems.length === 0 ? { campaign: parsed.data } : { problems };
}

/** Whether a file is meant as a campaign: a plan has no waves. */
export function looksLikeCampaign(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'waves' in input;
}
