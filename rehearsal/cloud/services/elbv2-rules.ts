/** ELBv2's calls that read and write rules. */
import { randomBytes } from 'node:crypto';
import type { LoadBalancerModel, RuleModel } from '../../machine/index.ts';
import { CloudError, members, type QueryOperations } from '../wire/index.ts';
import { parseActions } from './elbv2-actions.ts';
import { parseConditions } from './elbv2-conditions.ts';
import { describeDefault, describeRule } from './elbv2-described.ts';
import {
  findListener,
  findOwnRule,
  findRule,
  invalid,
  isDefault,
  type LocalListener,
  ruleArnPrefix,
} from './elbv2-model.ts';

const MAX_PRIORITY = 50_000;

export interface RuleOptions {
  readonly model: LoadBalancerModel;
  readonly listeners: readonly LocalListener[];
  /** Called for every rule whose action or conditions were written. */
  readonly onChange: (rule: RuleModel) => void;
  /** Limit for all rules of the load balancer. */
  readonly maxRules: number;
}

export function ruleOperations({ model, listeners, onChange, maxRules }: RuleOptions): QueryOperations {
  const put = (rule: RuleModel) => {
    model.rules.set(rule.arn, rule);
    onChange(rule);
    return { Rules: [describeRule(rule)] };
  };
  const describe = (arn: string) => {
    const listener = listeners.find(({ arn: of }) => isDefault(arn) && arn.startsWith(`${ruleArnPrefix(of)}/`));
    return listener === undefined ? describeRule(findRule(model, arn)) : describeDefault(listener);
  };
  return {
    DescribeRules: (p) => {
      const arns = members(p, 'RuleArns');
      const listenerArn = p.get('ListenerArn');
      if (listenerArn === null && arns.length === 0)
        throw invalid('You must specify either listener rule ARNs or a listener ARN');
      if (listenerArn !== null && arns.length > 0)
        throw invalid('Listener rule ARNs and a listener ARN cannot be specified at the same time');
      if (listenerArn === null) return { Rules: arns.map(describe) };
      const listener = findListener(listeners, listenerArn);
      const rules = [...model.rules.values()].filter((rule) => isOn(rule, listenerArn));
      rules.sort((a, b) => a.priority - b.priority);
      return { Rules: [...rules.map(describeRule), describeDefault(listener)] };
    },
    CreateRule: (p) => {
      const listener = findListener(listeners, p.get('ListenerArn') ?? '');
      const arn = `${ruleArnPrefix(listener.arn)}/${randomBytes(8).toString('hex')}`;
      if (model.rules.size >= maxRules)
        throw new CloudError('TooManyRules', `The maximum number of rules on load balancer '${model.arn}' was reached`);
      const priority = Number(p.get('Priority'));
      refusePriorities(model, new Map([[arn, priority]]));
      const conditions = parseConditions(p);
      if (conditions === null) throw invalid('A rule must have a condition');
      return put({ arn, priority, conditions, tags: tagsIn(p), ...parseActions(model, p) });
    },
    ModifyRule: (p) => {
      const rule = findOwnRule(model, p.get('RuleArn') ?? '');
      const given = parseConditions(p);
      const conditions = given ?? rule.conditions;
      const isActed = p.has('Actions.member.1.Type');
      if (given === null && !isActed) throw invalid('Either conditions or actions must be specified');
      if (!isActed) return put({ ...rule, conditions });
      // The list of actions is replaced as a whole.
      const { guards: _replaced, ...kept } = rule;
      return put({ ...kept, conditions, ...parseActions(model, p) });
    },
    SetRulePriorities: (p) => {
      const priorities = new Map<string, number>();
      for (let i = 1; p.has(`RulePriorities.member.${i}.RuleArn`); i++) {
        const { arn } = findOwnRule(model, p.get(`RulePriorities.member.${i}.RuleArn`) ?? '');
        const priority = Number(p.get(`RulePriorities.member.${i}.Priority`));
        if ([...priorities.values()].includes(priority))
          throw invalid(`Priority '${priority}' was provided multiple times`);
        priorities.set(arn, priority);
      }
      refusePriorities(model, priorities);
      if (priorities.size === 0) throw invalid('A rule priority must be specified');
      const moved = [...priorities].map(([arn, priority]) => ({ ...findRule(model, arn), priority }));
      for (const rule of moved) put(rule);
      return { Rules: moved.map(describeRule) };
    },
    DeleteRule: (p) => {
      const rule = findOwnRule(model, p.get('RuleArn') ?? '');
      model.rules.delete(rule.arn);
      return {};
    },
  };
}

/**
 * Priorities are unique within a listener, which a rule's ARN names; rules that are moved together may swap places.
 * @throws CloudError
 */
function refusePriorities(model: LoadBalancerModel, given: ReadonlyMap<string, number>): void {
  const taken = new Set<string>();
  const placeOf = (arn: string, priority: number) => `${arn.slice(0, arn.lastIndexOf('/'))} ${priority}`;
  for (const { arn, priority } of model.rules.values()) if (!given.has(arn)) taken.add(placeOf(arn, priority));
  for (const [arn, priority] of given) {
    if (!Number.isInteger(priority) || priority < 1 || priority > MAX_PRIORITY)
      throw invalid(`Priority must be between 1 and ${MAX_PRIORITY}`);
    if (taken.has(placeOf(arn, priority)))
      throw new CloudError('PriorityInUse', `Priority '${priority}' is currently in use`);
    taken.add(placeOf(arn, priority));
  }
}

function isOn(rule: RuleModel, listenerArn: string): boolean {
  return rule.arn.startsWith(`${ruleArnPrefix(listenerArn)}/`);
}

function tagsIn(p: URLSearchParams): Record<string, string> {
  const tags: Record<string, string> = {};
  for (let i = 1; p.has(`Tags.member.${i}.Key`); i++)
    tags[p.get(`Tags.member.${i}.Key`) ?? ''] = p.get(`Tags.member.${i}.Value`) ?? '';
  return tags;
}
