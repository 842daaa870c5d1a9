/** Elastic Load Balancing v2, as far as the adapters and the operator's commands use it. */
import type { LoadBalancerModel, RuleModel } from '../../machine/index.ts';
import { members, type QueryOperations, reading } from '../wire/index.ts';
import { describeGroup } from './elbv2-described.ts';
import { expectBalancer, findGroup, findListener, findRule, invalid, type LocalListener } from './elbv2-model.ts';
import { ruleOperations } from './elbv2-rules.ts';

export type { LocalListener } from './elbv2-model.ts';

/** The account's state, by ARN and by the name of the limit. */
interface ElbAccount {
  readonly tags: Map<string, Readonly<Record<string, string>>>;
  readonly limits: ReadonlyMap<string, number>;
}

const RULES_LIMIT = 'rules-per-application-load-balancer';
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const DEFAULT_RULES = 100;
/** Limit for one call of DescribeTags. */
const MAX_TAGGED = 20;

/** Those that are read here: pages, names and filters of targets are refused. */
const PARAMETERS = {
  CreateRule: ['ListenerArn', 'Priority', 'Conditions', 'Actions', 'Tags'],
  DeleteRule: ['RuleArn'],
  DescribeListeners: ['ListenerArns', 'LoadBalancerArn'],
  DescribeLoadBalancerAttributes: ['LoadBalancerArn'],
  DescribeLoadBalancers: ['LoadBalancerArns'],
  DescribeRules: ['RuleArns', 'ListenerArn'],
  DescribeTags: ['ResourceArns'],
  DescribeTargetGroupAttributes: ['TargetGroupArn'],
  DescribeTargetGroups: ['TargetGroupArns', 'LoadBalancerArn'],
  DescribeTargetHealth: ['TargetGroupArn'],
  ModifyRule: ['RuleArn', 'Conditions', 'Actions'],
  SetRulePriorities: ['RulePriorities'],
} as const;

/** `onChange` is called for every rule whose action or conditions were written. */
export function elbv2(
  model: LoadBalancerModel,
  onChange: (rule: RuleModel) => void,
  listeners: readonly LocalListener[],
  { tags = new Map(), limits = new Map() }: Partial<ElbAccount> = {},
): QueryOperations {
  return reading(PARAMETERS, {
    ...ruleOperations({ model, listeners, onChange, maxRules: limits.get(RULES_LIMIT) ?? DEFAULT_RULES }),
    ...groupOperations(model),
    ...balancerOperations(model, listeners),
    DescribeTags: (p) => {
      const arns = members(p, 'ResourceArns');
      if (arns.length === 0) throw invalid('A resource ARN must be specified');
      if (arns.length > MAX_TAGGED) throw invalid(`At most ${MAX_TAGGED} resources can be described in one call`);
      return { TagDescriptions: arns.map((arn) => describeTags(arn, { ...tags.get(arn), ...tagsOf(arn) })) };
    },
    DescribeAccountLimits: () => ({ Limits: [...limits].map(([Name, Max]) => ({ Name, Max: String(Max) })) }),
  });

  /** The tags in the model itself. @throws CloudError for an unknown resource */
  function tagsOf(arn: string): RuleModel['tags'] {
    if (arn.includes(':listener-rule/')) return findRule(model, arn).tags;
    if (arn.includes(':listener/')) findListener(listeners, arn);
    else if (arn.includes(':targetgroup/')) findGroup(model, arn);
    else expectBalancer(model, arn);
    return {};
  }
}

function describeTags(ResourceArn: string, tags: Readonly<Record<string, string>>) {
  return { ResourceArn, Tags: pairs(tags) };
}

function pairs(of: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(of).map(([Key, Value]) => ({ Key, Value }));
}

const REASONS = {
  healthy: {},
  initial: { Reason: 'Elb.InitialHealthChecking' },
  unhealthy: { Reason: 'Target.FailedHealthChecks' },
  draining: { Reason: 'Target.DeregistrationInProgress' },
} as const;

function groupOperations(model: LoadBalancerModel): QueryOperations {
  return {
    DescribeTargetGroups: (p) => {
      const arns = members(p, 'TargetGroupArns');
      const balancer = p.get('LoadBalancerArn');
      if (balancer !== null && arns.length > 0)
        throw invalid(
          'Target group names, target group ARNs, and a load balancer ARN cannot be specified at the same time',
        );
      if (balancer !== null) expectBalancer(model, balancer);
      const all = [...model.targetGroups.values()].filter(
        ({ loadBalancerArn = model.arn }) => balancer === null || loadBalancerArn === balancer,
      );
      const groups = arns.length > 0 ? arns.map((arn) => findGroup(model, arn)) : all;
      return { TargetGroups: groups.map((group) => describeGroup(model, group)) };
    },
    DescribeTargetGroupAttributes: (p) => {
      const { attributes } = findGroup(model, p.get('TargetGroupArn') ?? '');
      return { Attributes: pairs({ 'stickiness.enabled': 'false', ...attributes }) };
    },
    DescribeTargetHealth: (p) => ({
      TargetHealthDescriptions: findGroup(model, p.get('TargetGroupArn') ?? '').targets.map((t) => ({
        Target: { Id: t.host, Port: t.port },
        TargetHealth: { State: t.health, ...REASONS[t.health] },
      })),
    }),
  };
}

function balancerOperations(model: LoadBalancerModel, listeners: readonly LocalListener[]): QueryOperations {
  return {
    DescribeLoadBalancerAttributes: (p) => {
      expectBalancer(model, p.get('LoadBalancerArn') ?? '');
      return { Attributes: pairs({ 'routing.http.desync_mitigation_mode': 'defensive', ...model.attributes }) };
    },
    DescribeListeners: (p) => {
      const arns = members(p, 'ListenerArns');
      const balancer = p.get('LoadBalancerArn');
      if (balancer !== null) expectBalancer(model, balancer);
      else if (arns.length === 0) throw invalid('You must specify either listener ARNs or a load balancer ARN');
      const found = arns.length === 0 ? listeners : arns.map((arn) => findListener(listeners, arn));
      return {
        Listeners: found.map((l) => ({
          ListenerArn: l.arn,
          LoadBalancerArn: model.arn,
          Port: l.port,
          Protocol: l.protocol,
        })),
      };
    },
    DescribeLoadBalancers: (p) => {
      for (const arn of members(p, 'LoadBalancerArns')) expectBalancer(model, arn);
      const [, name] = model.fullName.split('/');
      return {
        LoadBalancers: [
          { LoadBalancerArn: model.arn, LoadBalancerName: name, Type: 'application', State: { Code: 'active' } },
        ],
      };
    },
  };
}
