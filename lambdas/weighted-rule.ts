/** `Custom::WeightedRule`: see lib/constructs/weighted-rule.ts for what it promises, core/fence/listener-rule.ts for how. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import * as z from 'zod';
import { decideUpdate, initialWeights, refusalsOfDelete, type WantedRule } from '../core/fence/index.ts';
import { type Clock, ingressIdSchema, type Lease, RuleKeptError } from '../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock } from './aws/calls/index.ts';
import { dynamoLeases } from './aws/dynamo/index.ts';
import { ElbRules } from './aws/elb/index.ts';

const propertiesSchema = z
  .object({
    ListenerArn: z.string(),
    Priority: z.coerce.number().int().min(1).max(50_000),
    Methods: z.array(z.string()).default([]),
    Paths: z.array(z.string()).default([]),
    StableArn: z.string(),
    GroupArns: z.array(z.string()).min(2).max(5),
    Cohort: z
      .object({
        header: z.object({ name: z.string(), values: z.array(z.string()).min(1) }).optional(),
        sourceIps: z.array(z.string()).min(1).optional(),
      })
      .optional(),
  })
  .transform(({ ListenerArn, Priority, Methods, Paths, StableArn, GroupArns, Cohort }) => {
    const wanted: WantedRule = {
      priority: Priority,
      methods: Methods,
      paths: Paths,
      stableArn: StableArn,
      groupArns: GroupArns,
      ...(Cohort === undefined ? {} : { cohort: Cohort }),
    };
    return { listenerArn: ListenerArn, wanted };
  });
type Properties = z.infer<typeof propertiesSchema>;

const eventSchema = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ResourceProperties: propertiesSchema }),
  z.object({
    RequestType: z.literal('Update'),
    PhysicalResourceId: z.string(),
    ResourceProperties: propertiesSchema,
    OldResourceProperties: z.object({ ListenerArn: z.string() }),
  }),
  z.object({ RequestType: z.literal('Delete'), PhysicalResourceId: z.string(), ResourceProperties: propertiesSchema }),
]);
type Event = z.infer<typeof eventSchema>;

export interface WeightedRuleDeps {
  readonly elb: Pick<ElasticLoadBalancingV2Client, 'send'>;
  /** The ledger's item of this ingress, or null. */
  readonly owner: () => Promise<Lease | null>;
  readonly clock: Pick<Clock, 'sleep'>;
}

interface ProviderResponse {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly RuleArn: string };
}

export function makeHandler(deps: WeightedRuleDeps) {
  const rules = new ElbRules(deps.elb);
  return async (event: unknown): Promise<ProviderResponse> => {
    const request = eventSchema.parse(event);
    switch (request.RequestType) {
      case 'Create':
        return answer(await oncePermitted(deps.clock, () => create(rules, request.ResourceProperties)));
      case 'Update':
        return answer(await update(rules, deps.owner, request));
      case 'Delete':
        return answer(await remove(rules, deps.owner, request));
    }
  };
}

/** IAM takes seconds until a role that the same deploy has made may do what it may. Milliseconds before each new try, half a minute in all. */
const PERMISSION_WAITS_MS = [2_000, 4_000, 8_000, 16_000];

async function oncePermitted<T>(clock: Pick<Clock, 'sleep'>, call: () => Promise<T>): Promise<T> {
  for (const wait of PERMISSION_WAITS_MS) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error && /^AccessDenied/.test(error.name))) throw error;
      await clock.sleep(wait);
    }
  }
  return call();
}

function create(rules: ElbRules, { listenerArn, wanted }: Properties): Promise<string> {
  return rules.create(listenerArn, { shape: wanted, weights: initialWeights(wanted), stickySeconds: null });
}

/** Another listener is another rule: CloudFormation deletes the old one afterwards, which refuses while it carries more than stable. */
async function update(
  rules: ElbRules,
  owner: WeightedRuleDeps['owner'],
  { PhysicalResourceId, ResourceProperties: props, OldResourceProperties: old }: Event & { RequestType: 'Update' },
): Promise<string> {
  // The owner is read before the weights and again after: a run that began in between has its own idea of them.
  const before = await owner();
  const live = await rules.read(PhysicalResourceId);
  const { listenerArn, wanted } = props;
  if (live === null || old.ListenerArn !== listenerArn) return create(rules, props);
  const decision = decideUpdate(live, wanted, before);
  if (decision.do === 'refuse') throw new RuleKeptError(decision.reasons);
  if (decision.do === 'write') {
    const after = await owner();
    if (after?.generation !== before?.generation || after?.status !== before?.status)
      throw new RuleKeptError([`cutover ${after?.cutoverId ?? 'none'} took the ingress while the stack was updated`]);
    await rules.modify(live.arn, { shape: wanted, weights: decision.weights, stickySeconds: decision.stickySeconds });
    if (decision.move) await rules.move(live.arn, wanted.priority);
  }
  return live.arn;
}

async function remove(
  rules: ElbRules,
  owner: WeightedRuleDeps['owner'],
  { PhysicalResourceId, ResourceProperties: { wanted } }: Event & { RequestType: 'Delete' },
): Promise<string> {
  const before = await owner();
  const live = await rules.read(PhysicalResourceId);
  if (live === null) return PhysicalResourceId;
  const after = await owner();
  const refusals = [before, after].flatMap((lease) => refusalsOfDelete(live, wanted.stableArn, lease));
  if (refusals.length > 0) throw new RuleKeptError(refusals);
  await rules.delete(live.arn);
  return live.arn;
}

function answer(ruleArn: string): ProviderResponse {
  return { PhysicalResourceId: ruleArn, Data: { RuleArn: ruleArn } };
}

const envSchema = z.object({ LEDGER_TABLE: z.string().min(1), CROSSFADE_INGRESS: ingressIdSchema });

let built: WeightedRuleDeps | undefined;

function build(): WeightedRuleDeps {
  const env = envSchema.parse(process.env);
  const ledger = dynamoLeases(new DynamoDBClient(CLIENT_OPTIONS), env.LEDGER_TABLE);
  return {
    elb: new ElasticLoadBalancingV2Client(CLIENT_OPTIONS),
    owner: () => ledger.read(env.CROSSFADE_INGRESS),
    clock: systemClock,
  };
}

export const handler = (event: unknown) => {
  built ??= build();
  return makeHandler(built)(event);
};
