/** `Custom::WeightedRule`: see lib/constructs/weighted-rule.ts for what it promises. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type Rule,
  type RuleCondition,
  RuleNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import * as z from 'zod';
import { RefusedError } from '../core/errors.ts';
import { ingressIdSchema } from '../core/ids.ts';
import type { LedgerItem } from '../core/ledger.ts';
import { CLIENT_OPTIONS } from './aws/clients.ts';
import { dynamoLedger } from './aws/dynamo-ledger.ts';

const propertiesSchema = z.object({
  ListenerArn: z.string(),
  Priority: z.coerce.number().int(),
  Methods: z.array(z.string()).default([]),
  Paths: z.array(z.string()).default([]),
  StableArn: z.string(),
  GroupArns: z.array(z.string()).min(2).max(5),
});
type Properties = z.infer<typeof propertiesSchema>;

const eventSchema = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ResourceProperties: propertiesSchema }),
  z.object({ RequestType: z.literal('Update'), PhysicalResourceId: z.string(), ResourceProperties: propertiesSchema }),
  z.object({ RequestType: z.literal('Delete'), PhysicalResourceId: z.string(), ResourceProperties: propertiesSchema }),
]);

export interface WeightedRuleDeps {
  readonly elb: Pick<ElasticLoadBalancingV2Client, 'send'>;
  /** The ledger's item of this ingress, or null. */
  readonly owner: () => Promise<LedgerItem | null>;
}

interface ProviderResponse {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly RuleArn: string };
}

type Weights = ReadonlyMap<string, number>;

export function makeHandler(deps: WeightedRuleDeps) {
  return async (event: unknown): Promise<ProviderResponse> => {
    const request = eventSchema.parse(event);
    switch (request.RequestType) {
      case 'Create':
        return answer(await create(deps, request.ResourceProperties));
      case 'Update':
        return answer(await update(deps, request.PhysicalResourceId, request.ResourceProperties));
      case 'Delete':
        return answer(await remove(deps, request.PhysicalResourceId, request.ResourceProperties));
    }
  };
}

async function create({ elb }: WeightedRuleDeps, props: Properties): Promise<string> {
  const { Rules = [] } = await elb.send(
    new CreateRuleCommand({
      ListenerArn: props.ListenerArn,
      Priority: props.Priority,
      Conditions: conditions(props),
      Actions: [forward(props, safe(props))],
    }),
  );
  const arn = Rules[0]?.RuleArn;
  if (arn === undefined) throw new Error('CreateRule answered without a rule');
  return arn;
}

/** Live weights stay; a new group enters at 0; a group leaves only at 0. Rewriting what stands is no change to traffic. */
async function update(deps: WeightedRuleDeps, ruleArn: string, props: Properties): Promise<string> {
  const live = await liveWeights(deps, ruleArn);
  if (live === null) return create(deps, props);
  const owner = await deps.owner();
  if (owner?.status === 'running' || owner?.status === 'rolling_back') {
    throw new RefusedError([
      `cutover ${owner.cutoverId} is ${owner.status}; its rule is not updated before it has ended`,
    ]);
  }
  const retired = [...live].filter(([arn, weight]) => weight > 0 && !props.GroupArns.includes(arn));
  if (retired.length > 0)
    throw new RefusedError([
      `target group ${retired.map(([arn]) => arn).join(', ')} still carries traffic and cannot leave the rule`,
    ]);
  const weights = new Map(props.GroupArns.map((arn) => [arn, live.get(arn) ?? 0]));
  await deps.elb.send(
    new ModifyRuleCommand({ RuleArn: ruleArn, Conditions: conditions(props), Actions: [forward(props, weights)] }),
  );
  return ruleArn;
}

async function remove(deps: WeightedRuleDeps, ruleArn: string, props: Properties): Promise<string> {
  const live = await liveWeights(deps, ruleArn);
  if (live === null) return ruleArn;
  const carrying = [...live].filter(([arn, weight]) => weight > 0 && arn !== props.StableArn);
  if (carrying.length > 0)
    throw new RefusedError([
      `target group ${carrying.map(([arn]) => arn).join(', ')} carries traffic; roll back before the rule is deleted`,
    ]);
  await deps.elb.send(new DeleteRuleCommand({ RuleArn: ruleArn }));
  return ruleArn;
}

async function liveWeights({ elb }: WeightedRuleDeps, ruleArn: string): Promise<Weights | null> {
  if (!ruleArn.startsWith('arn:')) return null;
  try {
    const { Rules = [] } = await elb.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
    const groups = Rules.flatMap((rule: Rule) => rule.Actions ?? []).flatMap(
      (action) => action.ForwardConfig?.TargetGroups ?? [],
    );
    return new Map(groups.map((g) => [g.TargetGroupArn ?? '', g.Weight ?? 0]));
  } catch (error) {
    if (error instanceof RuleNotFoundException) return null;
    throw error;
  }
}

function safe(props: Properties): Weights {
  return new Map(props.GroupArns.map((arn) => [arn, arn === props.StableArn ? 100 : 0]));
}

function forward(props: Properties, weights: Weights) {
  const TargetGroups = props.GroupArns.map((arn) => ({ TargetGroupArn: arn, Weight: weights.get(arn) ?? 0 }));
  return { Type: 'forward' as const, ForwardConfig: { TargetGroups, TargetGroupStickinessConfig: { Enabled: false } } };
}

function conditions({ Methods, Paths }: Properties): RuleCondition[] {
  const wanted: RuleCondition[] = [];
  if (Methods.length > 0) wanted.push({ Field: 'http-request-method', HttpRequestMethodConfig: { Values: Methods } });
  if (Paths.length > 0) wanted.push({ Field: 'path-pattern', PathPatternConfig: { Values: Paths } });
  return wanted;
}

function answer(ruleArn: string): ProviderResponse {
  return { PhysicalResourceId: ruleArn, Data: { RuleArn: ruleArn } };
}

const envSchema = z.object({ LEDGER_TABLE: z.string().min(1), CROSSFADE_INGRESS: ingressIdSchema });

let built: WeightedRuleDeps | undefined;

function build(): WeightedRuleDeps {
  const env = envSchema.parse(process.env);
  const ledger = dynamoLedger(new DynamoDBClient(CLIENT_OPTIONS), env.LEDGER_TABLE);
  return { elb: new ElasticLoadBalancingV2Client(CLIENT_OPTIONS), owner: () => ledger.read(env.CROSSFADE_INGRESS) };
}

export const handler = (event: unknown) => {
  built ??= build();
  return makeHandler(built)(event);
};
