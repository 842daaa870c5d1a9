/** Elastic Load Balancing v2, as far as the adapters and the operator's commands call it. */
import { randomBytes } from 'node:crypto';
import type { LoadBalancerModel, RuleModel, TargetGroupModel } from '../../machine/index.ts';
import { CloudError, members, type QueryOperations } from '../wire/index.ts';
import { parseActions, parseConditions } from './elbv2-forward.ts';

const MAX_PRIORITY = 50_000;

export interface LocalListener {
  readonly arn: string;
  readonly port: number;
  readonly protocol: string;
  /** ELBv2's list of actions of its default rule. @default - it answers 404 */
  readonly defaultActions?: readonly object[];
}

/** Of the account, by ARN and by the limit's name. */
interface ElbAccount {
  readonly tags: Map<string, Readonly<Record<string, string>>>;
  readonly limits: ReadonlyMap<string, number>;
}

/** `onChange` hears of every rule whose action or conditions were written. */
export function elbv2(
  model: LoadBalancerModel,
  onChange: (rule: RuleModel) => void,
  listeners: readonly LocalListener[] = [],
  { tags = new Map(), limits = new Map() }: Partial<ElbAccount> = {},
): QueryOperations {
  const put = (rule: RuleModel) => {
    model.rules.set(rule.arn, rule);
    onChange(rule);
    return { Rules: [describeRule(rule)] };
  };
  return {
    DescribeRules: (p) => {
      const arns = members(p, 'RuleArns');
      const listener = p.get('ListenerArn');
      if (arns.length === 0 && listener === null)
        throw new CloudError('ValidationError', 'a listener ARN or rule ARNs are needed');
      const all = [...model.rules.values()].sort((a, b) => a.priority - b.priority);
      const rules =
        arns.length > 0 ? arns.map((arn) => ruleOf(model, arn)) : all.filter((r) => isOn(r, listener ?? ''));
      const byDefault = arns.length > 0 ? [] : listeners.filter(({ arn }) => arn === listener).map(describeDefault);
      return { Rules: [...rules.map(describeRule), ...byDefault] };
    },
    CreateRule: (p) => {
      const arn = `${ruleArnPrefix(p.get('ListenerArn') ?? '')}/${randomBytes(8).toString('hex')}`;
      const priority = Number(p.get('Priority'));
      if (!Number.isInteger(priority) || priority < 1 || priority > MAX_PRIORITY)
        throw new CloudError('ValidationError', `Priority must be between 1 and ${MAX_PRIORITY}`);
      refuseTaken(model, arn, priority);
      const conditions = parseConditions(p);
      if (conditions === null) throw new CloudError('ValidationError', 'A rule must have a condition');
      return put({ arn, priority, conditions, tags: tagsIn(p), ...parseActions(model, p) });
    },
    ModifyRule: (p) => {
      const rule = ruleOf(model, p.get('RuleArn') ?? '');
      const conditions = parseConditions(p) ?? rule.conditions;
      if (!p.has('Actions.member.1.Type')) return put({ ...rule, conditions });
      // The list of actions is replaced as a whole.
      const { guards: _replaced, ...kept } = rule;
      return put({ ...kept, conditions, ...parseActions(model, p) });
    },
    SetRulePriorities: (p) => {
      const moved: RuleModel[] = [];
      for (let i = 1; p.has(`RulePriorities.member.${i}.RuleArn`); i++) {
        const rule = ruleOf(model, p.get(`RulePriorities.member.${i}.RuleArn`) ?? '');
        const priority = Number(p.get(`RulePriorities.member.${i}.Priority`));
        refuseTaken(model, rule.arn, priority);
        moved.push({ ...rule, priority });
      }
      for (const rule of moved) put(rule);
      return { Rules: moved.map(describeRule) };
    },
    DeleteRule: (p) => {
      const rule = ruleOf(model, p.get('RuleArn') ?? '');
      model.rules.delete(rule.arn);
      return {};
    },
    DescribeTargetGroups: (p) => {
      const arns = members(p, 'TargetGroupArns');
      const groups = arns.length > 0 ? arns.map((arn) => groupOf(model, arn)) : [...model.targetGroups.values()];
      return { TargetGroups: groups.map((group) => describeGroup(model, group)) };
    },
    DescribeTargetGroupAttributes: (p) => ({
      Attributes: Object.entries({
        'stickiness.enabled': 'false',
        ...groupOf(model, p.get('TargetGroupArn') ?? '').attributes,
      }).map(([Key, Value]) => ({ Key, Value })),
    }),
    DescribeLoadBalancerAttributes: (p) => {
      const arn = p.get('LoadBalancerArn');
      if (arn !== model.arn) throw new CloudError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
      const attributes = { 'routing.http.desync_mitigation_mode': 'defensive', ...model.attributes };
      return { Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })) };
    },
    DescribeTags: (p) => ({
      TagDescriptions: members(p, 'ResourceArns').map((ResourceArn) => ({
        ResourceArn,
        Tags: Object.entries({ ...tags.get(ResourceArn), ...model.rules.get(ResourceArn)?.tags }).map(
          ([Key, Value]) => ({
            Key,
            Value,
          }),
        ),
      })),
    }),
    DescribeAccountLimits: () => ({ Limits: [...limits].map(([Name, Max]) => ({ Name, Max: String(Max) })) }),
    DescribeTargetHealth: (p) => ({
      TargetHealthDescriptions: groupOf(model, p.get('TargetGroupArn') ?? '').targets.map((t) => ({
        Target: { Id: t.host, Port: t.port },
        TargetHealth: { State: t.health, ...REASONS[t.health] },
      })),
    }),
    DescribeListeners: (p) => {
      const arns = members(p, 'ListenerArns');
      const balancer = p.get('LoadBalancerArn') ?? model.arn;
      if (balancer !== model.arn) throw new CloudError('LoadBalancerNotFound', `Load balancer '${balancer}' not found`);
      const unknown = arns.find((arn) => !listeners.some((l) => l.arn === arn));
      if (unknown !== undefined)
        throw new CloudError('ListenerNotFound', `One or more listeners not found: ${unknown}`);
      return {
        Listeners: listeners
          .filter((l) => arns.length === 0 || arns.includes(l.arn))
          .map((l) => ({ ListenerArn: l.arn, LoadBalancerArn: model.arn, Port: l.port, Protocol: l.protocol })),
      };
    },
    DescribeLoadBalancers: (p) => {
      const unknown = members(p, 'LoadBalancerArns').find((arn) => arn !== model.arn);
      if (unknown !== undefined) throw new CloudError('LoadBalancerNotFound', `Load balancer '${unknown}' not found`);
      const [, name] = model.fullName.split('/');
      return {
        LoadBalancers: [
          { LoadBalancerArn: model.arn, LoadBalancerName: name, Type: 'application', State: { Code: 'active' } },
        ],
      };
    },
  };
}

function tagsIn(p: URLSearchParams): Record<string, string> {
  const tags: Record<string, string> = {};
  for (let i = 1; p.has(`Tags.member.${i}.Key`); i++)
    tags[p.get(`Tags.member.${i}.Key`) ?? ''] = p.get(`Tags.member.${i}.Value`) ?? '';
  return tags;
}

const REASONS = {
  healthy: {},
  initial: { Reason: 'Elb.InitialHealthChecking' },
  unhealthy: { Reason: 'Target.FailedHealthChecks' },
  draining: { Reason: 'Target.DeregistrationInProgress' },
} as const;

function ruleOf(model: LoadBalancerModel, arn: string): RuleModel {
  const rule = model.rules.get(arn);
  if (rule === undefined) throw new CloudError('RuleNotFound', `One or more rules not found: ${arn}`);
  return rule;
}

function groupOf(model: LoadBalancerModel, arn: string): TargetGroupModel {
  const group = model.targetGroups.get(arn);
  if (group === undefined) throw new CloudError('TargetGroupNotFound', `One or more target groups not found: ${arn}`);
  return group;
}

/** Priorities are unique on a listener, which a rule's ARN names. */
function refuseTaken(model: LoadBalancerModel, arn: string, priority: number): void {
  const listener = (of: string) => of.slice(0, of.lastIndexOf('/'));
  const taken = [...model.rules.values()].find((r) => r.arn !== arn && r.priority === priority);
  if (taken !== undefined && listener(taken.arn) === listener(arn))
    throw new CloudError('PriorityInUse', `Priority '${priority}' is currently in use`);
}

function ruleArnPrefix(listenerArn: string): string {
  return listenerArn.replace(':listener/', ':listener-rule/');
}

function isOn(rule: RuleModel, listenerArn: string): boolean {
  return rule.arn.startsWith(`${ruleArnPrefix(listenerArn)}/`);
}

function describeDefault({ arn, defaultActions }: LocalListener) {
  return {
    RuleArn: `${ruleArnPrefix(arn)}/default`,
    Priority: 'default',
    IsDefault: true,
    Conditions: [],
    Actions: defaultActions ?? [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  };
}

function describeRule({ arn, priority, conditions, guards = [], forward }: RuleModel) {
  const { groups, stickiness } = forward;
  const { methods, paths, hosts, headers = [], queries = [], sources } = conditions;
  return {
    RuleArn: arn,
    Priority: String(priority),
    IsDefault: false,
    Conditions: [
      ...(methods === undefined
        ? []
        : [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: methods } }]),
      ...(paths === undefined ? [] : [{ Field: 'path-pattern', Values: paths, PathPatternConfig: { Values: paths } }]),
      ...(hosts === undefined ? [] : [{ Field: 'host-header', Values: hosts, HostHeaderConfig: { Values: hosts } }]),
      ...headers.map(({ name, values }) => ({
        Field: 'http-header',
        HttpHeaderConfig: { HttpHeaderName: name, Values: values },
      })),
      ...queries.map((values) => ({
        Field: 'query-string',
        QueryStringConfig: { Values: values.map(({ key, value }) => ({ Key: key, Value: value })) },
      })),
      ...(sources === undefined ? [] : [{ Field: 'source-ip', SourceIpConfig: { Values: sources } }]),
    ],
    Actions: [
      ...guards,
      {
        Type: 'forward',
        Order: guards.length + 1,
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

function describeGroup(
  { arn: lb }: LoadBalancerModel,
  { arn, fullName, healthCheck, protocolVersion = 'HTTP1', loadBalancerArn = lb }: TargetGroupModel,
) {
  return {
    TargetGroupArn: arn,
    TargetGroupName: fullName.split('/')[1],
    TargetType: 'ip',
    Protocol: 'HTTP',
    ProtocolVersion: protocolVersion,
    HealthCheckPath: healthCheck.path,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: [loadBalancerArn],
  };
}
