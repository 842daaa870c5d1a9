/**
 * Checks the account and region of every resource of a cutover: a handler calls AWS where it runs, and a rule accepts
 * only target groups of its own account and region.
 */
import { Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { GROUP_ROLES } from '../../core/model/index.ts';
import type { Check } from './check-constructs.ts';
import type { DualStackCutoverProps } from './cutover-props.ts';

/** undefined if it is unknown before deployment. */
export interface StackPlace {
  readonly partition?: string | undefined;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/**
 * The placeholder that `fromLookup` returns until the CDK has read the account and synthesises again. It must pass, and
 * the next synthesis has the real value.
 */
const PLACEHOLDER =
  /:123456789012:listener\/(application|network|app)\/my-load-balancer\/50dc6c495c0c9188\/f2f7dc8efc522ab2$/;

/** Tokens and placeholders are unknown at synthesis. */
export function isKnownNow(text: string): boolean {
  return !Token.isUnresolved(text) && !PLACEHOLDER.test(text);
}

/** Whether nothing is known that rules it out. */
export function mayMatch(text: string, pattern: RegExp): boolean {
  return !isKnownNow(text) || pattern.test(text);
}

export function placeOfStack(stack: Stack): StackPlace {
  const said = (value: string) => (Token.isUnresolved(value) ? undefined : value);
  return { region: said(stack.region), account: said(stack.account) };
}

/** The place in an ARN, or, for a construct whose ARN is a token, the place of the stack that creates it. */
function placeOfProp(given: unknown, arn: string): StackPlace | null {
  if (isKnownNow(arn)) {
    const [, partition, , region = '', account = ''] = arn.split(':');
    // IAM has no region, and its managed policies no account.
    return {
      partition,
      region: region === '' ? undefined : region,
      account: /^\d{12}$/.test(account) ? account : undefined,
    };
  }
  return Token.isUnresolved(arn) && Construct.isConstruct(given) ? placeOfStack(Stack.of(given)) : null;
}

/** @throws RangeError that names the prop with another place, and that place */
export function checkPlace(check: Check, props: DualStackCutoverProps, here: StackPlace): void {
  const {
    groups,
    listeners = [],
    rules = [],
    exerciseFunctionArn,
    topic,
    ledger,
    permissionsBoundaryArn,
    plan,
  } = props;
  const named = [
    ...listeners.map(({ listener }, i) => [`listeners.${i}.listener`, listener, listener.listenerArn] as const),
    ...rules.map((rule, i) => [`rules.${i}`, rule, rule.listenerArn] as const),
    ...GROUP_ROLES.map((role) => [`groups.${role}`, groups[role], groups[role]?.targetGroupArn] as const),
    ['exerciseFunctionArn', null, exerciseFunctionArn] as const,
    ['topic', topic, topic?.topicArn] as const,
    ['ledger', ledger, ledger?.tableArn] as const,
    ['permissionsBoundaryArn', null, permissionsBoundaryArn] as const,
    ...(plan?.alarms ?? []).map((arn, i) => [`plan.alarms.${i}`, null, arn] as const),
  ];
  let first = { what: 'the stack', place: here };
  for (const [what, given, arn] of named) {
    const place = arn === undefined ? null : placeOfProp(given, arn);
    if (place === null) continue;
    for (const part of ['partition', 'region', 'account'] as const) {
      const [expected, found] = [first.place[part], place[part]];
      check(
        expected === undefined || found === undefined || expected === found,
        `${what} is in ${part} ${found}, but ${first.what} is in ${expected}; one ${part} must hold all`,
      );
    }
    if (first.place.region === undefined || first.place.account === undefined) first = { what, place };
    // A stack knows its region, but not its partition.
    else if (first.place.partition === undefined)
      first = { what: first.what, place: { ...first.place, partition: place.partition } };
  }
  for (const [what, arn] of calledFrom(props)) {
    const found = isKnownNow(arn) ? arn.split(':')[3] : undefined;
    check(
      found === undefined || first.place.region === undefined || found === first.place.region,
      `${what} is in region ${found}, but ${first.what} is in ${first.place.region}; a function calls what is in its own region`,
    );
  }
}

/** Secrets and functions may belong to another account, but not to another region. */
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
