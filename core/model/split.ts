/**
 * From a traffic split (what the plan says, in percent) to rule weights (what ELBv2 takes) and back.
 *
 * ELBv2: 1 to 5 groups in a forward action, weights 0–999
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html).
 * What all weights zero would do is undocumented, so it cannot be built here.
 */
import * as z from 'zod';
import type { DeployedRule, Deployment, GroupRole } from './deployment.ts';
import { type RuleArn, ruleArnSchema, type TargetGroupArn, targetGroupArnSchema } from './ids.ts';

/** ELBv2's highest weight. */
export const MAX_WEIGHT = 999;

// Not strict, because a version that is older than the writer of a lease must be able to read it in order to roll back.
export const trafficSplitSchema = z.object({
  /** Percentage of the requests that the candidate answers, 0 to 100 in steps of 0.1. */
  candidatePercent: z.number().min(0).max(100),
  /**
   * Percentage of the requests of mirrored rules that pass through the mirror, and the side that answers them there:
   * `forward` takes its share from stable's, `reverse` from the candidate's.
   */
  mirror: z.object({ face: z.enum(['forward', 'reverse']), percent: z.number().gt(0).max(100) }).nullable(),
  /**
   * The candidate answers all requests of the cohort, whatever its share of the others. Only before the first stage.
   */
  cohort: z.literal(true).optional(),
});
export type TrafficSplit = z.infer<typeof trafficSplitSchema>;

/** Whether the candidate answers anybody: customers, or only testers. */
export function answersAnybody({ candidatePercent, cohort }: TrafficSplit): boolean {
  return candidatePercent > 0 || cohort === true;
}

/** All requests to stable, and nothing mirrored: what every rollback writes. */
export const SAFE_SPLIT: TrafficSplit = { candidatePercent: 0, mirror: null };

export const ruleWeightsSchema = z.object({
  ruleArn: ruleArnSchema,
  groups: z.array(z.object({ targetGroupArn: targetGroupArnSchema, weight: z.int().min(0).max(MAX_WEIGHT) })).max(5),
  /** Group stickiness overrides weights, so a rollback switches it off together with the weights. */
  sticky: z.boolean(),
  /** Read for a rule without the groups: somebody deleted it, or gave it another action. */
  absent: z.enum(['gone', 'replaced']).optional(),
});
/** The forward action of one rule, as written and as read back. */
export type RuleWeights = z.infer<typeof ruleWeightsSchema>;

/** The target group of a face of the mirror. */
export function groupRoleOfMirror({ face }: NonNullable<TrafficSplit['mirror']>): 'mirrorForward' | 'mirrorReverse' {
  return face === 'forward' ? 'mirrorForward' : 'mirrorReverse';
}

/** Percentages are multiples of 0.1, so a scale of 100 or 1000 always represents them as integers. */
function scaleOf(percents: readonly number[]): 1 | 10 {
  return percents.every((p) => Number.isInteger(p)) ? 1 : 10;
}

function sharesOf(split: TrafficSplit, rule: DeployedRule): Record<GroupRole, number> {
  if (rule.cohort === true && split.cohort === true)
    return { stable: 0, candidate: 100, mirrorForward: 0, mirrorReverse: 0 };
  const mirrorRole = split.mirror === null ? null : groupRoleOfMirror(split.mirror);
  const mirror = mirrorRole !== null && rule.roles.includes(mirrorRole) ? (split.mirror?.percent ?? 0) : 0;
  const forward = mirrorRole === 'mirrorForward' ? Math.min(mirror, 100 - split.candidatePercent) : 0;
  const reverse = mirrorRole === 'mirrorReverse' ? Math.min(mirror, split.candidatePercent) : 0;
  return {
    stable: 100 - split.candidatePercent - forward,
    candidate: split.candidatePercent - reverse,
    mirrorForward: forward,
    mirrorReverse: reverse,
  };
}

/** The weights of every rule for a split. Every group of a rule is included, with weight 0 if necessary. */
export function weightsFor(deployment: Deployment, split: TrafficSplit): RuleWeights[] {
  return deployment.rules.map((rule) => {
    const shares = sharesOf(split, rule);
    const percents = rule.roles.map((role) => shares[role]);
    const scale = scaleOf(percents);
    return {
      ruleArn: rule.arn,
      groups: rule.roles.map((role) => ({
        targetGroupArn: groupArn(deployment, role),
        weight: Math.min(MAX_WEIGHT, Math.round(shares[role] * scale)),
      })),
      sticky: false,
    };
  });
}

/** Whether two readings of the same rules are equal: same groups, weights and stickiness, in any order. */
export function sameWeights(a: readonly RuleWeights[], b: readonly RuleWeights[]): boolean {
  return a.length === b.length && canonical(a) === canonical(b);
}

/** Rules that somebody deleted. They carry no requests, and cannot be written. */
export function goneRules(live: readonly RuleWeights[]): readonly RuleArn[] {
  return live.flatMap(({ ruleArn, absent }) => (absent === 'gone' ? [ruleArn] : []));
}

/**
 * Whether every rule gives everything to stable with stickiness off, whatever the weights. A rule that somebody
 * deleted, or gave another action, leads to neither side, and is not the run's while no run is in progress.
 */
export function isSafe(deployment: Deployment, live: readonly RuleWeights[]): boolean {
  return live.every(
    (rule) => rule.absent !== undefined || (!rule.sticky && shareOf(deployment, rule, ['stable']) === 1),
  );
}

/**
 * The weights of a completed cutover: only the candidate, with ELBv2's highest weight. No stage writes that weight, so
 * the listener itself shows that the cutover is over, even while the ledger is unavailable.
 */
export function finalWeights(deployment: Deployment): RuleWeights[] {
  return weightsFor(deployment, { candidatePercent: 100, mirror: null }).map((rule) => ({
    ...rule,
    groups: rule.groups.map((group) => ({ ...group, weight: group.weight > 0 ? MAX_WEIGHT : 0 })),
  }));
}

/** Whether the listener carries the weights of a completed cutover. */
export function isFinal(deployment: Deployment, live: readonly RuleWeights[]): boolean {
  return sameWeights(live, finalWeights(deployment));
}

const ABSENT = { gone: 'deleted', replaced: 'no longer a forward rule' } as const;

/** A short text such as `rule/ab: stable 95 mirror 5`, for logs and errors. */
export function describeWeights(deployment: Deployment, rules: readonly RuleWeights[]): string {
  const role = (arn: TargetGroupArn) =>
    (Object.entries(deployment.targetGroups).find(([, g]) => g?.arn === arn) ?? [arn])[0];
  const groupsOf = (rule: RuleWeights) => rule.groups.map((g) => `${role(g.targetGroupArn)} ${g.weight}`).join(' ');
  const says = (rule: RuleWeights) => (rule.absent === undefined ? groupsOf(rule) : ABSENT[rule.absent]);
  return rules.map((r) => `${ruleName(r.ruleArn)}: ${says(r)}${r.sticky ? ' sticky' : ''}`).join('; ');
}

/** The share of a rule's weight, 0 to 1, that the groups with the given roles have. */
export function shareOf(deployment: Deployment, rule: RuleWeights, roles: readonly GroupRole[]): number {
  const total = rule.groups.reduce((sum, g) => sum + g.weight, 0);
  const arns = new Set(roles.map((role) => deployment.targetGroups[role]?.arn));
  const part = rule.groups.reduce((sum, g) => sum + (arns.has(g.targetGroupArn) ? g.weight : 0), 0);
  return total === 0 ? 0 : part / total;
}

function canonical(rules: readonly RuleWeights[]): string {
  return JSON.stringify(
    rules
      .map((r) => [r.ruleArn, r.sticky, r.groups.map((g) => `${g.targetGroupArn}=${g.weight}`).sort()] as const)
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  );
}

/** @throws RangeError for a group that is not deployed */
export function groupArn({ targetGroups }: Deployment, role: GroupRole): TargetGroupArn {
  const group = targetGroups[role];
  if (group === undefined) throw new RangeError(`the deployment has no target group ${role}`);
  return group.arn;
}

/** The last part of the ARN, by which messages name the rule. */
export function ruleName(arn: RuleArn): string {
  return arn.split('/').slice(-1)[0] ?? arn;
}
