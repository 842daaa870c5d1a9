/** Writes weights, and trusts them only after reading them back; shared by the forward path and rollback. */
import {
  type Clock,
  type Deployment,
  describeTrouble,
  describeWeights,
  goneRules,
  type Ingress,
  isTransient,
  type RuleArn,
  RuleGoneError,
  type RuleWeights,
  sameWeights,
  WeightsNotAppliedError,
} from '../model/index.ts';

/** How many consecutive equal readings are required, because Describe* may answer from a stale replica. */
const STABLE_READS = 2;
const MAX_READS = 8;
const READ_INTERVAL_MS = 250;
/**
 * AWS does not publish how soon Describe* shows a write, so a listener that still shows the old weights is read for 16
 * seconds, at growing intervals.
 */
const LONGEST_INTERVAL_MS = 4_000;

/**
 * Writes all rules at once. A rule that fails does not keep the others from being written.
 * @throws the first failure, after every rule has been tried
 */
export async function writeAll(ingress: Pick<Ingress, 'write'>, rules: readonly RuleWeights[]): Promise<void> {
  const results = await Promise.allSettled(rules.map((rule) => ingress.write(rule)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/**
 * The same for a rollback. A rule that somebody deleted carries no requests, so it does not keep the rollback from
 * completing.
 */
export async function writeStanding(ingress: Pick<Ingress, 'write'>, rules: readonly RuleWeights[]): Promise<void> {
  const unlessGone = (error: unknown) => {
    if (!(error instanceof RuleGoneError)) throw error;
  };
  await writeAll({ write: (rule) => ingress.write(rule, 'return').catch(unlessGone) }, rules);
}

/**
 * Reads until the wanted weights have been seen {@link STABLE_READS} times in a row.
 * @throws WeightsNotAppliedError; if the listener could not be read until the end, the failure of the read, which is
 * retried
 */
export async function readBack(
  ingress: Ingress,
  deployment: Deployment,
  wanted: readonly RuleWeights[],
  clock: Clock,
): Promise<void> {
  await readUntil(ingress, deployment, wanted, clock, (live) => sameWeights(live, wanted));
}

/**
 * The same for a rollback. A group with weight 0 may be missing.
 * @returns the rules that somebody deleted; all others have the wanted weights
 */
export async function readStandingBack(
  ingress: Ingress,
  deployment: Deployment,
  wanted: readonly RuleWeights[],
  clock: Clock,
): Promise<readonly RuleArn[]> {
  return goneRules(await readUntil(ingress, deployment, wanted, clock, (live) => areBack(live, wanted)));
}

/** Whether all rules that somebody has not deleted send customers where they are wanted. */
export function areBack(live: readonly RuleWeights[], wanted: readonly RuleWeights[]): boolean {
  const gone = goneRules(live);
  const standing = (rules: readonly RuleWeights[]) => rules.filter(({ ruleArn }) => !gone.includes(ruleArn));
  return sameWeights(weighted(standing(live)), weighted(standing(wanted)));
}

/** Only the groups that receive customers. */
function weighted(rules: readonly RuleWeights[]): RuleWeights[] {
  return rules.map((rule) => ({ ...rule, groups: rule.groups.filter(({ weight }) => weight > 0) }));
}

async function readUntil(
  ingress: Ingress,
  deployment: Deployment,
  wanted: readonly RuleWeights[],
  clock: Clock,
  agrees: (live: readonly RuleWeights[]) => boolean,
): Promise<readonly RuleWeights[]> {
  let equal = 0;
  let last = 'nothing was read';
  let failure: unknown = null;
  for (let i = 0; i < MAX_READS; i++) {
    if (i > 0)
      await clock.sleep(equal > 0 ? READ_INTERVAL_MS : Math.min(READ_INTERVAL_MS * 2 ** (i - 1), LONGEST_INTERVAL_MS));
    try {
      const live = await ingress.read();
      failure = null;
      equal = agrees(live) ? equal + 1 : 0;
      last = `the live weights are ${describeWeights(deployment, live)}`;
      if (equal === STABLE_READS) return live;
    } catch (error) {
      failure = error;
      equal = 0;
      last = `the listener could not be read: ${describeTrouble(error)}`;
    }
  }
  if (isTransient(failure)) throw failure;
  throw new WeightsNotAppliedError(`${describeWeights(deployment, wanted)} were written, but ${last}`, failure);
}

/** The reason with which a call rejected; undefined if it succeeded. */
export async function rejectionOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error('unknown failure');
  }
}
