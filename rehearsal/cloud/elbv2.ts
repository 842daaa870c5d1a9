/** Elastic Load Balancing v2, as far as the adapters call it; validates as the API reference documents. */
import { randomBytes } from 'node:crypto';
import type { LoadBalancerModel, RuleModel } from '../world.ts';
import { CloudError, members, type QueryOperations } from './protocol.ts';

const MAX_WEIGHT = 999;
const MAX_GROUPS = 5;

export function elbv2(model: LoadBalancerModel, onChange: (rule: RuleModel) => void): QueryOperations {
  return {
    DescribeRules: (p) => {
      const arns = members(p, 'RuleArns');
      const rules = arns.length > 0 ? arns.map((arn) => ruleOf(model, arn)) : [...model.rules.values()];
      return { Rules: rules.map(describeRule) };
    },
    CreateRule: (p) => {
      const arn = `${(p.get('ListenerArn') ?? '').replace(':listener/', ':listener-rule/')}/${randomBytes(8).toString('hex')}`;
      const priority = Number(p.get('Priority'));
      if ([...model.rules.values()].some((r) => r.priority === priority))
        throw new CloudError('PriorityInUse', `Priority '${priority}' is currently in use`);
      const rule: RuleModel = { arn, priority, conditions: parseConditions(p), forward: parseForward(model, p) };
      model.rules.set(arn, rule);
      onChange(rule);
      return { Rules: [describeRule(rule)] };
    },
    ModifyRule: (p) => {
      const rule = ruleOf(model, p.get('RuleArn') ?? '');
      rule.forward = parseForward(model, p);
      onChange(rule);
      return { Rules: [describeRule(rule)] };
    },
    DeleteRule: (p) => {
      const rule = ruleOf(model, p.get('RuleArn') ?? '');
      model.rules.delete(rule.arn);
      return {};
    },
    DescribeTargetHealth: (p) => {
      const group = model.targetGroups.get(p.get('TargetGroupArn') ?? '');
      if (group === undefined) throw new CloudError('TargetGroupNotFound', 'One or more target groups not found');
      return {
        TargetHealthDescriptions: group.targets.map((t) => ({
          Target: { Id: t.host, Port: t.port },
          TargetHealth: { State: t.health },
        })),
      };
    },
  };
}

function ruleOf(model: LoadBalancerModel, arn: string): RuleModel {
  const rule = model.rules.get(arn);
  if (rule === undefined) throw new CloudError('RuleNotFound', `One or more rules not found: ${arn}`);
  return rule;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html */
function parseForward(model: LoadBalancerModel, p: URLSearchParams): RuleModel['forward'] {
  const prefix = 'Actions.member.1.ForwardConfig';
  const groups: { targetGroupArn: string; weight: number }[] = [];
  for (let i = 1; p.has(`${prefix}.TargetGroups.member.${i}.TargetGroupArn`); i++) {
    const targetGroupArn = p.get(`${prefix}.TargetGroups.member.${i}.TargetGroupArn`) ?? '';
    const weight = Number(p.get(`${prefix}.TargetGroups.member.${i}.Weight`) ?? 1);
    if (!model.targetGroups.has(targetGroupArn))
      throw new CloudError('TargetGroupNotFound', `Target group '${targetGroupArn}' not found`);
    if (!Number.isInteger(weight) || weight < 0 || weight > MAX_WEIGHT)
      throw new CloudError('ValidationError', `Weight '${weight}' must be between 0 and ${MAX_WEIGHT}`);
    groups.push({ targetGroupArn, weight });
  }
  if (groups.length === 0) throw new CloudError('ValidationError', 'An action of type forward needs target groups');
  if (groups.length > MAX_GROUPS)
    throw new CloudError('TooManyTargetGroups', `At most ${MAX_GROUPS} target groups per action`);
  const sticky = `${prefix}.TargetGroupStickinessConfig`;
  const enabled = p.get(`${sticky}.Enabled`) === 'true';
  const durationSeconds = Number(p.get(`${sticky}.DurationSeconds`) ?? 0);
  if (enabled && (durationSeconds < 1 || durationSeconds > 604_800))
    throw new CloudError('ValidationError', 'DurationSeconds must be between 1 and 604800');
  return { groups, stickiness: { enabled, durationSeconds } };
}

function parseConditions(p: URLSearchParams): RuleModel['conditions'] {
  let conditions: RuleModel['conditions'] = {};
  for (let i = 1; p.has(`Conditions.member.${i}.Field`); i++) {
    const prefix = `Conditions.member.${i}`;
    if (p.get(`${prefix}.Field`) === 'http-request-method')
      conditions = { ...conditions, methods: members(p, `${prefix}.HttpRequestMethodConfig.Values`) };
    if (p.get(`${prefix}.Field`) === 'path-pattern')
      conditions = { ...conditions, paths: members(p, `${prefix}.PathPatternConfig.Values`) };
  }
  return conditions;
}

function describeRule(rule: RuleModel) {
  const { groups, stickiness } = rule.forward;
  return {
    RuleArn: rule.arn,
    Priority: String(rule.priority),
    IsDefault: false,
    Actions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: groups.map((g) => ({ TargetGroupArn: g.targetGroupArn, Weight: g.weight })),
          TargetGroupStickinessConfig: {
            Enabled: stickiness.enabled,
            DurationSeconds: stickiness.enabled ? stickiness.durationSeconds : undefined,
          },
        },
      },
    ],
  };
}
