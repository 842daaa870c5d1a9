/** A deployment during a run: the custom resource's real handler, on the rules of a {@link Site}. */
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import * as z from 'zod';
import { GUARD_TYPE, ruleWeightsSchema } from '../../../core/model/index.ts';
import { makeHandler } from '../../../lambdas/weighted-rule.ts';
import type { Site } from './site.ts';
import type { Timeline } from './timeline.ts';

const LISTENER = 'arn:listener';
const CALL_MS = 40;

const modifySchema = z.looseObject({
  RuleArn: z.string(),
  Conditions: z.array(z.looseObject({ PathPatternConfig: z.looseObject({ Values: z.array(z.string()) }).optional() })),
  Actions: z.tuple([
    z.looseObject({
      ForwardConfig: z.looseObject({
        TargetGroups: z.array(z.looseObject({ TargetGroupArn: z.string(), Weight: z.number() })),
        TargetGroupStickinessConfig: z.looseObject({ Enabled: z.boolean() }),
      }),
    }),
  ]),
});

/** Updates every rule of the site to these paths. @throws RuleKeptError if a run owns the ingress */
export async function updateStack(site: Site, paths: readonly string[], timeline: Timeline): Promise<void> {
  const elb = clientOf(site, timeline);
  const handle = handlerOf(site, elb, timeline);
  try {
    for (const [i, rule] of site.deployment.rules.entries())
      await handle({
        RequestType: 'Update',
        PhysicalResourceId: rule.arn,
        ResourceProperties: propertiesOf(site, i, paths),
        OldResourceProperties: { ListenerArn: LISTENER, StableArn: site.deployment.targetGroups.stable.arn },
      });
  } finally {
    elb.destroy();
  }
}

/**
 * Deletes the stack: first its guard must agree, then each rule.
 * @throws DeploymentKeptError, RuleKeptError if a run needs it
 */
export async function deleteStack(site: Site, timeline: Timeline): Promise<void> {
  const elb = clientOf(site, timeline);
  const handle = handlerOf(site, elb, timeline);
  try {
    await handle({
      ResourceType: GUARD_TYPE,
      RequestType: 'Delete',
      PhysicalResourceId: `guard-of-${site.deployment.ingressId}`,
      ResourceProperties: { IngressId: site.deployment.ingressId },
    });
    for (const [i, rule] of site.deployment.rules.entries())
      await handle({
        RequestType: 'Delete',
        PhysicalResourceId: rule.arn,
        ResourceProperties: propertiesOf(site, i, site.paths),
      });
  } finally {
    elb.destroy();
  }
}

/** The stack's own handler, on the site's lease. */
function handlerOf(site: Site, elb: ElasticLoadBalancingV2Client, timeline: Timeline) {
  const owner = async () => {
    await timeline.sleep(CALL_MS);
    return structuredClone(site.lease.item);
  };
  return makeHandler({ elb, owner, clock: timeline, ingressId: site.deployment.ingressId });
}

function propertiesOf({ deployment }: Site, index: number, paths: readonly string[]) {
  const GroupArns = deployment.rules[index]?.roles.map((role) => deployment.targetGroups[role]?.arn ?? '');
  const StableArn = deployment.targetGroups.stable.arn;
  return { ListenerArn: LISTENER, Priority: String(index + 1), Paths: paths, StableArn, GroupArns };
}

/** A client that never leaves the process: each command is answered before it is serialised. */
function clientOf(site: Site, timeline: Timeline): ElasticLoadBalancingV2Client {
  const client = new ElasticLoadBalancingV2Client({ region: 'local-1' });
  client.middlewareStack.add(
    (_next, context) => async (args) => {
      await timeline.sleep(CALL_MS);
      return { response: {}, output: { $metadata: {}, ...answer(site, String(context.commandName), args.input) } };
    },
    { step: 'initialize', name: 'simulated' },
  );
  return client;
}

function answer(site: Site, command: string, input: unknown): object {
  switch (command) {
    case 'DescribeRulesCommand': {
      const { RuleArns } = z.looseObject({ RuleArns: z.array(z.string()) }).parse(input);
      return { Rules: site.live.flatMap((rule, i) => (RuleArns.includes(rule.ruleArn) ? describe(site, i) : [])) };
    }
    case 'ModifyRuleCommand': {
      const { RuleArn, Conditions, Actions } = modifySchema.parse(input);
      const { TargetGroups, TargetGroupStickinessConfig } = Actions[0].ForwardConfig;
      site.paths = Conditions.flatMap((c) => c.PathPatternConfig?.Values ?? []);
      site.writeRule(
        ruleWeightsSchema.parse({
          ruleArn: RuleArn,
          groups: TargetGroups.map(({ TargetGroupArn, Weight }) => ({
            targetGroupArn: TargetGroupArn,
            weight: Weight,
          })),
          sticky: TargetGroupStickinessConfig.Enabled,
        }),
      );
      return {};
    }
    case 'DeleteRuleCommand': {
      const { RuleArn } = z.looseObject({ RuleArn: z.string() }).parse(input);
      site.editRule(
        site.live.findIndex(({ ruleArn }) => ruleArn === RuleArn),
        'gone',
      );
      return {};
    }
    default:
      throw new RangeError(`the simulated stack makes no ${command}`);
  }
}

function describe(site: Site, index: number): object[] {
  const rule = site.live[index];
  if (rule === undefined) return [];
  const TargetGroups = rule.groups.map((g) => ({ TargetGroupArn: g.targetGroupArn, Weight: g.weight }));
  return [
    {
      RuleArn: rule.ruleArn,
      Priority: String(index + 1),
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [...site.paths] } }],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: { TargetGroups, TargetGroupStickinessConfig: { Enabled: rule.sticky } },
        },
      ],
    },
  ];
}
