/** The cohort of a rehearsal: whose requests the deployed rule takes, what they are, and the part of it that the candidate answers. */
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

/** One request in so many is the cohort's. */
const ONE_IN = 10;

/** Null where the deployment has no rule for a cohort, or knows it by something other than a header. */
export function cohortIn({ deployment, model }: DeployedCloud): RehearsedCohort | null {
  const ruleArn = deployment.rules.find(({ cohort }) => cohort === true)?.arn;
  const [header] = model.rules.get(ruleArn ?? '')?.conditions.headers ?? [];
  const value = header?.values[0];
  return ruleArn === undefined || header === undefined || value === undefined
    ? null
    : { ruleArn, header: [header.name, value] };
}

/** The same requests as often as before, a part of them by the cohort. */
export function withCohort(mix: readonly MixEntry[], { header }: Pick<RehearsedCohort, 'header'>): readonly MixEntry[] {
  return mix.flatMap((entry) => [
    { ...entry, weight: entry.weight * (1 - 1 / ONE_IN) },
    { ...entry, weight: entry.weight / ONE_IN, headers: [...(entry.headers ?? jsonOf(entry)), header] },
  ]);
}

/** Share of the cohort's requests that the candidate answers, 0 to 1. */
export function shareOfCohort(
  { deployment, model }: DeployedCloud,
  { ruleArn }: Pick<RehearsedCohort, 'ruleArn'>,
): number {
  const rule = model.rules.get(ruleArn);
  return rule === undefined ? 0 : shareOf(deployment, liveWeights(rule), ['candidate']);
}

/** A body without fields of its own is JSON, as the customers' is. */
function jsonOf({ body }: MixEntry): NonNullable<MixEntry['headers']> {
  return body === undefined ? [] : [['content-type', 'application/json']];
}
