/** Checks the props of a `DualStackCutover` before the first construct is created. Every message names the prop. */
import { Token } from 'aws-cdk-lib';
import { type Plan, parsePlan } from '../../core/model/index.ts';
import { checkGroups, placesOfGroups } from '../listener/index.ts';
import { type Check, checkFor, checkPlaces, checkProps, checkRegions, type StackPlace } from '../props/index.ts';
import { checkLedgerConstruct, checkTopicConstruct } from './check-constructs.ts';
import { checkListeners } from './check-listeners.ts';
import type { DualStackCutoverProps } from './cutover-props.ts';
import { CUTOVER_SHAPE } from './cutover-shape.ts';

export interface CheckedCutover {
  readonly plan: Plan;
  /** The first of them names the load balancer. */
  readonly listenerArns: readonly [string, ...string[]];
}

/**
 * @param name precedes every message
 * @param here where the stack is deployed, as far as that is known
 * @throws RangeError; InvalidPlanError that names the plan's field
 */
export function checkCutover(name: string, props: DualStackCutoverProps, here: StackPlace): CheckedCutover {
  checkProps(name, CUTOVER_SHAPE, props, null);
  const plan = parsePlan(props.plan ?? {});
  const check: Check = checkFor(name);
  checkGroups(check, props.groups);
  const { mirrorForward, mirrorReverse } = props.groups;
  check(
    (mirrorForward === undefined) === (mirrorReverse === undefined),
    'groups.mirrorForward and groups.mirrorReverse go together',
  );
  const listenerArns = checkListeners(check, name, props);
  checkRules(check, props);
  checkTopicConstruct(check, props.topic);
  checkLedgerConstruct(check, props.ledger);
  checkTags(check, props);
  checkPlacesOf(check, props, plan, here);
  return { plan, listenerArns };
}

function checkPlacesOf(check: Check, props: DualStackCutoverProps, plan: Plan, here: StackPlace): void {
  const { groups, listeners = [], rules = [], exerciseFunctionArn, topic, ledger, permissionsBoundaryArn } = props;
  const place = checkPlaces(check, here, [
    ...listeners.map(({ listener }, i) => [`listeners.${i}.listener`, listener, listener.listenerArn] as const),
    ...rules.map((rule, i) => [`rules.${i}`, rule, rule.listenerArn] as const),
    ...placesOfGroups(groups),
    ['exerciseFunctionArn', null, exerciseFunctionArn],
    ['topic', topic, topic?.topicArn],
    ['ledger', ledger, ledger?.tableArn],
    ['permissionsBoundaryArn', null, permissionsBoundaryArn],
    ...plan.alarms.map((arn, i) => [`plan.alarms.${i}`, null, arn] as const),
  ]);
  checkRegions(check, place, calledFrom(props));
}

function calledFrom({
  chat = {},
  metricProviders = {},
}: DualStackCutoverProps): readonly (readonly [string, string])[] {
  const channels = Object.entries(chat).map(
    ([name, channel]) => [`chat.${name}.secretArn`, channel?.secretArn] as const,
  );
  const providers = Object.entries(metricProviders).map(([name, provider]) =>
    provider.type === 'lambda'
      ? ([`metricProviders.${name}.functionArn`, provider.functionArn] as const)
      : ([`metricProviders.${name}.secretArn`, provider.secretArn] as const),
  );
  return [...channels, ...providers].flatMap(([what, arn]) => (arn === undefined ? [] : [[what, arn] as const]));
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAG_NAME = 128;
const MAX_TAG_VALUE = 256;
const MAX_TAGS = 50;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html */
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function checkTags(check: Check, { tags = {} }: DualStackCutoverProps): void {
  const count = Object.keys(tags).length;
  check(count <= MAX_TAGS, `tags: at most ${MAX_TAGS}, not ${count}`);
  for (const [key, value] of Object.entries(tags)) {
    check(!/^aws:/i.test(key), `tags: a name that begins with aws: belongs to AWS, not "${key}"`);
    check(key.length >= 1 && key.length <= MAX_TAG_NAME, `tags: a name has 1 to ${MAX_TAG_NAME} characters: "${key}"`);
    check(
      Token.isUnresolved(value) || value.length <= MAX_TAG_VALUE,
      `tags.${key} must be at most ${MAX_TAG_VALUE} characters`,
    );
    check(
      [key, value].every((text) => Token.isUnresolved(text) || TAG_CHARACTERS.test(text)),
      `tags.${key} must consist of letters, digits, spaces and _.:/=+-@ (IAM takes no others)`,
    );
  }
}

/**
 * Properties that were given to the rules' provider must be repeated here, because the rules decide on deployments
 * during a run (core/fence/listener-rule.ts).
 */
function checkRules(check: Check, { rules = [], ingressId, groups, ledger }: DualStackCutoverProps): void {
  for (const [i, { provider, stableArn }] of rules.entries()) {
    check(
      mayEqual(provider.ingressId, ingressId),
      `ingressId must be ${provider.ingressId}, as the provider of rules.${i} has it, not "${ingressId}"`,
    );
    check(
      ledger !== undefined,
      `ledger must be that of the provider of rules.${i}: a new one would know none of its runs`,
    );
    check(
      mayEqual(provider.ledger.tableName, ledger.tableName),
      `ledger must be ${provider.ledger.tableName}, as the provider of rules.${i} has it, not ${ledger.tableName}`,
    );
    check(
      mayEqual(stableArn, groups.stable.targetGroupArn),
      `groups.stable must be ${stableArn}, the stable group of rules.${i}, not ${groups.stable.targetGroupArn}`,
    );
  }
}

/** Tokens are unknown at synthesis. */
function mayEqual(a: string, b: string): boolean {
  return a === b || Token.isUnresolved(a) || Token.isUnresolved(b);
}
