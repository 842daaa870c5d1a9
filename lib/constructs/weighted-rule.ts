import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IApplicationListener, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { HandlerFunction } from './handler-function.ts';

/** ELBv2's limits on a forward action and on a rule's priority. */
const MAX_GROUPS = 5;
const MAX_PRIORITY = 50_000;

export interface WeightedRuleProps {
  readonly listener: IApplicationListener;
  /** Unique on the listener, 1 to 50,000. */
  readonly priority: number;
  /** Request methods that the rule matches. @default - any method */
  readonly methods?: readonly string[];
  /** ALB path patterns that the rule matches. @default - ['/*'] */
  readonly paths?: readonly string[];
  /** Gets everything when the rule is created, and again whenever a cutover is rolled back. */
  readonly stable: IApplicationTargetGroup;
  /** The other groups; created at weight 0. One to four. */
  readonly others: readonly IApplicationTargetGroup[];
  readonly provider: WeightedRuleProvider;
}

/**
 * A listener rule whose weights belong to the run, not to the template: create gives the stable side everything, update
 * keeps the live weights and refuses while a cutover runs, delete refuses while another side carries traffic.
 */
export class WeightedRule extends Construct {
  readonly ruleArn: string;

  constructor(scope: Construct, id: string, props: WeightedRuleProps) {
    super(scope, id);
    const groups = [props.stable, ...props.others];
    if (groups.length < 2 || groups.length > MAX_GROUPS)
      throw new RangeError(`WeightedRule ${id}: a rule forwards to 2 to ${MAX_GROUPS} groups, not ${groups.length}`);
    if (!Number.isInteger(props.priority) || props.priority < 1 || props.priority > MAX_PRIORITY) {
      throw new RangeError(`WeightedRule ${id}: priority must be 1 to ${MAX_PRIORITY}, not ${props.priority}`);
    }
    const rule = new CustomResource(this, 'Rule', {
      resourceType: 'Custom::WeightedRule',
      serviceToken: props.provider.serviceToken,
      properties: {
        ListenerArn: props.listener.listenerArn,
        Priority: props.priority,
        Methods: props.methods ?? [],
        Paths: props.paths ?? ['/*'],
        StableArn: props.stable.targetGroupArn,
        GroupArns: groups.map((group) => group.targetGroupArn),
      },
    });
    this.ruleArn = rule.getAttString('RuleArn');
  }
}

export interface WeightedRuleProviderProps {
  readonly ledger: ITableV2;
  readonly ingressId: string;
}

/** The provider of every {@link WeightedRule} of one ingress. */
export class WeightedRuleProvider extends Construct {
  readonly serviceToken: string;

  constructor(scope: Construct, id: string, props: WeightedRuleProviderProps) {
    super(scope, id);
    const onEvent = new HandlerFunction(this, 'OnEvent', {
      handler: 'weighted-rule',
      description: 'Creates, keeps and deletes the listener rules whose weights belong to a cutover',
      environment: { LEDGER_TABLE: props.ledger.tableName, CROSSFADE_INGRESS: props.ingressId },
      timeout: Duration.seconds(60),
    });
    const arn = (resource: string) =>
      Stack.of(this).formatArn({ service: 'elasticloadbalancing', resource, resourceName: 'app/*' });
    onEvent.allow(['elasticloadbalancing:CreateRule'], [arn('listener')]);
    onEvent.allow(
      ['elasticloadbalancing:ModifyRule', 'elasticloadbalancing:SetRulePriorities', 'elasticloadbalancing:DeleteRule'],
      [arn('listener-rule')],
    );
    onEvent.fn.addToRolePolicy(
      new PolicyStatement({ actions: ['elasticloadbalancing:DescribeRules'], resources: ['*'] }),
    );
    props.ledger.grantReadData(onEvent.fn);
    this.serviceToken = new Provider(this, 'Provider', {
      onEventHandler: onEvent.fn,
    }).serviceToken;
  }
}
