/**
 * Requests that reach stable without passing the cutover: through a foreign rule, or another listener, that forwards to
 * its group. No cutover moves them, so they would lose their side with its last task, however rare they are.
 */
import { conditionsCover, describeConditions } from './conditions.ts';
import { type ListenerRule, nameOfRule } from './shadowed-rules.ts';

/**
 * Describes these rules; empty if stable serves nobody else.
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

/** A rule in front matches everything that this one would. */
function isUnreached({ priority, conditions }: ListenerRule, rules: readonly ListenerRule[]): boolean {
  return rules.some((front) => front.priority < priority && conditionsCover(front.conditions, conditions));
}
