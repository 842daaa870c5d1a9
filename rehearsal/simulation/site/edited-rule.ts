/** What people make of a rule by hand. */
import { type Deployment, type RuleWeights, ruleWeightsSchema } from '../../../core/model/index.ts';
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

/** Target groups that no rule names, which somebody may delete: ELBv2 keeps every other. */
export function unnamedGroups({ targetGroups }: Deployment, live: readonly RuleWeights[]): string[] {
  const named = new Set<string>(live.flatMap(({ groups }) => groups.map((group) => group.targetGroupArn)));
  return Object.values(targetGroups).flatMap((group) =>
    group === undefined || named.has(group.arn) ? [] : [group.arn],
  );
}
