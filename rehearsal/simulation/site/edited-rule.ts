/** Manual changes to a rule. */
import { type Deployment, type RuleWeights, ruleWeightsSchema } from '../../../core/model/index.ts';
import type { Side } from '../../../sides/index.ts';
import type { RuleEdit } from '../scenario/index.ts';

export function editedRule(deployment: Deployment, rule: RuleWeights, edit: RuleEdit): RuleWeights {
  const { ruleArn, groups } = rule;
  const foreign = ruleWeightsSchema.parse({
    ruleArn,
    groups: [...groups.slice(0, 4), { targetGroupArn: 'arn:tg/foreign', weight: 100 }],
    sticky: false,
  });
  const candidate = { targetGroupArn: deployment.targetGroups.candidate.arn, weight: 100 };
  const made: Record<RuleEdit, RuleWeights> = {
    gone: { ruleArn, groups: [], sticky: false, absent: 'gone' },
    replaced: { ruleArn, groups: [], sticky: false, absent: 'replaced' },
    sticky: { ...rule, sticky: true },
    foreign,
    bare: { ruleArn, groups: [candidate], sticky: false },
    ungrouped: { ruleArn, groups: [candidate], sticky: false },
    zero: { ...rule, groups: groups.map((group) => ({ ...group, weight: 0 })) },
  };
  return made[edit];
}

/** The mirror's target groups that no rule names and that can be deleted; ELBv2 refuses to delete the others. */
export function unnamedGroups({ targetGroups }: Deployment, live: readonly RuleWeights[]): string[] {
  const named = new Set<string>(live.flatMap(({ groups }) => groups.map((group) => group.targetGroupArn)));
  return [targetGroups.mirrorForward, targetGroups.mirrorReverse].flatMap((group) =>
    group === undefined || named.has(group.arn) ? [] : [group.arn],
  );
}

/**
 * What ELBv2 makes of a write, and the adapter of its refusal (lambdas/aws/elb/ingress.ts): several groups of which one
 * is sticky itself want a rule that is; one group alone does not. A return then makes the rule sticky for a second,
 * which is read as not sticky.
 * @throws as ELBv2 refuses
 */
export function withoutCookies(
  rule: RuleWeights,
  { targetGroups }: Deployment,
  sticky: ReadonlySet<Side>,
  purpose?: 'return',
): RuleWeights {
  const own = [...sticky].map((role): string => targetGroups[role].arn);
  const isRefused = ({ groups }: Pick<RuleWeights, 'groups'>) =>
    !rule.sticky && groups.length > 1 && groups.some(({ targetGroupArn }) => own.includes(targetGroupArn));
  if (!isRefused(rule)) return rule;
  const alone = { ...rule, groups: rule.groups.filter(({ weight }) => weight > 0) };
  if (!isRefused(alone) || purpose === 'return') return alone;
  throw Object.assign(new Error('You must enable group stickiness'), { name: 'InvalidConfigurationRequestException' });
}
