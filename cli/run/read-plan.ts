/** Reads a plan or a campaign from a file; every error names the file or the field. */
import { type Campaign, looksLikeCampaign, readCampaign } from '../../core/campaign/index.ts';
import { InvalidPlanError, type Plan, type PlanProblem, parsePlan } from '../../core/model/index.ts';
import { wallClock } from '../../lambdas/zones/index.ts';
import { readDocumentFile, UsageError } from '../shared/index.ts';

/** @param option that named the file; without a file, the default plan is used @throws UsageError */
export function readPlan(option: string, file: string | undefined): Plan {
  return planFrom(file === undefined ? {} : readDocumentFile(option, file));
}

export type PlanOrCampaign = { readonly plan: Plan } | { readonly campaign: Campaign };

/** A file that may be either. @throws UsageError */
export function readPlanOrCampaign(option: string, file: string | undefined): PlanOrCampaign {
  return planOrCampaign(file === undefined ? {} : readDocumentFile(option, file));
}

/** @throws UsageError that names the fields, but no file */
export function planOrCampaign(value: unknown): PlanOrCampaign {
  return looksLikeCampaign(value) ? { campaign: campaignFrom(value) } : { plan: planFrom(value) };
}

/** One line for each problem. */
export function problemLines(problems: readonly PlanProblem[]): string {
  return problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
}

function planFrom(value: unknown): Plan {
  try {
    return parsePlan(value);
  } catch (error) {
    if (!(error instanceof InvalidPlanError)) throw error;
    throw new UsageError(problemLines(error.problems));
  }
}

function campaignFrom(value: unknown): Campaign {
  const read = readCampaign(value, wallClock);
  if ('campaign' in read) return read.campaign;
  throw new UsageError(problemLines(read.problems));
}
