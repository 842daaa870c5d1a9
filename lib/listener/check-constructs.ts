/**
 * Checks what the constructs in the props reveal before deployment. For imported resources, preflight and the doctor
 * ask AWS.
 */
import { Stack, Token } from 'aws-cdk-lib';
import { CfnListener, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import * as z from 'zod';
import { GROUP_ROLES } from '../../core/model/index.ts';
import type { Check, Placed } from '../props/index.ts';
import type { RuleMatch } from './rule-match.ts';
import type { CutoverGroups, ListenerRef } from './rule-props.ts';

const WEB = ['HTTP', 'HTTPS'];
/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html: a rule for
 * another type would be rejected on creation.
 */
const TARGETS = ['instance', 'ip', 'lambda'];

export function checkListenerConstruct(
  check: Check,
  at: string,
  { listener, ...match }: RuleMatch & { readonly listener: ListenerRef },
): void {
  const made = madeHere(listener);
  if (!(made instanceof CfnListener)) return;
  check(
    made.protocol === undefined || Token.isUnresolved(made.protocol) || WEB.includes(made.protocol),
    `${at} must be an application load balancer's listener, not one of protocol ${made.protocol}`,
  );
  // A rule for some requests may be followed by other rules of the listener; a rule for all requests is the only one
  // that counts.
  const [action] = actionsSchema.safeParse(Stack.of(made).resolve(made.defaultActions)).data ?? [];
  check(
    action?.type !== 'redirect' || isNarrowed(match),
    `${at} redirects by default, and a rule for any request would answer in its place: leave this listener out, or narrow the rule`,
  );
}

const actionsSchema = z.array(z.looseObject({ type: z.string() }));

function isNarrowed({ hosts, paths = ['/*'], headers, queries, sources, like }: RuleMatch): boolean {
  const others = [hosts, headers, queries, sources].some((values) => values !== undefined && values.length > 0);
  return others || like !== undefined || !paths.some((path) => path === '/*' || path === '*');
}

/** Each by itself, and that no two are the same. */
export function checkGroups(check: Check, groups: CutoverGroups): void {
  const seen = new Map<string, string>();
  for (const [prop, group, arn] of placesOfGroups(groups)) {
    if (arn === undefined) continue;
    checkGroupConstruct(check, prop, group);
    const other = seen.get(arn);
    check(other === undefined, `${prop} must be another target group than ${other}`);
    seen.set(arn, prop);
  }
}

export function placesOfGroups(groups: CutoverGroups): Placed[] {
  return GROUP_ROLES.map((role) => [`groups.${role}`, groups[role], groups[role]?.targetGroupArn]);
}

function checkGroupConstruct(check: Check, at: string, group: unknown): void {
  const made = madeHere(group);
  if (!(made instanceof CfnTargetGroup)) return;
  const { protocol } = made;
  const targetType = z.string().safeParse(Stack.of(made).resolve(made.targetType)).data;
  check(
    targetType === undefined || TARGETS.includes(targetType),
    `${at} has targets of type ${targetType}, which only a network load balancer takes: name the groups behind the application load balancer`,
  );
  check(
    protocol === undefined || Token.isUnresolved(protocol) || WEB.includes(protocol),
    `${at} must be a target group of an application load balancer, not one of protocol ${protocol}`,
  );
  check(
    targetType !== 'lambda' || Stack.of(made).resolve(made.healthCheckEnabled) === true,
    `${at} leads to a Lambda function without health checks, and a run needs a healthy target: give the group healthCheck: { enabled: true }`,
  );
  const attributes = attributesSchema.safeParse(Stack.of(made).resolve(made.targetGroupAttributes)).data ?? [];
  check(
    !attributes.some(({ key, value }) => key === 'stickiness.enabled' && value === 'true'),
    `${at} has target stickiness, whose cookies override the weights: leave out its stickinessCookieDuration`,
  );
}

const attributesSchema = z.array(z.looseObject({ key: z.string(), value: z.unknown() }));

/** The resource of a construct that the app creates itself; undefined if it is imported. */
export function madeHere(given: unknown): unknown {
  return Construct.isConstruct(given) ? given.node.defaultChild : undefined;
}
