/**
 * What a stack may do to a rule whose weights belong to the run: pure decisions of `Custom::WeightedRule`.
 *
 * CloudFormation writes properties, also when it rolls a failed update back; the live weights are none of its business.
 * So an update that changes nothing is answered without a write, even while a cutover runs: otherwise the rollback of a
 * refused update would be refused as well, and the stack would stand in UPDATE_ROLLBACK_FAILED.
 */
import { type Lease, MAX_WEIGHT } from '../model/index.ts';

export interface RuleShape {
  /** 1 to 50,000, unique on the listener. */
  readonly priority: number;
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  /** Testers alone: by a header's value (`*` and `?` are wild) or by source address (CIDR). @default everybody */
  readonly cohort?: CohortCondition | undefined;
}

export interface CohortCondition {
  readonly header?: { readonly name: string; readonly values: readonly string[] } | undefined;
  readonly sourceIps?: readonly string[] | undefined;
}

export interface LiveRule extends RuleShape {
  readonly arn: string;
  /** Target group ARN → live weight. */
  readonly weights: ReadonlyMap<string, number>;
  /** Duration of group stickiness in seconds; null when it is off. */
  readonly stickySeconds: number | null;
}

export interface WantedRule extends RuleShape {
  readonly stableArn: string;
  /** Every group of the rule, the stable one among them. */
  readonly groupArns: readonly string[];
}

export type UpdateDecision =
  | { readonly do: 'keep' }
  /** The weights are the live ones, with new groups at 0; stickiness stays as it is. */
  | {
      readonly do: 'write';
      readonly weights: ReadonlyMap<string, number>;
      readonly stickySeconds: number | null;
      /** The priority changes too. */
      readonly move: boolean;
    }
  | { readonly do: 'refuse'; readonly reasons: readonly string[] };

/** Stable 100, everything else 0. */
export function initialWeights({ groupArns, stableArn }: WantedRule): ReadonlyMap<string, number> {
  return new Map(groupArns.map((arn) => [arn, arn === stableArn ? 100 : 0]));
}

export function decideUpdate(live: LiveRule, wanted: WantedRule, owner: Lease | null): UpdateDecision {
  const move = live.priority !== wanted.priority;
  if (!move && sameShape(live, wanted)) return { do: 'keep' };
  const reasons = [...whileRunning(owner, 'updated'), ...stillCarrying(live, (arn) => !wanted.groupArns.includes(arn))];
  if (reasons.length > 0) return { do: 'refuse', reasons };
  const weights = new Map(wanted.groupArns.map((arn) => [arn, Math.min(MAX_WEIGHT, live.weights.get(arn) ?? 0)]));
  return { do: 'write', weights, stickySeconds: live.stickySeconds, move };
}

/** Reasons why the rule must not be deleted; none: it may. */
export function refusalsOfDelete(live: LiveRule, stableArn: string, owner: Lease | null): readonly string[] {
  return [...whileRunning(owner, 'deleted'), ...stillCarrying(live, (arn) => arn !== stableArn)];
}

function whileRunning(owner: Lease | null, what: string): string[] {
  if (owner?.status !== 'running' && owner?.status !== 'rolling_back') return [];
  return [`cutover ${owner.cutoverId} is ${owner.status}; its rule is not ${what} before it has ended`];
}

function stillCarrying(live: LiveRule, concerns: (arn: string) => boolean): string[] {
  return [...live.weights]
    .filter(([arn, weight]) => weight > 0 && concerns(arn))
    .map(([arn, weight]) => `target group ${arn} carries traffic (weight ${weight}) and cannot leave; roll back first`);
}

/** The same conditions and groups, in whatever order they are listed; priority and weights are not looked at. */
export function sameShape(
  live: LiveRule,
  wanted: Pick<WantedRule, 'methods' | 'paths' | 'cohort' | 'groupArns'>,
): boolean {
  return (
    sameSet(live.methods, wanted.methods) &&
    sameSet(live.paths, wanted.paths) &&
    sameSet(cohortTerms(live), cohortTerms(wanted)) &&
    sameSet([...live.weights.keys()], wanted.groupArns)
  );
}

/** Each condition of a cohort as a text; names of header fields have no case. */
function cohortTerms({ cohort }: Pick<RuleShape, 'cohort'>): string[] {
  const { header, sourceIps = [] } = cohort ?? {};
  return [...(header?.values ?? []).map((value) => `${header?.name.toLowerCase()}: ${value}`), ...sourceIps];
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}
