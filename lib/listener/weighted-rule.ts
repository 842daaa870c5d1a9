import { CustomResource, Duration, Fn, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { GROUP_ROLES, type GroupRole } from '../../core/model/index.ts';
import {
  acknowledgeLogsOnly,
  acknowledgeWildcard,
  allowItems,
  HandlerFunction,
  itemsOf,
  keptLogs,
} from '../functions/index.ts';
import { anIngressId, aTable, checkFor, checkPlaces, checkProps, placeOfStack, thatHas } from '../props/index.ts';
import { checkGroups, checkListenerConstruct, placesOfGroups } from './check-constructs.ts';
import { checkCohort, conditionOf, valuesOf } from './cohort.ts';
import { checkMatch, matchProperties } from './rule-match.ts';
import { RULE_SHAPE, type RuleProps } from './rule-props.ts';

/** Requests without side effects (RFC 9110, 9.2.1); only these may pass through the mirror. */
export const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'] as const;

export interface WeightedRuleProps extends RuleProps {
  /** Creates, changes and deletes the rule. */
  readonly provider: WeightedRuleProvider;
}

/**
 * A listener rule whose weights belong to the run, not to the template.
 *
 * Create gives the stable side everything. Update keeps the live weights, may add groups at 0 and retire groups at 0,
 * is refused while a cutover runs, and writes nothing at all when nothing changed. Delete is refused while a cutover
 * runs or another side carries traffic.
 */
export class WeightedRule extends Construct {
  /** ARN of the rule, known when it is deployed (a token). */
  readonly ruleArn: string;
  /** ARN of the listener on which it stands. */
  readonly listenerArn: string;
  /** 1 to 50000; the listener takes the first rule that matches, in ascending order. */
  readonly priority: number;
  /** The provider that creates, updates and deletes it. */
  readonly provider: WeightedRuleProvider;
  /** Whether it requires a login first, which every write of weights preserves. */
  readonly guarded: boolean;
  /** The roles of its groups, in the order of the forward action. */
  readonly roles: readonly GroupRole[];
  /** Whether it matches only testers. */
  readonly isCohort: boolean;
  /** The group that it names as stable. */
  readonly stableArn: string;

  constructor(scope: Construct, id: string, props: WeightedRuleProps) {
    super(scope, id);
    const who = `WeightedRule ${id}`;
    checkProps(who, { ...RULE_SHAPE, provider: aProvider }, props, this);
    const { priority, methods = [], groups, cohort } = props;
    if (cohort !== undefined) checkCohort(`${who}: cohort`, cohort);
    checkMatch(`${who}: `, props, methods.length, cohort === undefined ? [] : valuesOf(cohort));
    checkListenerConstruct(checkFor(who), 'listener', props);
    checkGroups(checkFor(who), groups);
    checkPlaces(checkFor(who), placeOfStack(Stack.of(this)), [
      ['listener', props.listener, props.listener.listenerArn],
      ...placesOfGroups(groups),
    ]);
    this.isCohort = cohort !== undefined;
    this.guarded = props.like !== undefined;
    this.roles = GROUP_ROLES.filter((role) => groups[role] !== undefined);
    this.listenerArn = props.listener.listenerArn;
    this.priority = priority;
    this.provider = props.provider;
    this.stableArn = groups.stable.targetGroupArn;
    props.provider.allowListener(this.listenerArn);
    const rule = new CustomResource(this, 'Rule', {
      resourceType: 'Custom::WeightedRule',
      serviceToken: props.provider.serviceToken,
      properties: { ...ruleProperties(props), Ledger: props.provider.ledger.tableName },
    });
    this.ruleArn = rule.getAttString('RuleArn');
  }
}

/** The properties of the custom resource, from which its provider creates the rule. */
export function ruleProperties({ listener, priority, methods = [], cohort, groups, ...match }: RuleProps) {
  return {
    ListenerArn: listener.listenerArn,
    Priority: priority,
    Methods: methods,
    ...matchProperties(match),
    ...(cohort === undefined ? {} : { Cohort: conditionOf(cohort) }),
    StableArn: groups.stable.targetGroupArn,
    GroupArns: GROUP_ROLES.flatMap((role) => groups[role]?.targetGroupArn ?? []),
  };
}

export interface WeightedRuleProviderProps {
  /** The table of leases and decision logs: `ledgerTable()`. */
  readonly ledger: ITableV2;
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
}

const aProvider = thatHas<WeightedRuleProvider>('a WeightedRuleProvider', 'serviceToken', 'ledger', 'allowListener');

/** The provider of every {@link WeightedRule} of one ingress. */
export class WeightedRuleProvider extends Construct {
  /** ARN of the function that CloudFormation invokes for each rule. */
  readonly serviceToken: string;
  /** The prop: a rule is not changed while a lease in it is held. */
  readonly ledger: ITableV2;
  /** The prop. */
  readonly ingressId: string;
  readonly #onEvent: HandlerFunction;
  readonly #allowed = new Set<string>();

  constructor(scope: Construct, id: string, props: WeightedRuleProviderProps) {
    super(scope, id);
    checkProps(`WeightedRuleProvider ${id}`, { ledger: aTable, ingressId: anIngressId }, props, this);
    const onEvent = new HandlerFunction(this, 'OnEvent', {
      handler: 'weighted-rule',
      description: 'Creates, keeps and deletes the listener rules whose weights belong to a cutover',
      environment: { LEDGER_TABLE: props.ledger.tableName, CROSSFADE_INGRESS: props.ingressId },
      timeout: Duration.seconds(60),
    });
    onEvent.allow(
      ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetGroupAttributes'],
      ['*'],
      'ELBv2 has no resource type for Describe actions',
    );
    allowItems(onEvent, props.ledger, ['dynamodb:GetItem'], itemsOf(props.ingressId));
    this.#onEvent = onEvent;
    this.ledger = props.ledger;
    this.ingressId = props.ingressId;
    const provider = new Provider(this, 'Provider', {
      onEventHandler: onEvent.fn,
      logGroup: keptLogs(this, 'ProviderLogs'),
    });
    this.serviceToken = provider.serviceToken;
    acknowledgeLogsOnly(provider);
    acknowledgeWildcard(
      provider,
      `${onEvent.fn.functionArn}:*`,
      'Written by the CDK: the versions of the one function',
    );
  }

  /**
   * Allows the provider to create rules on this listener, and to change those that it has created, which carry its tag.
   */
  allowListener(listenerArn: string): void {
    if (this.#allowed.has(listenerArn)) return;
    this.#allowed.add(listenerArn);
    this.#onEvent.allow(['elasticloadbalancing:CreateRule'], [listenerArn]);
    const rules = [`${ruleArnPrefix(this, listenerArn)}/*`];
    const why = "Rules of the one listener; a rule's id is AWS's to choose, so before it exists it has no name";
    this.#onEvent.allow(['elasticloadbalancing:ModifyRule', 'elasticloadbalancing:DeleteRule'], rules, why, {
      StringEquals: { 'aws:ResourceTag/crossfade:ingress': this.ingressId },
    });
    // The only one of these actions for which AWS supports no tag condition: list_elasticloadbalancingv2.html of the
    // service authorization reference.
    this.#onEvent.allow(['elasticloadbalancing:SetRulePriorities'], rules, why);
    // Creating a rule with a tag also requires this:
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html
    this.#onEvent.allow(['elasticloadbalancing:AddTags'], rules, why, {
      StringEquals: { 'elasticloadbalancing:CreateAction': 'CreateRule' },
    });
  }
}

/** `…:listener/app/<lb>/<id>/<listener>` → `…:listener-rule/app/<lb>/<id>/<listener>` */
function ruleArnPrefix(scope: Construct, listenerArn: string): string {
  const { partition, region, account } = Stack.of(scope);
  const tail = Fn.select(1, Fn.split(':listener/', listenerArn));
  return `arn:${partition}:elasticloadbalancing:${region}:${account}:listener-rule/${tail}`;
}
