/**
 * Requests that reach the stable side past the cutover: a rule of somebody else, or of another listener, that forwards to its group.
 * No cutover moves them, so they would lose their side with its last task, however seldom they come.
 */
import { conditionsCover, describeConditions } from './conditions.ts';
import { type ListenerRule, nameOfRule } from './shadowed-rules.ts';

/**
 * The rules that do, each in words; empty when the stable side serves nobody else.
 * @param listeners all rules of each listener of the load balancer
 */
export function otherUses(
  ownRules: readonly string[],
  stableArn: string,
  listeners: readonly (readonly ListenerRule[])[],
): readonly string[] {
  return listeners.flatMap((rules) =>
    rules
      .filter(({ arn, forwards }) => !ownRules.includes(arn) && (forwards?.get(stableArn) ?? 0) > 0)
      .filter((rule) => !isUnreached(rule, rules))
      .map((rule) => `${nameOfRule(rule)} (${describeConditions(rule.conditions)})`),
  );
}

/** A rule in front takes all that it would take. */
function isUnreached({ priority, conditions }: ListenerRule, rules: readonly ListenerRule[]): boolean {
  return rules.some((front) => front.priority < priority && conditionsCover(front.conditions, conditions));
}
