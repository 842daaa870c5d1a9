/**
 * A rule's actions in the Query protocol, checked against AWS's documented limits.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html
 */
import type { LoadBalancerModel, RuleModel } from '../../machine/index.ts';
import { CloudError } from '../wire/index.ts';
import { findGroup, invalid } from './elbv2-model.ts';

const MAX_WEIGHT = 999;
const MAX_GROUPS = 5;
const MAX_STICKY_SECONDS = 604_800;

const GUARDS = ['authenticate-cognito', 'authenticate-oidc', 'jwt-validation'];
const TYPES = ['forward', 'redirect', 'fixed-response', ...GUARDS];
/** Limit for the order of an action. */
const MAX_ORDER = 50_000;

/** The last action forwards; those before it are stored as written. @throws CloudError */
export function parseActions(model: LoadBalancerModel, p: URLSearchParams): Pick<RuleModel, 'forward' | 'guards'> {
  const actions = inOrder(p);
  if (actions.length === 0) throw invalid('An action must be specified');
  const last = actions.at(-1);
  if (last?.type !== 'forward')
    throw new CloudError('InvalidLoadBalancerAction', 'only rules that forward are known here');
  const before = actions.slice(0, -1);
  const second = before.find(({ type }) => !GUARDS.includes(type));
  if (second !== undefined)
    throw new CloudError('TooManyActions', `a rule has one action of type ${second.type} or forward`);
  const guards = before.map(({ prefix }) => nested(p, prefix));
  const forward = parseForward(model, p, `${last.prefix}.ForwardConfig`);
  return { forward, ...(guards.length === 0 ? {} : { guards }) };
}

interface Action {
  readonly type: string;
  readonly prefix: string;
  readonly order: number;
}

/** The order of actions is required where there are several, and the last one is the one that answers. */
function inOrder(p: URLSearchParams): Action[] {
  const actions: Action[] = [];
  for (let i = 1; p.has(`Actions.member.${i}.Type`); i++) {
    const prefix = `Actions.member.${i}`;
    const type = p.get(`${prefix}.Type`) ?? '';
    if (!TYPES.includes(type))
      throw invalid(
        `1 validation error detected: Value '${type}' at 'actions.${i}.member.type' failed to satisfy constraint: Member must satisfy enum value set: [${TYPES.join(', ')}]`,
      );
    actions.push({ type, prefix, order: Number(p.get(`${prefix}.Order`) ?? Number.NaN) });
  }
  const orders = actions.map(({ order }) => order);
  if (orders.some((n) => n < 1 || n > MAX_ORDER)) throw invalid(`An order must be between 1 and ${MAX_ORDER}`);
  if (actions.length > 1 && (orders.some(Number.isNaN) || new Set(orders).size < orders.length))
    throw invalid('Each of several actions needs an order of its own');
  return actions.sort((a, b) => a.order - b.order);
}

function parseForward(model: LoadBalancerModel, p: URLSearchParams, prefix: string): RuleModel['forward'] {
  const groups = parseGroups(p, `${prefix}.TargetGroups`);
  for (const { targetGroupArn } of groups) findGroup(model, targetGroupArn);
  const stickiness = parseStickiness(p, `${prefix}.TargetGroupStickinessConfig`);
  const sticky = groups.some(
    (g) => model.targetGroups.get(g.targetGroupArn)?.attributes?.['stickiness.enabled'] === 'true',
  );
  if (sticky && groups.length > 1 && !stickiness.enabled)
    throw new CloudError(
      'InvalidConfigurationRequest',
      'You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups',
    );
  return { groups, stickiness };
}

function parseGroups(p: URLSearchParams, prefix: string): RuleModel['forward']['groups'] {
  const groups: { targetGroupArn: string; weight: number }[] = [];
  for (let i = 1; p.has(`${prefix}.member.${i}.TargetGroupArn`); i++) {
    const targetGroupArn = p.get(`${prefix}.member.${i}.TargetGroupArn`) ?? '';
    const weight = Number(p.get(`${prefix}.member.${i}.Weight`) ?? 1);
    if (!Number.isInteger(weight) || weight < 0 || weight > MAX_WEIGHT)
      throw invalid(`The weight for each target group must be between 0 and ${MAX_WEIGHT}, inclusive`);
    groups.push({ targetGroupArn, weight });
  }
  if (groups.length === 0) throw invalid('A forward action needs a target group');
  if (groups.length > MAX_GROUPS) throw invalid(`A forward action has at most ${MAX_GROUPS} target groups`);
  if (new Set(groups.map((g) => g.targetGroupArn)).size < groups.length)
    throw invalid('A target group may be named once in a forward action');
  // AWS does not document what weights of 0 for all groups mean, so nothing here may depend on it.
  if (groups.every((g) => g.weight === 0)) throw invalid('Weights that are all 0 are undocumented, and refused here');
  return groups;
}

function parseStickiness(p: URLSearchParams, prefix: string): RuleModel['forward']['stickiness'] {
  const enabled = p.get(`${prefix}.Enabled`) === 'true';
  const given = p.get(`${prefix}.DurationSeconds`);
  const durationSeconds = Number(given ?? 0);
  // A duration is checked even where stickiness is off.
  if ((enabled || given !== null) && (durationSeconds < 1 || durationSeconds > MAX_STICKY_SECONDS))
    throw invalid(`Target group stickiness duration must be between 1 and ${MAX_STICKY_SECONDS} seconds`);
  return { enabled, durationSeconds };
}

/** Rebuilds a structure without lists from its form in the Query protocol. */
function nested(p: URLSearchParams, prefix: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, value] of p) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const [key = '', ...rest] = name.slice(prefix.length + 1).split('.');
    found[key] = rest.length === 0 ? value : nested(p, `${prefix}.${key}`);
  }
  return found;
}
