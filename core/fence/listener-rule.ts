/**
 * Pure decisions of `Custom::WeightedRule`: what a stack may do to a rule whose weights belong to the run.
 * CloudFormation writes properties, even when it rolls back a failed update, but it must not touch the live weights. An
 * update that changes nothing is therefore answered without a write, even during a cutover. Otherwise the rollback of a
 * refused update would be refused as well, and the stack would end in UPDATE_ROLLBACK_FAILED.
 */
import { type ListenerRule, type RuleConditions, sameConditions } from '../listener/index.ts';
import { type Lease, MAX_WEIGHT } from '../model/index.ts';

/** What a deployment declares about a rule, apart from its shape. */
export interface RuleBearings {
  readonly stableArn: string;
  /** Name of the table; null in deployments of earlier versions. */
  readonly ledger: string | null;
}

export interface RuleShape {
  /** 1 to 50,000, unique on the listener. */
  readonly priority: number;
  readonly conditions: RuleConditions;
  /** Actions before the forward action, such as a login. */
  readonly guards: readonly string[];
}

/** A live rule that forwards. */
export interface LiveRule extends ListenerRule {
  readonly forwards: ReadonlyMap<string, number>;
}

export interface WantedRule extends RuleShape {
  readonly stableArn: string;
  /** Every target group of the rule, including the stable one. */
  readonly groupArns: readonly string[];
}

export type UpdateDecision =
  | { readonly do: 'keep' }
  /** The weights are the live ones, with new groups at 0; stickiness is left unchanged. */
  | {
      readonly do: 'write';
      readonly weights: ReadonlyMap<string, number>;
      readonly stickySeconds: number | null;
      /** Whether the priority changes, too. */
      readonly move: boolean;
    }
  | { readonly do: 'refuse'; readonly reasons: readonly string[] };

/** Stable 100, everything else 0. */
export function initialWeights({ groupArns, stableArn }: WantedRule): ReadonlyMap<string, number> {
  return new Map(groupArns.map((arn) => [arn, arn === stableArn ? 100 : 0]));
}

/**
 * Decides what an update of the stack does to a live rule.
 * @param owner the ingress's lease; null if there has been no run
 */
export function decideUpdate(live: LiveRule, wanted: WantedRule, owner: Lease | null): UpdateDecision {
  const move = live.priority !== wanted.priority;
  if (!move && sameShape(live, wanted)) return { do: 'keep' };
  const reasons = [...whileRunning(owner, 'updated'), ...stillCarrying(live, (arn) => !wanted.groupArns.includes(arn))];
  if (reasons.length > 0) return { do: 'refuse', reasons };
  const weights = new Map(wanted.groupArns.map((arn) => [arn, Math.min(MAX_WEIGHT, live.forwards.get(arn) ?? 0)]));
  return { do: 'write', weights, stickySeconds: live.stickySeconds, move };
}

/** Why a deploy must not continue, and what to do instead. */
export interface BearingsRefusal {
  readonly reason: string;
  /** null: wait for the run, or roll back. */
  readonly nextStep: string | null;
}

/**
 * Whether a deploy would swap the sides, or switch to another ledger, while customers are being moved. The shape of the
 * rule shows neither, and both would make the next rollback send everybody to the wrong side, or lose track of its run.
 * When CloudFormation reverts a refused update, it asks again with old and new swapped. That agrees with the lease and
 * with the live weights, and is allowed.
 */
export function refusalOfBearings(
  live: LiveRule,
  wanted: RuleBearings,
  before: RuleBearings,
  owner: Lease | null,
): BearingsRefusal | null {
  const over = owner?.status === 'completed';
  if (needsDeployment(owner)) {
    const { cutoverId, status, stableGroup } = owner;
    if (stableGroup === null || stableGroup === wanted.stableArn) return null;
    const began = `cutover ${cutoverId} is ${status} and began with ${stableGroup} as the stable group`;
    return { reason: `${began}; the sides are not exchanged before it has ended`, nextStep: null };
  }
  const { ledger, stableArn } = wanted;
  if (before.ledger !== null && ledger !== before.ledger && !isAtRest(live, stableArn))
    return {
      reason: `ledger ${ledger} knows no run, and the rule's weights are those of one (${weightsText(live)}): it stands in ledger ${before.ledger}`,
      nextStep: `deploy with ledger ${before.ledger} until the cutover has ended (\`crossfade rollback\` ends it).`,
    };
  // At the end of a completed cutover either side may be called stable, because no trigger moves its customers.
  const settled = before.stableArn === stableArn || over || carriesAll(live, stableArn);
  if (settled) return null;
  return {
    reason: `the deploy would make ${stableArn} the stable group, and the rule sends customers elsewhere (${weightsText(live)}): within a minute the watchdog would move all of them`,
    nextStep:
      'name the group that serves customers now as `stable`, then deploy again; customers are moved by a cutover.',
  };
}

/** Whether one side has everything: stable, or the candidate with the weight of a completed cutover. */
function isAtRest(live: LiveRule, stableArn: string): boolean {
  return (
    carriesAll(live, stableArn) || [...live.forwards].some(([arn, w]) => w === MAX_WEIGHT && carriesAll(live, arn))
  );
}

function carriesAll({ forwards }: LiveRule, groupArn: string): boolean {
  return [...forwards].every(([arn, weight]) => weight > 0 === (arn === groupArn));
}

function weightsText({ forwards }: LiveRule): string {
  return [...forwards].map(([arn, weight]) => `${arn} ${weight}`).join(', ');
}

/** Reasons why the rule must not be deleted; empty if it may be. */
export function refusalsOfDelete(live: LiveRule, stableArn: string, owner: Lease | null): readonly string[] {
  return [...whileRunning(owner, 'deleted'), ...stillCarrying(live, (arn) => arn !== stableArn)];
}

/** Whether a run, or its rollback, still needs functions, alarms and watchdog. */
export function needsDeployment(owner: Lease | null): owner is Lease {
  return owner?.status === 'running' || owner?.status === 'rolling_back';
}

function whileRunning(owner: Lease | null, what: string): string[] {
  if (!needsDeployment(owner)) return [];
  return [`cutover ${owner.cutoverId} is ${owner.status}; its rule is not ${what} before it has ended`];
}

function stillCarrying(live: LiveRule, concerns: (arn: string) => boolean): string[] {
  return [...live.forwards]
    .filter(([arn, weight]) => weight > 0 && concerns(arn))
    .map(([arn, weight]) => `target group ${arn} carries traffic (weight ${weight}) and cannot leave; roll back first`);
}

/** Whether conditions, guards and groups are equal, in any order. Priority and weights are not compared. */
export function sameShape(live: LiveRule, wanted: Pick<WantedRule, 'conditions' | 'guards' | 'groupArns'>): boolean {
  return (
    sameConditions(live.conditions, wanted.conditions) &&
    sameSet(live.guards, wanted.guards) &&
    sameSet([...live.forwards.keys()], wanted.groupArns)
  );
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}
