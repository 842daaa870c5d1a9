/**
 * Checks what the constructs in the props reveal before deployment. For imported resources, preflight and the doctor
 * ask AWS.
 */
import { Stack, Token } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, type ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnListener, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import * as z from 'zod';
import type { RuleMatch } from '../listener/index.ts';
import type { CutoverListener } from './cutover-props.ts';

/** Throws a RangeError with the problem, which names the prop. */
export type Check = (ok: boolean, problem: string) => asserts ok;

const WEB = ['HTTP', 'HTTPS'];
/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html: a rule for
 * another type would be rejected on creation.
 */
const TARGETS = ['instance', 'ip', 'lambda'];

export function checkListenerConstruct(check: Check, at: string, { listener, ...match }: CutoverListener): void {
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

export function checkGroupConstruct(check: Check, at: string, group: unknown): void {
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

export function checkTopicConstruct(check: Check, topic: ITopic | undefined): void {
  if (topic === undefined) return;
  const { topicArn, masterKey } = topic;
  check(
    topic.fifo !== true && (Token.isUnresolved(topicArn) || !topicArn.endsWith('.fifo')),
    'topic must be a standard topic: alarms do not publish to a FIFO topic',
  );
  check(
    masterKey === undefined || !isManagedByAws(masterKey),
    'topic is encrypted by alias/aws/sns, under which alarms cannot publish: give it a key of your own',
  );
}

/** An alias that is given by name has no key ARN; only its name is known. */
function isManagedByAws(key: object): boolean {
  return 'aliasName' in key && key.aliasName === 'alias/aws/sns';
}

export function checkLedgerConstruct(check: Check, ledger: ITableV2 | undefined): void {
  const made = madeHere(ledger);
  if (!(made instanceof CfnGlobalTable || made instanceof CfnTable)) return;
  const keys = keySchema.safeParse(Stack.of(made).resolve(made.keySchema)).data ?? [];
  const named = keys.map(({ keyType, attributeName }) => `${keyType} ${attributeName}`).join(', ');
  check(
    named === 'HASH pk, RANGE sk',
    `ledger must have the partition key pk and the sort key sk, as ledgerTable() makes it, not ${named}`,
  );
}

const keySchema = z.array(z.looseObject({ keyType: z.string(), attributeName: z.string() }));

/** The resource of a construct that the app creates itself; undefined if it is imported. */
function madeHere(given: unknown): unknown {
  return Construct.isConstruct(given) ? given.node.defaultChild : undefined;
}
