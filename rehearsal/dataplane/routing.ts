/** Routes a request: rule by priority and conditions, group by cookie or weight, target in turn. */
import type { LoadBalancerModel, RuleModel, Target, TargetGroupModel } from '../machine/index.ts';

/** The head of a request, as rules see it. */
export interface AskedHead {
  readonly method: string;
  /** Path with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * The first rule by priority whose conditions match. Every client has the loopback address, so conditions on the source
 * match all.
 */
export function ruleFor(model: LoadBalancerModel, head: AskedHead): RuleModel | undefined {
  return [...model.rules.values()].sort((a, b) => a.priority - b.priority).find((rule) => holds(rule, head));
}

function holds({ conditions }: RuleModel, { method, url, headers }: AskedHead): boolean {
  const { methods = [], hosts = [], paths = [], headers: wanted = [], queries = [] } = conditions;
  const [path = '/', query = ''] = url.split('?', 2);
  const host = String(headers.host ?? '').replace(/:\d+$/, '');
  const parameters = [...new URLSearchParams(query)];
  return (
    (methods.length === 0 || methods.includes(method)) &&
    (hosts.length === 0 || hosts.some((pattern) => matches(pattern.toLowerCase(), host.toLowerCase()))) &&
    (paths.length === 0 || paths.some((pattern) => matches(pattern, path))) &&
    wanted.every(({ name, values }) =>
      values.some((pattern) => matches(pattern, String(headers[name.toLowerCase()] ?? ''))),
    ) &&
    queries.every((anyOf) =>
      anyOf.some(({ key, value }) =>
        parameters.some(([name, given]) => (key === undefined || matches(key, name)) && matches(value, given)),
      ),
    )
  );
}

/** ALB's patterns: `*` for any characters, `?` for one. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's').test(text);
}

/**
 * The group that a rule's weights choose or, with stickiness, the one that the client's cookie names: stickiness
 * overrides the weight, even weight 0.
 * @param random uniform in [0, 1)
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

/**
 * Healthy targets in turn; if all are unhealthy, it fails open to all of them; undefined if none is registered (ALB
 * answers 503).
 */
export function targetFor(group: TargetGroupModel, turn: number): Target | undefined {
  const registered = group.targets.filter((t) => t.health !== 'draining');
  const healthy = registered.filter((t) => t.health === 'healthy');
  const usable = healthy.length > 0 ? healthy : registered;
  return usable[turn % Math.max(1, usable.length)];
}
