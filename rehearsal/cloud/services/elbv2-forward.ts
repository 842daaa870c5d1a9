/**
 * A forward action and a rule's conditions, as the Query protocol spells them, held to the limits that AWS documents.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
import type { LoadBalancerModel, RuleModel } from '../../machine/index.ts';
import { CloudError, members } from '../wire/index.ts';

const MAX_WEIGHT = 999;
const MAX_GROUPS = 5;
const MAX_STICKY_SECONDS = 604_800;

/** @throws CloudError */
export function parseForward(model: LoadBalancerModel, p: URLSearchParams): RuleModel['forward'] {
  if (p.get('Actions.member.1.Type') !== 'forward')
    throw new CloudError('InvalidLoadBalancerAction', 'only actions of type forward are known here');
  if (p.has('Actions.member.2.Type')) throw new CloudError('TooManyActions', 'a rule here has one action');
  const prefix = 'Actions.member.1.ForwardConfig';
  const groups = parseGroups(p, `${prefix}.TargetGroups`);
  for (const { targetGroupArn } of groups)
    if (!model.targetGroups.has(targetGroupArn))
      throw new CloudError('TargetGroupNotFound', `Target groups '${targetGroupArn}' not found`);
  return { groups, stickiness: parseStickiness(p, `${prefix}.TargetGroupStickinessConfig`) };
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
  // What AWS makes of weights that are all 0 is not documented; nothing here may depend on it.
  if (groups.every((g) => g.weight === 0)) throw invalid('Weights that are all 0 are undocumented, and refused here');
  return groups;
}

function parseStickiness(p: URLSearchParams, prefix: string): RuleModel['forward']['stickiness'] {
  const enabled = p.get(`${prefix}.Enabled`) === 'true';
  const durationSeconds = Number(p.get(`${prefix}.DurationSeconds`) ?? 0);
  if (enabled && (durationSeconds < 1 || durationSeconds > MAX_STICKY_SECONDS))
    throw invalid(`The stickiness duration must be between 1 and ${MAX_STICKY_SECONDS} seconds`);
  return { enabled, durationSeconds };
}

/** Absent from the request: null. @throws CloudError for a kind of condition that the data plane does not know. */
export function parseConditions(p: URLSearchParams): RuleModel['conditions'] | null {
  if (!p.has('Conditions.member.1.Field')) return null;
  let conditions: RuleModel['conditions'] = {};
  for (let i = 1; p.has(`Conditions.member.${i}.Field`); i++) {
    const prefix = `Conditions.member.${i}`;
    const field = p.get(`${prefix}.Field`);
    if (field === 'http-request-method')
      conditions = { ...conditions, methods: members(p, `${prefix}.HttpRequestMethodConfig.Values`) };
    else if (field === 'path-pattern')
      conditions = {
        ...conditions,
        paths: [...members(p, `${prefix}.PathPatternConfig.Values`), ...members(p, `${prefix}.Values`)],
      };
    else throw invalid(`Condition field '${field}' is not known here`);
  }
  return conditions;
}

function invalid(message: string): CloudError {
  return new CloudError('ValidationError', message);
}
