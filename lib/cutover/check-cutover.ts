/** What a `DualStackCutover` is given, checked before the first construct is made: every message names the prop. */
import { Token } from 'aws-cdk-lib';
import { GROUP_ROLES, metricProviderSchema } from '../../core/model/index.ts';
import { checkMatch, MAX_PRIORITY, SAFE_METHODS } from '../listener/index.ts';
import { loadBalancerFullName } from './arns.ts';
import type { CutoverListener, DualStackCutoverProps } from './cutover-props.ts';

/** Names alarms and functions with it. */
export const INGRESS_ID = /^[A-Za-z0-9_-]{1,40}$/;
export const TARGET_GROUP_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:targetgroup\/[^/]+\/[^/]+$/;
export const APPLICATION_LISTENER_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:listener\/app\/[^/]+\/[^/]+\/[^/]+$/;
/**
 * A shift and two deliveries of a rollback at the same moment write every rule three times, and ELBv2's bucket for mutating
 * calls holds 20 (docs/explanation/fence.md). Lambda's environment, in which every rule's ARN stands, holds 4 KB.
 */
const MAX_RULES = 6;
const MAX_CONCURRENCY = 100;

/** Undefined: not known before it is deployed. */
export interface StackPlace {
  readonly region: string | undefined;
  readonly account: string | undefined;
}

type Check = (ok: boolean, problem: string) => asserts ok;

/**
 * @param name stands before every message
 * @param here where the stack is deployed, as far as that is known
 * @returns the listeners' ARNs, the first of which names the load balancer
 * @throws RangeError
 */
export function checkCutover(name: string, props: DualStackCutoverProps, here: StackPlace): [string, ...string[]] {
  const check: Check = (ok, problem) => {
    if (!ok) throw new RangeError(`${name}: ${problem}`);
  };
  const { ingressId, rollbackConcurrency: reserved, exerciseFunctionArn, runbookUrl, shadowLogRetention } = props;
  check(
    typeof ingressId === 'string' && INGRESS_ID.test(ingressId),
    `ingressId must be 1 to 40 letters, digits, - or _, not "${ingressId}"`,
  );
  checkGroups(check, props);
  const arns = checkListeners(check, name, props);
  checkServices(check, props);
  check(
    reserved === undefined ||
      Token.isUnresolved(reserved) ||
      (Number.isInteger(reserved) && reserved >= 1 && reserved <= MAX_CONCURRENCY),
    `rollbackConcurrency must be a whole number from 1 to ${MAX_CONCURRENCY}, not ${reserved}`,
  );
  check(
    exerciseFunctionArn === undefined || known(exerciseFunctionArn, /^arn:[^:]+:lambda:/),
    `exerciseFunctionArn must be the ARN of a function, not "${exerciseFunctionArn}"`,
  );
  checkPlace(check, props, here);
  checkProviders(check, props);
  checkTags(check, props);
  checkChat(check, props);
  check(runbookUrl !== '', 'runbookUrl must not be empty');
  check(
    shadowLogRetention === undefined || Number.isInteger(shadowLogRetention.toDays({ integral: false })),
    'shadowLogRetention must be whole days',
  );
  return arns;
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
function checkTags(check: Check, { tags = {} }: DualStackCutoverProps): void {
  for (const key of Object.keys(tags))
    check(!/^aws:/i.test(key), `tags: a name that begins with aws: belongs to AWS, not "${key}"`);
}

function checkChat(check: Check, { chat = {} }: DualStackCutoverProps): void {
  for (const [name, channel] of Object.entries(chat))
    check(
      known(channel?.secretArn ?? '', /^arn:[^:]+:secretsmanager:/),
      `chat.${name}.secretArn must be the ARN of a secret, not "${channel?.secretArn}"`,
    );
  check(
    chat.slack === undefined || known(chat.slack.channel, /^[CGD][A-Z0-9]{2,}$/),
    `chat.slack.channel must be a channel's id such as C0123456789, not "${chat.slack?.channel}"`,
  );
}

function checkGroups(check: Check, { groups }: DualStackCutoverProps): void {
  check(typeof groups === 'object' && groups !== null, 'groups must name the target groups: { stable, candidate }');
  const seen = new Map<string, string>();
  for (const role of GROUP_ROLES) {
    const group = groups[role];
    if (group === undefined && role.startsWith('mirror')) continue;
    const arn = group?.targetGroupArn;
    check(typeof arn === 'string', `groups.${role} must be a target group, or { targetGroupArn }`);
    check(known(arn, TARGET_GROUP_ARN), `groups.${role} must be the ARN of a target group, not "${arn}"`);
    const other = seen.get(arn);
    check(other === undefined, `groups.${role} must be another target group than groups.${other}`);
    seen.set(arn, role);
  }
  check(
    (groups.mirrorForward === undefined) === (groups.mirrorReverse === undefined),
    'groups.mirrorForward and groups.mirrorReverse go together',
  );
}

function checkListeners(
  check: Check,
  name: string,
  { listeners, rules, groups }: DualStackCutoverProps,
): [string, ...string[]] {
  check(
    (listeners === undefined) !== (rules === undefined),
    'give either listeners, on which rules are made, or rules',
  );
  const perListener = groups.mirrorForward === undefined ? 1 : 2;
  for (const [i, listener] of (listeners ?? []).entries())
    checkListener(check, name, `listeners.${i}`, listener, perListener);
  const arns = rules?.map((r) => r.listenerArn) ?? listeners?.map((l) => l.listener.listenerArn) ?? [];
  const [first, ...rest] = arns;
  check(first !== undefined, `${rules === undefined ? 'listeners' : 'rules'}: at least one listener or rule is needed`);
  const cohorts = (listeners ?? []).filter(({ cohort }) => cohort !== undefined).length;
  const count = rules?.length ?? arns.length * perListener + cohorts;
  check(count <= MAX_RULES, `${rules === undefined ? 'listeners' : 'rules'}: at most ${MAX_RULES} rules, not ${count}`);
  const balancers = new Set(arns.filter((arn) => !Token.isUnresolved(arn)).map(loadBalancerFullName));
  check(balancers.size <= 1, `listeners: all must belong to one load balancer, not ${[...balancers].join(' and ')}`);
  const taken = new Map<string, number>();
  for (const [i, { listener, priority }] of (listeners ?? []).entries())
    for (let at = priority; at < priority + perListener; at++) {
      const other = taken.get(`${listener.listenerArn} ${at}`);
      check(other === undefined, `listeners.${i}.priority: ${at} is taken on this listener by listeners.${other}`);
      taken.set(`${listener.listenerArn} ${at}`, i);
    }
  const matched = new Map<string, number>();
  for (const [i, { listener, priority: _priority, cohort: _cohort, ...match }] of (listeners ?? []).entries()) {
    const what = JSON.stringify([listener.listenerArn, match]);
    const other = matched.get(what);
    check(other === undefined, `listeners.${i}: listeners.${other} takes the same requests of this listener`);
    matched.set(what, i);
  }
  return [first, ...rest];
}

function checkListener(check: Check, name: string, at: string, given: CutoverListener, rules: number): void {
  const { listener, priority, cohort } = given;
  if (cohort !== undefined) {
    const ways = [cohort.header, cohort.cookie, cohort.sourceIps].filter((way) => way !== undefined).length;
    check(ways === 1, `${at}.cohort must have one of header, cookie and sourceIps, not ${ways}`);
    check(
      Token.isUnresolved(cohort.priority) ||
        Token.isUnresolved(priority) ||
        (Number.isInteger(cohort.priority) && cohort.priority >= 1 && cohort.priority < priority),
      `${at}.cohort.priority must be a whole number from 1 to ${priority - 1}, not ${cohort.priority}`,
    );
  }
  const arn = listener?.listenerArn;
  check(typeof arn === 'string', `${at}.listener must be a listener, or { listenerArn }`);
  check(
    known(arn, APPLICATION_LISTENER_ARN),
    `${at}.listener must be the ARN of an application load balancer's listener, not "${arn}"`,
  );
  const last = MAX_PRIORITY + 1 - rules;
  check(
    rules === 1 || !Token.isUnresolved(priority),
    `${at}.priority must be known when the stack is synthesised: with a mirror the second rule takes the next one`,
  );
  check(
    Token.isUnresolved(priority) || (Number.isInteger(priority) && priority >= 1 && priority <= last),
    `${at}.priority must be a whole number from 1 to ${last}, not ${priority}`,
  );
  checkMatch(`${name}: ${at}.`, given, rules === 1 ? 0 : SAFE_METHODS.length);
}

function checkServices(check: Check, { services }: DualStackCutoverProps): void {
  if (services === undefined) return;
  for (const side of ['stable', 'candidate'] as const)
    for (const field of ['cluster', 'service'] as const) {
      const value = services[side]?.[field];
      check(
        typeof value === 'string' && value !== '' && !value.startsWith('arn:'),
        `services.${side}.${field} must be the name of a ${field}, not "${value}"`,
      );
    }
  const { stable, candidate } = services;
  // The decommission scales the stable side's service down to nothing.
  check(
    stable.cluster !== candidate.cluster || stable.service !== candidate.service,
    'services.candidate must be another service than services.stable',
  );
}

/** A handler calls AWS where it runs, and a rule takes only groups of its own account and region. */
function checkPlace(check: Check, props: DualStackCutoverProps, here: StackPlace): void {
  const { groups, listeners = [], rules = [], exerciseFunctionArn, topic } = props;
  const named = [
    ...listeners.map(({ listener }, i) => [`listeners.${i}.listener`, listener.listenerArn] as const),
    ...rules.map(({ listenerArn }, i) => [`rules.${i}`, listenerArn] as const),
    ...GROUP_ROLES.map((role) => [`groups.${role}`, groups[role]?.targetGroupArn] as const),
    ['exerciseFunctionArn', exerciseFunctionArn] as const,
    ['topic', topic?.topicArn] as const,
  ];
  let first: { what: string; place: StackPlace & { readonly partition?: string | undefined } } = {
    what: 'the stack',
    place: here,
  };
  for (const [what, arn] of named) {
    if (arn === undefined || Token.isUnresolved(arn)) continue;
    const [, partition, , region, account] = arn.split(':');
    const place = { partition, region, account };
    for (const part of ['partition', 'region', 'account'] as const) {
      const expected = first.place[part];
      check(
        expected === undefined || expected === place[part],
        `${what} is in ${part} ${place[part]}, but ${first.what} is in ${expected}; one ${part} must hold all`,
      );
    }
    if (first.place.region === undefined || first.place.account === undefined) first = { what, place };
  }
}

/** Name of a provider, as a plan's queries write it. */
const PROVIDER_NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** The environment of a function, in which they stand, holds 4 KB. */
const MAX_PROVIDERS = 5;

function checkProviders(check: Check, { metricProviders = {} }: DualStackCutoverProps): void {
  const entries = Object.entries(metricProviders);
  check(entries.length <= MAX_PROVIDERS, `metricProviders: at most ${MAX_PROVIDERS}, not ${entries.length}`);
  for (const [name, provider] of entries) {
    check(PROVIDER_NAME.test(name), `metricProviders.${name}: a name is 1 to 40 lower-case letters, digits and -`);
    if (Object.values(provider).some((value) => Token.isUnresolved(value))) continue;
    const [issue] = metricProviderSchema.safeParse(provider).error?.issues ?? [];
    check(issue === undefined, `metricProviders.${[name, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`);
  }
}

/** Of a token nothing is known yet. */
function known(text: string, pattern: RegExp): boolean {
  return Token.isUnresolved(text) || pattern.test(text);
}
