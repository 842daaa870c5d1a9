/**
 * The cohort of a rehearsal: the header that its deployed rule matches, its requests, and the share that the candidate
 * answers.
 */
import { shareOf } from '../../core/model/index.ts';
import type { LocalCloud } from '../cloud/index.ts';
import type { MixEntry } from '../load/index.ts';
import { liveWeights } from '../machine/index.ts';

type DeployedCloud = Pick<LocalCloud, 'deployment' | 'model'>;

export interface RehearsedCohort {
  readonly ruleArn: string;
  /** The header that makes a request the cohort's. */
  readonly header: readonly [name: string, value: string];
}

/** One request in this many is the cohort's. */
const ONE_IN = 10;

/** null if the deployment has no rule for a cohort, or recognises it by something other than a header. */
export function cohortIn({ deployment, model }: DeployedCloud): RehearsedCohort | null {
  const ruleArn = deployment.rules.find(({ cohort }) => cohort === true)?.arn;
  const [header] = model.rules.get(ruleArn ?? '')?.conditions.headers ?? [];
  const value = header?.values[0];
  return ruleArn === undefined || header === undefined || value === undefined
    ? null
    : { ruleArn, header: [header.name, value] };
}

/** The same requests with the same frequency, some of them as the cohort. */
export function withCohort(mix: readonly MixEntry[], { header }: Pick<RehearsedCohort, 'header'>): readonly MixEntry[] {
  return mix.flatMap((entry) => [
    { ...entry, weight: entry.weight * (1 - 1 / ONE_IN) },
    { ...entry, weight: entry.weight / ONE_IN, headers: [...(entry.headers ?? jsonOf(entry)), header] },
  ]);
}

/** The candidate's share of the cohort's requests, 0 to 1. */
export function shareOfCohort(
  { deployment, model }: DeployedCloud,
  { ruleArn }: Pick<RehearsedCohort, 'ruleArn'>,
): number {
  const rule = model.rules.get(ruleArn);
  return rule === undefined ? 0 : shareOf(deployment, liveWeights(rule), ['candidate']);
}

/** A body without header fields is JSON, like the customers'. */
function jsonOf({ body }: MixEntry): NonNullable<MixEntry['headers']> {
  return body === undefined ? [] : [['content-type', 'application/json']];
}
