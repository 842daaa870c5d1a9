/** One listener rule as `Custom::WeightedRule` reads and writes it. */
import {
  type Action,
  CreateRuleCommand,
  DeleteRuleCommand,
  type ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  PriorityInUseException,
  RuleNotFoundException,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type RuleShape, sameShape } from '../../../core/fence/index.ts';
import { conditionsFor, describeRules, type ElbRule } from './listener-rules.ts';

export interface RuleWrite {
  readonly shape: RuleShape;
  readonly weights: ReadonlyMap<string, number>;
  /** null switches group stickiness off. */
  readonly stickySeconds: number | null;
  /** The actions to which `shape.guards` refers. */
  readonly guardActions: readonly Action[];
}

/** A rule that forwards, with its guards. */
export type WeightedElbRule = ElbRule & { readonly forwards: ReadonlyMap<string, number> };

/** Marks Crossfade's own rules, so that no permission to change other rules is needed. */
export const RULE_TAG = { Key: 'crossfade:ingress' } as const;

export class ElbRules {
  readonly #elb: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly #ingressId: string;

  constructor(elb: Pick<ElasticLoadBalancingV2Client, 'send'>, ingressId: string) {
    this.#elb = elb;
    this.#ingressId = ingressId;
  }

  /** Returns null if there is no such rule, or if it does not forward. */
  async read(arn: string): Promise<WeightedElbRule | null> {
    // The physical id of a resource whose creation failed is not an ARN.
    if (!arn.startsWith('arn:')) return null;
    try {
      const [rule] = await describeRules(this.#elb, { RuleArns: [arn] });
      return rule === undefined ? null : weighted(rule);
    } catch (error) {
      if (error instanceof RuleNotFoundException) return null;
      throw error;
    }
  }

  /** Every rule of the listener, including its default. */
  on(listenerArn: string): Promise<ElbRule[]> {
    return describeRules(this.#elb, { ListenerArn: listenerArn });
  }

  /** Repeatable: a rule with the same conditions and groups that an earlier, unanswered attempt created is adopted. */
  async create(listenerArn: string, write: RuleWrite): Promise<string> {
    try {
      const { Rules: [rule] = [] } = await this.#elb.send(
        new CreateRuleCommand({
          ListenerArn: listenerArn,
          Priority: write.shape.priority,
          Conditions: conditionsFor(write.shape.conditions),
          Actions: actions(write),
          Tags: [{ ...RULE_TAG, Value: this.#ingressId }],
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
      new ModifyRuleCommand({
        RuleArn: arn,
        Conditions: conditionsFor(write.shape.conditions),
        Actions: actions(write),
      }),
    );
  }

  async move(arn: string, priority: number): Promise<void> {
    await this.#elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: arn, Priority: priority }] }));
  }

  async delete(arn: string): Promise<void> {
    await this.#elb.send(new DeleteRuleCommand({ RuleArn: arn }));
  }

  async #sameRule(listenerArn: string, { shape, weights }: RuleWrite): Promise<ElbRule | undefined> {
    const rules = await this.on(listenerArn);
    const found = weighted(rules.find((rule) => rule.priority === shape.priority));
    if (found === null) return undefined;
    const same =
      sameShape(found, { ...shape, groupArns: [...weights.keys()] }) &&
      [...weights].every(([arn, weight]) => found.forwards.get(arn) === weight);
    return same ? found : undefined;
  }
}

function weighted(rule: ElbRule | undefined): WeightedElbRule | null {
  return rule === undefined || rule.forwards === null ? null : { ...rule, forwards: rule.forwards };
}

function actions({ weights, stickySeconds, guardActions }: RuleWrite): Action[] {
  const TargetGroups = [...weights].map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  const TargetGroupStickinessConfig =
    stickySeconds === null ? { Enabled: false } : { Enabled: true, DurationSeconds: stickySeconds };
  return inOrder([...guardActions, { Type: 'forward', ForwardConfig: { TargetGroups, TargetGroupStickinessConfig } }]);
}

/** ELBv2 requires an order if there are several actions. */
export function inOrder(all: readonly Action[]): Action[] {
  return all.length === 1 ? [...all] : all.map((action, i) => ({ ...action, Order: i + 1 }));
}
