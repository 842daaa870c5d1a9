/** The ingress port over ELBv2. */
import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type Rule,
  RuleNotFoundException,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CrossfadeError,
  type Deployment,
  type GroupRole,
  type Ingress,
  type RuleWeights,
  ruleWeightsSchema,
  type TargetHealthCounts,
} from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { describeRules } from './listener-rules.ts';
import { inOrder } from './rule.ts';

export function elbIngress(client: Pick<ElasticLoadBalancingV2Client, 'send'>, deployment: Deployment): Ingress {
  /** ModifyRule replaces the whole list: what the rule demands first is read, and written again. */
  async function guardsNow({ ruleArn }: RuleWeights) {
    const [rule] = await aws('DescribeRules', () => describeRules(client, { RuleArns: [ruleArn] }));
    return rule?.guardActions ?? [];
  }

  return {
    async read() {
      const RuleArns = deployment.rules.map((rule) => rule.arn);
      const { Rules = [] } = await aws('DescribeRules', () =>
        client.send(new DescribeRulesCommand({ RuleArns })),
      ).catch((error: unknown) => {
        throw error instanceof RuleNotFoundException
          ? unknownWeights(`Not every rule exists: ${RuleArns.join(', ')}.`, error)
          : error;
      });
      return RuleArns.map((arn) =>
        parseRule(
          arn,
          Rules.find((rule) => rule.RuleArn === arn),
        ),
      );
    },

    async write(rule) {
      const ForwardConfig = {
        TargetGroups: rule.groups.map((g) => ({ TargetGroupArn: g.targetGroupArn, Weight: g.weight })),
        // Always written: stickiness that is left on beats weights (a client goes where its cookie says, even at 0).
        TargetGroupStickinessConfig: { Enabled: rule.sticky, ...(rule.sticky ? { DurationSeconds: 3600 } : {}) },
      };
      const guards = deployment.rules.find(({ arn }) => arn === rule.ruleArn)?.guarded ? await guardsNow(rule) : [];
      const Actions = inOrder([...guards, { Type: 'forward' as const, ForwardConfig }]);
      await aws('ModifyRule', () => client.send(new ModifyRuleCommand({ RuleArn: rule.ruleArn, Actions })));
    },

    health: (role) => groupHealth(client, arnOf(deployment, role)),
  };
}

/** Of one target group, whoever owns it. */
export async function groupHealth(
  client: Pick<ElasticLoadBalancingV2Client, 'send'>,
  groupArn: string,
): Promise<TargetHealthCounts> {
  const states = (await registered(client, groupArn)).map((d) => d.TargetHealth?.State);
  return {
    healthy: states.filter((s) => s === 'healthy').length,
    unhealthy: states.filter((s) => s === 'unhealthy' || s === 'unhealthy.draining').length,
    registered: states.length,
  };
}

/** Targets of a side in any state but draining, as `id:port`, sorted. */
export async function targetIds(
  client: Pick<ElasticLoadBalancingV2Client, 'send'>,
  deployment: Deployment,
  role: GroupRole,
): Promise<string[]> {
  const found = await registered(client, arnOf(deployment, role));
  return found.map(({ Target }) => `${Target?.Id}:${Target?.Port ?? ''}`).sort();
}

async function registered(
  client: Pick<ElasticLoadBalancingV2Client, 'send'>,
  TargetGroupArn: string,
): Promise<TargetHealthDescription[]> {
  const { TargetHealthDescriptions = [] } = await aws('DescribeTargetHealth', () =>
    client.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
  );
  return TargetHealthDescriptions.filter((d) => d.TargetHealth?.State !== 'draining');
}

function parseRule(arn: string, rule: Rule | undefined): RuleWeights {
  const forward = rule?.Actions?.find((action) => action.Type === 'forward')?.ForwardConfig;
  const parsed = ruleWeightsSchema.safeParse({
    ruleArn: arn,
    groups: forward?.TargetGroups?.map((g) => ({ targetGroupArn: g.TargetGroupArn, weight: g.Weight ?? 1 })),
    sticky: forward?.TargetGroupStickinessConfig?.Enabled ?? false,
  });
  if (parsed.success) return parsed.data;
  throw unknownWeights(`Rule ${arn} is not a weighted forward rule.`, parsed.error);
}

function unknownWeights(what: string, cause: Error): CrossfadeError {
  return new CrossfadeError('Crossfade.IngressUnavailable', what, {
    traffic: 'unknown: someone deleted or replaced the rule.',
    nextStep: 'restore the rule (`cdk deploy` of the ingress stack keeps live weights), then roll back.',
    cause,
  });
}

function arnOf(deployment: Deployment, role: GroupRole): string {
  const group = deployment.targetGroups[role];
  if (group === undefined) throw new RangeError(`the deployment has no target group ${role}`);
  return group.arn;
}
