/**
 * `Custom::WeightedRule`: lib/listener/weighted-rule.ts describes its guarantees, core/fence/listener-rule.ts
 * implements them. Also the guard of a whole deployment: lib/cutover/deployment-guard.ts.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import * as z from 'zod';
import {
  decideUpdate,
  initialWeights,
  needsDeployment,
  refusalOfBearings,
  refusalsOfDelete,
  type WantedRule,
} from '../core/fence/index.ts';
import { copiedRule, refusalText, shadowRefusals, stickinessRefusals } from '../core/listener/index.ts';
import {
  type Clock,
  DeploymentKeptError,
  GUARD_TYPE,
  IngressRenamedError,
  ingressIdSchema,
  type Lease,
  RuleKeptError,
  RuleRefusedError,
} from '../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock } from './aws/calls/index.ts';
import { dynamoLeases } from './aws/dynamo/index.ts';
import { type ElbRule, ElbRules, isSticky } from './aws/elb/index.ts';
import { type RuleProperties, rulePropertiesSchema } from './events/index.ts';

const eventSchema = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ResourceProperties: rulePropertiesSchema }),
  z.object({
    RequestType: z.literal('Update'),
    PhysicalResourceId: z.string(),
    ResourceProperties: rulePropertiesSchema,
    OldResourceProperties: z.object({
      ListenerArn: z.string(),
      LikeRuleArn: z.string().optional(),
      StableArn: z.string(),
      Ledger: z.string().optional(),
    }),
  }),
  z.object({
    RequestType: z.literal('Delete'),
    PhysicalResourceId: z.string(),
    ResourceProperties: rulePropertiesSchema,
  }),
]);
type Event = z.infer<typeof eventSchema>;

const guardEventSchema = z.object({
  ResourceType: z.literal(GUARD_TYPE),
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  PhysicalResourceId: z.string().optional(),
  /** A guard of an earlier version does not name its ingress. */
  ResourceProperties: z.object({ IngressId: ingressIdSchema.optional() }),
});
type GuardEvent = z.infer<typeof guardEventSchema>;

export interface WeightedRuleDeps {
  readonly elb: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly ingressId: string;
  /** The ledger's item of this ingress, or null. */
  readonly owner: () => Promise<Lease | null>;
  readonly clock: Pick<Clock, 'sleep'>;
}

interface ProviderResponse {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly RuleArn?: string };
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
    const guarded = guardEventSchema.safeParse(event);
    if (guarded.success) return guard(deps, guarded.data);
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

/**
 * @throws DeploymentKeptError if the deployment is to be deleted while a run needs it, or its ingress is to be renamed
 */
async function guard({ owner, ingressId }: WeightedRuleDeps, event: GuardEvent): Promise<ProviderResponse> {
  const { RequestType, PhysicalResourceId, ResourceProperties } = event;
  const lease = RequestType === 'Delete' ? await owner() : null;
  if (needsDeployment(lease)) throw new DeploymentKeptError(`cutover ${lease.cutoverId} is ${lease.status}`);
  const named = `guard-of-${ResourceProperties.IngressId ?? ingressId}`;
  // The id is that of the guard when it was created, so CloudFormation's request to revert a refused update agrees with
  // it.
  if (RequestType === 'Update' && PhysicalResourceId !== undefined && PhysicalResourceId !== named)
    throw new IngressRenamedError(PhysicalResourceId.replace('guard-of-', ''), named.replace('guard-of-', ''));
  return { PhysicalResourceId: PhysicalResourceId ?? named, Data: {} };
}

/**
 * IAM takes seconds until a role created by the same deployment has its permissions. Milliseconds before each retry;
 * half a minute in total.
 */
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
  { listenerArn, likeRuleArn, wanted: given }: RuleProperties,
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
  const copied = copiedRule(given, likeRuleArn, others);
  if (!copied.ok) throw new RuleRefusedError([copied.why]);
  return { wanted: copied.wanted, guardActions: others.find(({ arn }) => arn === likeRuleArn)?.guardActions ?? [] };
}

/**
 * The copied properties are taken from the rule itself, because the original may no longer exist, and no update must
 * remove a login unintentionally.
 */
function asItStands(live: ElbRule, given: WantedRule, copied: boolean): GuardedRule {
  const conditions = copied ? live.conditions : given.conditions;
  return { wanted: { ...given, conditions, guards: live.guards }, guardActions: live.guardActions };
}

/**
 * @throws RuleRefusedError if the rule would match more than requests to stable, or if its groups cannot have weights
 */
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
  if (refusals.length > 0) throw new RuleRefusedError(refusals.map(refusalText));
}

/**
 * Another listener means another rule: CloudFormation deletes the old one afterwards, which is refused while it carries
 * more than stable.
 */
async function update(
  listener: Listener,
  { PhysicalResourceId, ResourceProperties: props, OldResourceProperties: old }: Event & { RequestType: 'Update' },
): Promise<string> {
  const { elb, rules, owner } = listener;
  // The owner is read before the weights and again after them, because a run that began in between has weights of its
  // own.
  const before = await owner();
  const live = await rules.read(PhysicalResourceId);
  const { listenerArn, likeRuleArn, ledger, wanted: given } = props;
  if (live !== null) {
    const bearings = { stableArn: given.stableArn, ledger };
    const refusal = refusalOfBearings(live, bearings, { stableArn: old.StableArn, ledger: old.Ledger ?? null }, before);
    if (refusal !== null) throw new RuleKeptError([refusal.reason], refusal.nextStep);
  }
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
