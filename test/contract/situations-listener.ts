/** Requests that Elastic Load Balancing refuses, with its answer as its documentation and its service model have it. */
import {
  type ActionTypeEnum,
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Named, refusedBy, type Situation } from './situation.ts';

const on = refusedBy('elb');
const [RULE, LISTENER, GROUP, BALANCER, INVALID] = [
  'RuleNotFoundException',
  'ListenerNotFoundException',
  'TargetGroupNotFoundException',
  'LoadBalancerNotFoundException',
  'ValidationError',
];

const forward = (TargetGroups: { TargetGroupArn: string; Weight?: number }[], seconds?: number) => ({
  Type: 'forward' as const,
  ForwardConfig: {
    TargetGroups,
    ...(seconds === undefined ? {} : { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: seconds } }),
  },
});
const toStable = ({ stable }: Named) => forward([{ TargetGroupArn: stable, Weight: 1 }]);
const path = (...Values: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const modify = (n: Named, ...Actions: (ReturnType<typeof forward> & { Order?: number })[]) =>
  new ModifyRuleCommand({ RuleArn: n.rule, Actions });
const create = (n: Named, Priority: number, ...Conditions: ReturnType<typeof path>[]) =>
  new CreateRuleCommand({ ListenerArn: n.listener, Priority, Conditions, Actions: [toStable(n)] });
const priorities = (...pairs: [string, number][]) =>
  new SetRulePrioritiesCommand({ RulePriorities: pairs.map(([RuleArn, Priority]) => ({ RuleArn, Priority })) });

export const ON_RULES: readonly Situation[] = [
  on('DescribeRules of a rule that is gone', RULE, (n) => new DescribeRulesCommand({ RuleArns: [n.rule, n.goneRule] })),
  on(
    'DescribeRules of a listener that is gone',
    LISTENER,
    (n) => new DescribeRulesCommand({ ListenerArn: n.goneListener }),
  ),
  on('DescribeRules of nothing', INVALID, () => new DescribeRulesCommand({})),
  on(
    'DescribeRules of a rule and a listener',
    INVALID,
    (n) => new DescribeRulesCommand({ RuleArns: [n.rule], ListenerArn: n.listener }),
  ),
  on('DescribeRules of what is no ARN', INVALID, () => new DescribeRulesCommand({ RuleArns: ['rule'] })),
  on(
    'DescribeRules of a listener that is no ARN',
    INVALID,
    () => new DescribeRulesCommand({ ListenerArn: 'listener' }),
  ),
  on(
    'DescribeRules in pages of none',
    INVALID,
    (n) => new DescribeRulesCommand({ ListenerArn: n.listener, PageSize: 0 }),
  ),
  on(
    'ModifyRule of a rule that is gone',
    RULE,
    (n) => new ModifyRuleCommand({ RuleArn: n.goneRule, Actions: [toStable(n)] }),
  ),
  on('ModifyRule of nothing', INVALID, (n) => new ModifyRuleCommand({ RuleArn: n.rule })),
  on(
    'ModifyRule without a rule',
    INVALID,
    (n) => new ModifyRuleCommand({ RuleArn: undefined, Actions: [toStable(n)] }),
  ),
  on(
    'ModifyRule of a default rule',
    'OperationNotPermittedException',
    (n) => new ModifyRuleCommand({ RuleArn: n.defaultRule, Actions: [toStable(n)] }),
  ),
  on('ModifyRule to a group that is gone', GROUP, (n) => modify(n, forward([{ TargetGroupArn: n.goneGroup }]))),
  on('ModifyRule to what is no ARN', INVALID, (n) => modify(n, forward([{ TargetGroupArn: 'group' }]))),
  on('ModifyRule with a weight of 1000', INVALID, (n) =>
    modify(n, forward([{ TargetGroupArn: n.stable, Weight: 1000 }])),
  ),
  on('ModifyRule with a weight of -1', INVALID, (n) => modify(n, forward([{ TargetGroupArn: n.stable, Weight: -1 }]))),
  on('ModifyRule to no group', INVALID, (n) => modify(n, forward([]))),
  on('ModifyRule to one group twice', INVALID, (n) =>
    modify(n, forward([{ TargetGroupArn: n.stable }, { TargetGroupArn: n.stable }])),
  ),
  on('ModifyRule with stickiness of no second', INVALID, (n) => modify(n, forward([{ TargetGroupArn: n.stable }], 0))),
  on('ModifyRule with stickiness of eight days', INVALID, (n) =>
    modify(n, forward([{ TargetGroupArn: n.stable }], 691_200)),
  ),
  on('ModifyRule to two actions that forward', 'TooManyActionsException', (n) =>
    modify(n, { ...toStable(n), Order: 1 }, { ...toStable(n), Order: 2 }),
  ),
  on(
    'ModifyRule to an action of no kind',
    INVALID,
    (n) => new ModifyRuleCommand({ RuleArn: n.rule, Actions: [{ ...toStable(n), Type: 'foward' as ActionTypeEnum }] }),
  ),
  on('CreateRule at a priority in use', 'PriorityInUseException', (n) => create(n, 10, path('/a'))),
  on('CreateRule at priority 0', INVALID, (n) => create(n, 0, path('/a'))),
  on('CreateRule at priority 50001', INVALID, (n) => create(n, 50_001, path('/a'))),
  on('CreateRule without a condition', INVALID, (n) => create(n, 71)),
  on('CreateRule with a condition of no kind', INVALID, (n) => create(n, 72, { ...path('/a'), Field: 'path' })),
  on('CreateRule with two conditions of a kind', INVALID, (n) => create(n, 73, path('/a'), path('/b'))),
  on('CreateRule with six values', INVALID, (n) => create(n, 74, path('/a', '/b', '/c', '/d', '/e', '/f'))),
  on('CreateRule with a path of 129 characters', INVALID, (n) => create(n, 75, path('/'.repeat(129)))),
  on('CreateRule with a condition of no value', INVALID, (n) => create(n, 76, path())),
  on('CreateRule on a listener that is gone', LISTENER, (n) =>
    create({ ...n, listener: n.goneListener }, 77, path('/a')),
  ),
  on('CreateRule to a group that is gone', GROUP, (n) => create({ ...n, stable: n.goneGroup }, 78, path('/a'))),
  on(
    'CreateRule without an action',
    INVALID,
    (n) => new CreateRuleCommand({ ListenerArn: n.listener, Priority: 79, Conditions: [path('/a')], Actions: [] }),
  ),
  on('SetRulePriorities to one in use', 'PriorityInUseException', (n) => priorities([n.rule, 20])),
  on('SetRulePriorities of two rules to one', INVALID, (n) => priorities([n.rule, 30], [n.otherRule, 30])),
  on('SetRulePriorities of a rule that is gone', RULE, (n) => priorities([n.goneRule, 30])),
  on('SetRulePriorities to 50001', INVALID, (n) => priorities([n.rule, 50_001])),
  on('SetRulePriorities of a default rule', 'OperationNotPermittedException', (n) => priorities([n.defaultRule, 30])),
  on('DeleteRule of a rule that is gone', RULE, (n) => new DeleteRuleCommand({ RuleArn: n.goneRule })),
  on(
    'DeleteRule of a default rule',
    'OperationNotPermittedException',
    (n) => new DeleteRuleCommand({ RuleArn: n.defaultRule }),
  ),
  on(
    'DescribeTargetHealth of a group that is gone',
    GROUP,
    (n) => new DescribeTargetHealthCommand({ TargetGroupArn: n.goneGroup }),
  ),
  on(
    'DescribeTargetHealth of what is no ARN',
    INVALID,
    () => new DescribeTargetHealthCommand({ TargetGroupArn: 'group' }),
  ),
  on(
    'DescribeTargetGroups of one that is gone',
    GROUP,
    (n) => new DescribeTargetGroupsCommand({ TargetGroupArns: [n.stable, n.goneGroup] }),
  ),
  on(
    'DescribeTargetGroups by ARN and by balancer',
    INVALID,
    (n) => new DescribeTargetGroupsCommand({ TargetGroupArns: [n.stable], LoadBalancerArn: n.balancer }),
  ),
  on(
    'DescribeTargetGroupAttributes of one that is gone',
    GROUP,
    (n) => new DescribeTargetGroupAttributesCommand({ TargetGroupArn: n.goneGroup }),
  ),
  on('DescribeListeners of nothing', INVALID, () => new DescribeListenersCommand({})),
  on(
    'DescribeListeners of one that is gone',
    LISTENER,
    (n) => new DescribeListenersCommand({ ListenerArns: [n.goneListener] }),
  ),
  on(
    'DescribeListeners of a balancer that is gone',
    BALANCER,
    (n) => new DescribeListenersCommand({ LoadBalancerArn: n.goneBalancer }),
  ),
  on(
    'DescribeLoadBalancers of one that is gone',
    BALANCER,
    (n) => new DescribeLoadBalancersCommand({ LoadBalancerArns: [n.goneBalancer] }),
  ),
  on(
    'DescribeLoadBalancerAttributes of one that is gone',
    BALANCER,
    (n) => new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: n.goneBalancer }),
  ),
  on('DescribeTags of a rule that is gone', RULE, (n) => new DescribeTagsCommand({ ResourceArns: [n.goneRule] })),
  on(
    'DescribeTags of 21 resources',
    INVALID,
    (n) => new DescribeTagsCommand({ ResourceArns: Array.from({ length: 21 }, () => n.rule) }),
  ),
];
