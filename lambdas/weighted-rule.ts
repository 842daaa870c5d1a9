/** `Custom::WeightedRule`: see lib/constructs/weighted-rule.ts for what it promises, core/fence/listener-rule.ts for how. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import * as z from 'zod';
import { decideUpdate, initialWeights, refusalsOfDelete, type WantedRule } from '../core/fence/index.ts';
import { type RuleConditions, shadowRefusals, stickinessRefusals } from '../core/listener/index.ts';
import { type Clock, ingressIdSchema, type Lease, RuleKeptError, RuleRefusedError } from '../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock } from './aws/calls/index.ts';
import { dynamoLeases } from './aws/dynamo/index.ts';
import { type ElbRule, ElbRules, isSticky } from './aws/elb/index.ts';

const texts = z.array(z.string()).default([]);
const propertiesSchema = z
  .object({
    ListenerArn: z.string(),
    Priority: z.coerce.number().int().min(1).max(50_000),
    Methods: texts,
    Paths: texts,
    Hosts: texts,
    Headers: z.array(z.object({ Name: z.string(), Values: z.array(z.string()) })).default([]),
    Queries: z.array(z.object({ Key: z.string().optional(), Value: z.string() })).default([]),
    Sources: texts,
    /** A rule of the listener whose conditions and demands are copied. */
    LikeRuleArn: z.string().optional(),
    StableArn: z.string(),
    GroupArns: z.array(z.string()).min(2).max(5),
    Cohort: z
      .object({
        header: z.object({ name: z.string(), values: z.array(z.string()).min(1) }).optional(),
        sourceIps: z.array(z.string()).min(1).optional(),
      })
      .optional(),
  })
  .transform(({ ListenerArn, Priority, StableArn, GroupArns, LikeRuleArn = null, Cohort = {}, ...given }) => {
    const headers = given.Headers.map(({ Name, Values }) => ({ name: Name, values: Values }));
    const conditions: RuleConditions = {
      methods: given.Methods,
      hosts: given.Hosts,
      paths: given.Paths,
      headers: [...headers, ...(Cohort.header === undefined ? [] : [Cohort.header])],
      queries: given.Queries.length === 0 ? [] : [given.Queries.map(({ Key, Value }) => ({ key: Key, value: Value }))],
      // Testers are some of the rule's clients: ELBv2 takes one list of sources, and the narrower one is meant.
      sources: Cohort.sourceIps ?? given.Sources,
    };
    const wanted: WantedRule = {
      priority: Priority,
      conditions,
      guards: [],
      stableArn: StableArn,
      groupArns: GroupArns,
    };
    return { listenerArn: ListenerArn, likeRuleArn: LikeRuleArn, wanted };
  });
type Properties = z.infer<typeof propertiesSchema>;

const eventSchema = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ResourceProperties: propertiesSchema }),
  z.object({
    RequestType: z.literal('Update'),
    PhysicalResourceId: z.string(),
    ResourceProperties: propertiesSchema,
    OldResourceProperties: z.object({ ListenerArn: z.string(), LikeRuleArn: z.string().optional() }),
  }),
  z.object({ RequestType: z.literal('Delete'), PhysicalResourceId: z.string(), ResourceProperties: propertiesSchema }),
]);
type Event = z.infer<typeof eventSchema>;

export interface WeightedRuleDeps {
  readonly elb: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly ingressId: string;
  /** The ledger's item of this ingress, or null. */
  readonly owner: () => Promise<Lease | null>;
  readonly clock: Pick<Clock, 'sleep'>;
}

interface ProviderResponse {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly RuleArn: string };
}

interface Listener {
  readonly elb: WeightedRuleDeps['elb'];
  readonly rules: ElbRules;
  readonly owner: WeightedRuleDeps['owner'];
}

export function makeHandler(deps: WeightedRuleDeps) {
  const { elb, owner, clock, ingressId } = deps;
  const listener = { elb, owner, rules: new ElbRules(elb, ingressId) };
  return async (event: unknown): Promise<ProviderResponse> => {
    const request = eventSchema.parse(event);
    switch (request.RequestType) {
      case 'Create':
        return answer(await oncePermitted(clock, () => create(listener, request.ResourceProperties)));
      case 'Update':
        return answer(await update(listener, request));
      case 'Delete':
        return answer(await remove(listener, request));
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

async function create(
  { elb, rules }: Listener,
  { listenerArn, likeRuleArn, wanted: given }: Properties,
): Promise<string> {
  const others = await rules.on(listenerArn);
  const { wanted, guardActions } = asCopied(others, given, likeRuleArn);
  await refuseShadowing(elb, others, wanted);
  return rules.create(listenerArn, {
    shape: wanted,
    weights: initialWeights(wanted),
    stickySeconds: null,
    guardActions,
  });
}

interface GuardedRule {
  readonly wanted: WantedRule;
  readonly guardActions: ElbRule['guardActions'];
}

/** @throws RuleRefusedError for a rule that cannot be copied */
function asCopied(others: readonly ElbRule[], given: WantedRule, likeRuleArn: string | null): GuardedRule {
  if (likeRuleArn === null) return { wanted: given, guardActions: [] };
  const like = ruleToCopy(others, likeRuleArn, given.stableArn);
  return { wanted: likeRule(given, like), guardActions: like.guardActions };
}

/** What was copied stands in the rule itself (the rule that it came from may be gone), and no update takes a login away by the way. */
function asItStands(live: ElbRule, given: WantedRule, copied: boolean): GuardedRule {
  const conditions = copied ? live.conditions : given.conditions;
  return { wanted: { ...given, conditions, guards: live.guards }, guardActions: live.guardActions };
}

/** @throws RuleRefusedError when the rule would take more than requests of the stable side, or its groups take no weights */
async function refuseShadowing(
  elb: WeightedRuleDeps['elb'],
  others: readonly ElbRule[],
  wanted: WantedRule,
): Promise<void> {
  const groups = await Promise.all(
    wanted.groupArns.map(async (arn) => ({
      role: arn === wanted.stableArn ? 'stable' : 'of the rule',
      arn,
      sticky: await isSticky(elb, arn),
    })),
  );
  const refusals = [...shadowRefusals(wanted, others), ...stickinessRefusals(groups)];
  if (refusals.length > 0) throw new RuleRefusedError(refusals);
}

/** @throws RuleRefusedError for a rule that cannot be copied */
function ruleToCopy(others: readonly ElbRule[], arn: string, stableArn: string): ElbRule {
  const like = others.find((rule) => rule.arn === arn);
  const refuse = (why: string) => new RuleRefusedError([`rule ${arn} cannot be copied: ${why}`]);
  if (like === undefined) throw refuse('the listener has no such rule');
  if (like.conditions.opaque === true) throw refuse('it has conditions that are not known here');
  if (like.guards.some((guard) => guard.startsWith('authenticate-oidc')))
    throw refuse(
      'AWS does not give out the client secret of its authenticate-oidc action; use Cognito, or let the services ask for the login',
    );
  if (like.forwards === null || [...like.forwards].some(([group, weight]) => weight > 0 && group !== stableArn))
    throw refuse('it does not forward to the stable group alone');
  return like;
}

/** The copied rule's conditions and demands; methods that both name. @throws RuleRefusedError when none is left */
function likeRule(given: WantedRule, { conditions, guards }: ElbRule): WantedRule {
  const { methods } = given.conditions;
  const both = conditions.methods.length === 0 ? methods : conditions.methods.filter((m) => methods.includes(m));
  const kept = methods.length === 0 ? conditions.methods : both;
  if (methods.length > 0 && kept.length === 0)
    throw new RuleRefusedError([`the copied rule takes none of the methods ${methods.join(', ')}`]);
  // Of its own a rule that copies has only what tells testers from the others.
  const { headers, sources } = given.conditions;
  const own = {
    headers: [...conditions.headers, ...headers],
    sources: sources.length > 0 ? sources : conditions.sources,
  };
  return { ...given, guards, conditions: { ...conditions, ...own, methods: kept } };
}

/** Another listener is another rule: CloudFormation deletes the old one afterwards, which refuses while it carries more than stable. */
async function update(
  listener: Listener,
  { PhysicalResourceId, ResourceProperties: props, OldResourceProperties: old }: Event & { RequestType: 'Update' },
): Promise<string> {
  const { elb, rules, owner } = listener;
  // The owner is read before the weights and again after: a run that began in between has its own idea of them.
  const before = await owner();
  const live = await rules.read(PhysicalResourceId);
  const { listenerArn, likeRuleArn, wanted: given } = props;
  if (live === null || old.ListenerArn !== listenerArn) return create(listener, props);
  const { wanted, guardActions } =
    likeRuleArn === (old.LikeRuleArn ?? null)
      ? asItStands(live, given, likeRuleArn !== null)
      : asCopied(await rules.on(listenerArn), given, likeRuleArn);
  const decision = decideUpdate(live, wanted, before);
  if (decision.do === 'refuse') throw new RuleKeptError(decision.reasons);
  if (decision.do === 'write') {
    const others = await rules.on(listenerArn);
    await refuseShadowing(
      elb,
      others.filter((rule) => rule.arn !== live.arn),
      wanted,
    );
    const after = await owner();
    if (after?.generation !== before?.generation || after?.status !== before?.status)
      throw new RuleKeptError([`cutover ${after?.cutoverId ?? 'none'} took the ingress while the stack was updated`]);
    const { weights, stickySeconds } = decision;
    await rules.modify(live.arn, { shape: wanted, weights, stickySeconds, guardActions });
    if (decision.move) await rules.move(live.arn, wanted.priority);
  }
  return live.arn;
}

async function remove(
  { rules, owner }: Listener,
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
    ingressId: env.CROSSFADE_INGRESS,
    owner: () => ledger.read(env.CROSSFADE_INGRESS),
    clock: systemClock,
  };
}

export const handler = (event: unknown) => {
  built ??= build();
  return makeHandler(built)(event);
};
