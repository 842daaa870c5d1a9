/** The ingress port, implemented with ELBv2. */
import {
  type Action,
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
  groupArn,
  type Ingress,
  isTransient,
  type RuleArn,
  RuleGoneError,
  type RuleWeights,
  ruleWeightsSchema,
  type TargetHealthCounts,
} from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { describeRules, groupsOf, guardsOf } from './listener-rules.ts';
import { inOrder } from './rule.ts';

/**
 * A reading stands for so long: the next stage's shift reads again. A local cloud runs much faster than its clients.
 */
const KNOWN_FOR_MS = 300_000;
const STICKY_SECONDS = 3600;
/**
 * The shortest stickiness that ELBv2 takes. A return writes it where ELBv2 demands some, and it is read as none: no
 * cookie keeps a client from its weights for longer (ADR 100).
 */
const LEAST_STICKY_SECONDS = 1;

export function elbIngress(client: Pick<ElasticLoadBalancingV2Client, 'send'>, deployment: Deployment): Ingress {
  /** What each rule demands before it forwards, as the last reading had it; and when that was, or failed. */
  const seen = new Map<string, { readonly at: number; readonly guards: readonly Action[] | null }>();
  const noteFailure = () => {
    for (const { arn } of deployment.rules) seen.set(arn, { at: Date.now(), guards: null });
  };

  /**
   * ModifyRule replaces the whole list: what the rule demands first is written again, also a login that somebody has
   * put there in mid-run. A rollback has read it beside its fence. Where it has just asked in vain, only a rule that
   * was deployed with demands waits for another try.
   */
  async function guardsNow(ruleArn: RuleArn, isGuarded: boolean): Promise<readonly Action[]> {
    const last = seen.get(ruleArn);
    const known = last !== undefined && Date.now() - last.at < KNOWN_FOR_MS ? last.guards : undefined;
    if (known != null) return known;
    if (known === null && !isGuarded) return [];
    const asked = aws('DescribeRules', () => describeRules(client, { RuleArns: [ruleArn] }));
    const [rule] = isGuarded ? await asked : await asked.catch(() => []);
    return rule?.guardActions ?? [];
  }

  /** @throws RuleNotFoundException if one of them no longer exists */
  async function describe(RuleArns: readonly RuleArn[]): Promise<Rule[]> {
    const request = new DescribeRulesCommand({ RuleArns: [...RuleArns] });
    const { Rules = [] } = await aws('DescribeRules', () => client.send(request));
    for (const { RuleArn, Actions = [] } of Rules)
      if (RuleArn !== undefined) seen.set(RuleArn, { at: Date.now(), guards: guardsOf(Actions) });
    return Rules;
  }

  async function modify({ ruleArn, groups, sticky }: RuleWeights, stickySeconds: number): Promise<void> {
    const ForwardConfig = {
      TargetGroups: groups.map((g) => ({ TargetGroupArn: g.targetGroupArn, Weight: g.weight })),
      // Always written, because stickiness that remains on overrides the weights: a client goes where its cookie leads,
      // even at weight 0.
      TargetGroupStickinessConfig: { Enabled: sticky, ...(sticky ? { DurationSeconds: stickySeconds } : {}) },
    };
    const isGuarded = deployment.rules.find(({ arn }) => arn === ruleArn)?.guarded === true;
    const guards = await guardsNow(ruleArn, isGuarded);
    const Actions = inOrder([...guards, { Type: 'forward' as const, ForwardConfig }]);
    await aws('ModifyRule', () => client.send(new ModifyRuleCommand({ RuleArn: ruleArn, Actions })));
  }

  return {
    async read() {
      const arns = deployment.rules.map((rule) => rule.arn);
      try {
        const rules = await describe(arns);
        return arns.map((arn) => parseRule(arn, rules));
      } catch (error) {
        if (!(error instanceof RuleNotFoundException)) {
          noteFailure();
          throw error;
        }
        // ELBv2 answers for all rules or for none, so each one is requested separately.
        return Promise.all(arns.map((arn) => describe([arn]).then((rules) => parseRule(arn, rules), goneOr(arn))));
      }
    },

    async write(rule, purpose) {
      let refusal: unknown;
      for (const { form, stickySeconds } of formsOf(rule, purpose)) {
        try {
          await modify(form, stickySeconds);
          return;
        } catch (error) {
          if (error instanceof RuleNotFoundException) throw new RuleGoneError(rule.ruleArn, error);
          refusal ??= error;
          if (isTransient(error)) break;
        }
      }
      throw refusal;
    },

    health: (role) => groupHealth(client, groupArn(deployment, role)),
  };
}

interface Form {
  readonly form: RuleWeights;
  readonly stickySeconds: number;
}

/** A rule as it is wanted, and after it the forms that ELBv2 may take although it refuses the one before. */
function formsOf(rule: RuleWeights, purpose: 'return' | undefined): readonly Form[] {
  const groups = rule.groups.filter(({ weight }) => weight > 0);
  const forms: Form[] = [{ form: rule, stickySeconds: STICKY_SECONDS }];
  // A group that is to get nobody must not keep customers from the others: it may have been deleted, or be sticky
  // itself, in which case ELBv2 demands stickiness of a rule with several groups.
  if (groups.length < rule.groups.length) forms.push({ form: { ...rule, groups }, stickySeconds: STICKY_SECONDS });
  // A shift that is refused is rolled back. A return has nowhere else to go: its share is what stable can carry.
  if (groups.length > 1 && purpose === 'return')
    forms.push({ form: { ...rule, groups, sticky: true }, stickySeconds: LEAST_STICKY_SECONDS });
  return forms;
}

/** Health of one target group, whoever owns it. */
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

/** Targets of a side in any state except draining, as `id:port`, sorted. */
export async function targetIds(
  client: Pick<ElasticLoadBalancingV2Client, 'send'>,
  deployment: Deployment,
  role: GroupRole,
): Promise<string[]> {
  const found = await registered(client, groupArn(deployment, role));
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

/** @throws CrossfadeError for an answer without the rule; a deleted rule would be reported as an error */
function parseRule(arn: RuleArn, rules: readonly Rule[]): RuleWeights {
  const rule = rules.find(({ RuleArn }) => RuleArn === arn);
  if (rule === undefined)
    throw new CrossfadeError(
      'Crossfade.IngressUnavailable',
      `DescribeRules answered without rule ${arn}; perhaps a proxy or a login page answered in place of AWS.`,
      {
        traffic: 'unknown until the rules are read again.',
        nextStep: 'nothing, unless the error repeats: then look at the listener with `crossfade doctor`.',
      },
    );
  const forward = rule.Actions?.find((action) => action.Type === 'forward');
  if (forward === undefined) return { ruleArn: arn, groups: [], sticky: false, absent: 'replaced' };
  const groups = [...groupsOf(forward)].map(([targetGroupArn, weight]) => ({ targetGroupArn, weight }));
  const { Enabled = false, DurationSeconds = STICKY_SECONDS } =
    forward.ForwardConfig?.TargetGroupStickinessConfig ?? {};
  const sticky = Enabled && DurationSeconds > LEAST_STICKY_SECONDS;
  return ruleWeightsSchema.parse({ ruleArn: arn, groups, sticky });
}

function goneOr(ruleArn: RuleArn) {
  return (error: unknown): RuleWeights => {
    if (!(error instanceof RuleNotFoundException)) throw error;
    return { ruleArn, groups: [], sticky: false, absent: 'gone' };
  };
}
