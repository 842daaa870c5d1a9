/** Checks the props of a `DualStackCutover` before the first construct is created. Every message names the prop. */
import { Token } from 'aws-cdk-lib';
import { GROUP_ROLES, type MetricProviderInput, metricProviderSchema } from '../../core/model/index.ts';
import { SIDES } from '../../sides/index.ts';
import { type Check, checkGroupConstruct, checkLedgerConstruct, checkTopicConstruct } from './check-constructs.ts';
import { checkListeners } from './check-listeners.ts';
import { checkPlace, mayMatch, type StackPlace } from './check-place.ts';
import type { DualStackCutoverProps } from './cutover-props.ts';

export const TARGET_GROUP_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:targetgroup\/[^/]+\/[^/]+$/;
export const MANAGED_POLICY_ARN = /^arn:[\w-]+:iam::(?:\d{12}|aws):policy\//;
const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d*:function:/;
/** Messages link to it, and a client opens it. */
const WEB_ADDRESS = /^https?:\/\/[\x21-\x7e]+$/;
const MAX_CONCURRENCY = 100;

/**
 * @param name precedes every message
 * @param here where the stack is deployed, as far as that is known
 * @returns the listeners' ARNs, the first of which names the load balancer
 * @throws RangeError
 */
export function checkCutover(name: string, props: DualStackCutoverProps, here: StackPlace): [string, ...string[]] {
  const check: Check = (ok, problem) => {
    if (!ok) throw new RangeError(`${name}: ${problem}`);
  };
  const { rollbackConcurrency: reserved, exerciseFunctionArn, runbookUrl } = props;
  checkGroups(check, props);
  const arns = checkListeners(check, name, props);
  checkRules(check, props);
  checkServices(check, props);
  check(
    reserved === undefined ||
      Token.isUnresolved(reserved) ||
      (Number.isInteger(reserved) && reserved >= 1 && reserved <= MAX_CONCURRENCY),
    `rollbackConcurrency must be a whole number from 1 to ${MAX_CONCURRENCY}, not ${reserved}`,
  );
  check(
    exerciseFunctionArn === undefined || mayMatch(exerciseFunctionArn, FUNCTION_ARN),
    `exerciseFunctionArn must be the ARN of a function, not "${exerciseFunctionArn}"`,
  );
  checkTopicConstruct(check, props.topic);
  checkLedgerConstruct(check, props.ledger);
  checkProviders(check, props);
  checkDemands(check, props);
  checkPlace(check, props, here);
  check(
    runbookUrl === undefined || (mayMatch(runbookUrl, WEB_ADDRESS) && isAddress(runbookUrl)),
    `runbookUrl must be the address of a page (https://…), not "${runbookUrl}"`,
  );
  return arns;
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAG_NAME = 128;
const MAX_TAG_VALUE = 256;
const MAX_TAGS = 50;

function checkDemands(check: Check, { tags = {}, permissionsBoundaryArn: boundary }: DualStackCutoverProps): void {
  const count = Object.keys(tags).length;
  check(count <= MAX_TAGS, `tags: at most ${MAX_TAGS}, not ${count}`);
  for (const [key, value] of Object.entries(tags)) {
    check(!/^aws:/i.test(key), `tags: a name that begins with aws: belongs to AWS, not "${key}"`);
    check(key.length >= 1 && key.length <= MAX_TAG_NAME, `tags: a name has 1 to ${MAX_TAG_NAME} characters: "${key}"`);
    check(
      Token.isUnresolved(value) || value.length <= MAX_TAG_VALUE,
      `tags.${key} must be at most ${MAX_TAG_VALUE} characters`,
    );
  }
  check(
    boundary === undefined || mayMatch(boundary, MANAGED_POLICY_ARN),
    `permissionsBoundaryArn must be the ARN of a managed policy, not "${boundary}"`,
  );
}

function checkGroups(check: Check, { groups }: DualStackCutoverProps): void {
  const seen = new Map<string, string>();
  for (const role of GROUP_ROLES) {
    const group = groups[role];
    if (group === undefined) continue;
    const arn = group.targetGroupArn;
    check(mayMatch(arn, TARGET_GROUP_ARN), `groups.${role} must be the ARN of a target group, not "${arn}"`);
    checkGroupConstruct(check, `groups.${role}`, group);
    const other = seen.get(arn);
    check(other === undefined, `groups.${role} must be another target group than groups.${other}`);
    seen.set(arn, role);
  }
  check(
    (groups.mirrorForward === undefined) === (groups.mirrorReverse === undefined),
    'groups.mirrorForward and groups.mirrorReverse go together',
  );
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

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
const ECS_NAME = /^[A-Za-z0-9_-]{1,255}$/;

function checkServices(check: Check, { services }: DualStackCutoverProps): void {
  if (services === undefined) return;
  for (const side of SIDES)
    for (const field of ['cluster', 'service'] as const) {
      const value = services[side][field];
      check(mayMatch(value, ECS_NAME), `services.${side}.${field} must be the name of a ${field}, not "${value}"`);
    }
  const { stable, candidate } = services;
  // The decommission scales stable's service down to zero.
  check(
    stable.cluster !== candidate.cluster || stable.service !== candidate.service,
    'services.candidate must be another service than services.stable',
  );
}

/** Name of a provider, as a plan's queries use it. */
const PROVIDER_NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** Providers are part of a function's environment, which is limited to 4 KB. */
const MAX_PROVIDERS = 5;

function checkProviders(check: Check, { metricProviders = {} }: DualStackCutoverProps): void {
  const entries = Object.entries(metricProviders);
  check(entries.length <= MAX_PROVIDERS, `metricProviders: at most ${MAX_PROVIDERS}, not ${entries.length}`);
  for (const [name, provider] of entries) {
    check(PROVIDER_NAME.test(name), `metricProviders.${name}: a name is 1 to 40 lower-case letters, digits and -`);
    if (Object.values(provider).some((value) => Token.isUnresolved(value))) continue;
    const [issue] = metricProviderSchema.safeParse(provider).error?.issues ?? [];
    check(issue === undefined, `metricProviders.${[name, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`);
    checkAddress(check, name, provider);
  }
}

/**
 * A secret is sent with each query, so TLS is required; and it must not be part of the address, which is visible in the
 * template and in the functions' settings.
 */
function checkAddress(check: Check, name: string, provider: MetricProviderInput): void {
  if (provider.type === 'lambda') {
    check(
      FUNCTION_ARN.test(provider.functionArn),
      `metricProviders.${name}.functionArn must be the ARN of a function, not "${provider.functionArn}"`,
    );
    return;
  }
  if (provider.url === undefined) return;
  const { protocol, username, password } = new URL(provider.url);
  check(
    username === '' && password === '',
    `metricProviders.${name}.url must hold no login: put its header into a secret, and name that by secretArn`,
  );
  check(
    protocol === 'https:' || provider.secretArn === undefined,
    `metricProviders.${name}.url must begin with https://, because a secret goes with each query`,
  );
}

function isAddress(url: string): boolean {
  return Token.isUnresolved(url) || URL.canParse(url);
}
