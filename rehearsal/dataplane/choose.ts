/** Where a request goes: rule by priority and conditions, group by cookie or weight, target by turns. */
import type { LoadBalancerModel, RuleModel, Target, TargetGroupModel } from '../machine/index.ts';

/** The first rule by priority whose conditions hold. */
export function ruleFor(model: LoadBalancerModel, method: string, path: string): RuleModel | undefined {
  return [...model.rules.values()]
    .sort((a, b) => a.priority - b.priority)
    .find(
      ({ conditions: { methods, paths } }) =>
        (methods === undefined || methods.includes(method)) &&
        (paths === undefined || paths.some((p) => pathMatches(p, path))),
    );
}

/** ALB path patterns: `*` for any characters, `?` for one. */
function pathMatches(pattern: string, path: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`).test(path);
}

/**
 * The group that a rule's weights choose, or, with stickiness on, the one that the client's cookie names: stickiness
 * beats weight, even weight 0. `random` is uniform in [0, 1).
 */
export function groupFor(
  model: LoadBalancerModel,
  { forward }: RuleModel,
  cookie: string | undefined,
  random: number,
): TargetGroupModel | undefined {
  const sticky = forward.stickiness.enabled ? forward.groups.find((g) => g.targetGroupArn === cookie) : undefined;
  if (sticky !== undefined) return model.targetGroups.get(sticky.targetGroupArn);
  let left = random * forward.groups.reduce((sum, g) => sum + g.weight, 0);
  for (const { targetGroupArn, weight } of forward.groups) {
    left -= weight;
    if (left < 0) return model.targetGroups.get(targetGroupArn);
  }
  return undefined;
}

/** Healthy targets by turns; all unhealthy fails open to all; none registered is undefined (ALB answers 503). */
export function targetFor(group: TargetGroupModel, turn: number): Target | undefined {
  const registered = group.targets.filter((t) => t.health !== 'draining');
  const healthy = registered.filter((t) => t.health === 'healthy');
  const usable = healthy.length > 0 ? healthy : registered;
  return usable[turn % Math.max(1, usable.length)];
}
