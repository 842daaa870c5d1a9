/** One listener rule as `Custom::WeightedRule` reads and writes it. */
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  PriorityInUseException,
  type Rule,
  type RuleCondition,
  RuleNotFoundException,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type LiveRule, type RuleShape, sameShape } from '../../../core/fence/index.ts';

export interface RuleWrite {
  readonly shape: RuleShape;
  readonly weights: ReadonlyMap<string, number>;
  /** Null switches group stickiness off. */
  readonly stickySeconds: number | null;
}

export class ElbRules {
  readonly #elb: Pick<ElasticLoadBalancingV2Client, 'send'>;

  constructor(elb: Pick<ElasticLoadBalancingV2Client, 'send'>) {
    this.#elb = elb;
  }

  /** Null when there is no such rule. */
  async read(arn: string): Promise<LiveRule | null> {
    // The physical id of a resource that failed to be created is no ARN.
    if (!arn.startsWith('arn:')) return null;
    try {
      const { Rules: [rule] = [] } = await this.#elb.send(new DescribeRulesCommand({ RuleArns: [arn] }));
      return rule === undefined ? null : liveRule(rule);
    } catch (error) {
      if (error instanceof RuleNotFoundException) return null;
      throw error;
    }
  }

  /** Repeatable: a rule that an earlier, unanswered attempt made with the same conditions and groups is taken as ours. */
  async create(listenerArn: string, write: RuleWrite): Promise<string> {
    try {
      const { Rules: [rule] = [] } = await this.#elb.send(
        new CreateRuleCommand({
          ListenerArn: listenerArn,
          Priority: write.shape.priority,
          Conditions: conditions(write.shape),
          Actions: [forward(write)],
        }),
      );
      if (rule?.RuleArn === undefined) throw new Error('CreateRule answered without a rule');
      return rule.RuleArn;
    } catch (error) {
      if (!(error instanceof PriorityInUseException)) throw error;
      const made = await this.#sameRule(listenerArn, write);
      if (made === undefined) throw error;
      return made.arn;
    }
  }

  async modify(arn: string, write: RuleWrite): Promise<void> {
    await this.#elb.send(
      new ModifyRuleCommand({ RuleArn: arn, Conditions: conditions(write.shape), Actions: [forward(write)] }),
    );
  }

  async move(arn: string, priority: number): Promise<void> {
    await this.#elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: arn, Priority: priority }] }));
  }

  async delete(arn: string): Promise<void> {
    await this.#elb.send(new DeleteRuleCommand({ RuleArn: arn }));
  }

  async #sameRule(ListenerArn: string, { shape, weights }: RuleWrite): Promise<LiveRule | undefined> {
    const { Rules = [] } = await this.#elb.send(new DescribeRulesCommand({ ListenerArn }));
    const found = Rules.map(liveRule).find((rule) => rule?.priority === shape.priority);
    if (found === undefined || found === null) return undefined;
    const { methods, paths, cohort } = shape;
    const same =
      sameShape(found, { methods, paths, cohort, groupArns: [...weights.keys()] }) &&
      [...weights].every(([arn, weight]) => found.weights.get(arn) === weight);
    return same ? found : undefined;
  }
}

function liveRule(rule: Rule): LiveRule | null {
  if (rule.RuleArn === undefined || rule.IsDefault === true) return null;
  const config = rule.Actions?.find((action) => action.Type === 'forward')?.ForwardConfig;
  const sticky = config?.TargetGroupStickinessConfig;
  const valuesOf = (field: string, pick: (c: RuleCondition) => readonly string[] | undefined) =>
    (rule.Conditions ?? []).filter((c) => c.Field === field).flatMap((c) => pick(c) ?? c.Values ?? []);
  return {
    arn: rule.RuleArn,
    priority: Number(rule.Priority),
    methods: valuesOf('http-request-method', (c) => c.HttpRequestMethodConfig?.Values),
    paths: valuesOf('path-pattern', (c) => c.PathPatternConfig?.Values),
    ...cohortOf(rule.Conditions ?? []),
    weights: new Map((config?.TargetGroups ?? []).map((g) => [g.TargetGroupArn ?? '', g.Weight ?? 0])),
    stickySeconds: sticky?.Enabled === true ? (sticky.DurationSeconds ?? null) : null,
  };
}

function cohortOf(found: readonly RuleCondition[]): Pick<LiveRule, 'cohort'> {
  const header = found.find((c) => c.Field === 'http-header')?.HttpHeaderConfig;
  const sourceIps = found.find((c) => c.Field === 'source-ip')?.SourceIpConfig?.Values;
  if (header === undefined && sourceIps === undefined) return {};
  return {
    cohort: {
      ...(header === undefined ? {} : { header: { name: header.HttpHeaderName ?? '', values: header.Values ?? [] } }),
      ...(sourceIps === undefined ? {} : { sourceIps }),
    },
  };
}

function forward({ weights, stickySeconds }: RuleWrite) {
  const TargetGroups = [...weights].map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  const TargetGroupStickinessConfig =
    stickySeconds === null ? { Enabled: false } : { Enabled: true, DurationSeconds: stickySeconds };
  return { Type: 'forward' as const, ForwardConfig: { TargetGroups, TargetGroupStickinessConfig } };
}

function conditions({ methods, paths, cohort }: RuleShape): RuleCondition[] {
  const wanted: RuleCondition[] = [];
  if (methods.length > 0)
    wanted.push({ Field: 'http-request-method', HttpRequestMethodConfig: { Values: [...methods] } });
  if (paths.length > 0) wanted.push({ Field: 'path-pattern', PathPatternConfig: { Values: [...paths] } });
  if (cohort?.header !== undefined) {
    const { name, values } = cohort.header;
    wanted.push({ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: name, Values: [...values] } });
  }
  if (cohort?.sourceIps !== undefined)
    wanted.push({ Field: 'source-ip', SourceIpConfig: { Values: [...cohort.sourceIps] } });
  return wanted;
}
