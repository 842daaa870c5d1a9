/**
 * Roles of the cutover's functions, and of the one that makes its rules. A role's policies, inline and managed, say
 * what it needs; IAM's simulation says whether a boundary or an organisation's policy takes some of it away, and that
 * nobody has taken the logs, by which metrics come, or edited the rollback's.
 */
import {
  type ContextEntry,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { type FunctionConfiguration, paginateListFunctions } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { DeniedRight, RoleFacts } from '../../../core/doctor/index.ts';
import { type Deployment, rollbackFunctionName } from '../../../core/model/index.ts';
import { stateMachineArn } from '../../run/index.ts';
import { type Clients, unlessMissing } from './clients.ts';
import { conditionSchema, meeting } from './request-context.ts';

interface Needed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The context that meets the conditions; null if none could be constructed. @default - there are no conditions */
  readonly context?: readonly ContextEntry[] | null;
}

export async function lookAtRoles({ iam, lambda }: Clients, deployment: Deployment): Promise<RoleFacts[]> {
  const found: RoleFacts[] = [];
  // One after the other, because IAM's limit for simulations is low.
  for (const fn of await functionsOf(lambda, deployment)) {
    const { Role: role = '', FunctionName } = fn;
    const own = await inlinePolicies(iam, role);
    const managed = own.length === 0 ? [] : await managedPolicies(iam, role);
    const isRollback = FunctionName === rollbackFunctionName(deployment.ingressId);
    const needed = [
      ...own,
      ...managed,
      neededForLogs(fn, deployment),
      ...(isRollback ? neededByRollback(deployment) : []),
    ];
    const denied: DeniedRight[] = [];
    for (const one of needed) denied.push(...(await simulated(iam, role, one)));
    const count = (of: readonly Needed[]) => of.reduce((sum, n) => sum + n.actions.length * n.resources.length, 0);
    const unasked = count(needed.filter(({ context }) => context === null));
    found.push({ role, asked: own.length === 0 ? 0 : count(needed) - unasked, unasked, denied: distinct(denied) });
  }
  return found;
}

/** IAM does not simulate wildcards; these are the CDK's own grants on keys. */
const GRANTED_BY_PREFIX: Readonly<Record<string, readonly string[]>> = {
  'kms:GenerateDataKey*': ['kms:GenerateDataKey'],
  'kms:ReEncrypt*': ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
};

const deploymentOf = z.looseObject({ ingressId: z.string() });

/**
 * Every function with this deployment in its environment, the one that creates its rules, and the CDK's function that
 * calls it.
 */
async function functionsOf(client: Clients['lambda'], { ingressId }: Deployment): Promise<FunctionConfiguration[]> {
  const found: FunctionConfiguration[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) found.push(...Functions);
  const own = found.filter(({ Environment }) => isOf(ingressId, Environment?.Variables ?? {}));
  const names = new Set(own.map(({ FunctionName }) => FunctionName));
  const callers = found.filter(({ Environment }) =>
    names.has(Environment?.Variables?.USER_ON_EVENT_FUNCTION_ARN?.split(':')[6] ?? ''),
  );
  return [...own, ...callers];
}

function isOf(ingressId: string, { CROSSFADE_DEPLOYMENT: text, CROSSFADE_INGRESS }: Record<string, string>): boolean {
  if (text === undefined) return CROSSFADE_INGRESS === ingressId;
  try {
    return deploymentOf.safeParse(JSON.parse(text)).data?.ingressId === ingressId;
  } catch {
    return false;
  }
}

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const policySchema = z.looseObject({
  Statement: z
    .union([z.looseObject({}), z.array(z.looseObject({}))])
    .transform((value) => [value].flat())
    .pipe(
      z.array(
        z.looseObject({
          Effect: z.string(),
          Action: texts.default([]),
          Resource: texts.default([]),
          Condition: conditionSchema.optional(),
        }),
      ),
    ),
});

async function inlinePolicies(client: Clients['iam'], role: string): Promise<Needed[]> {
  const RoleName = nameOf(role);
  const needed: Needed[] = [];
  const names: string[] = [];
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName }))
    names.push(...PolicyNames);
  for (const PolicyName of names) {
    const policy = await unlessMissing(client.send(new GetRolePolicyCommand({ RoleName, PolicyName })));
    needed.push(...neededBy(policy?.PolicyDocument));
  }
  return needed;
}

/** The attached policies, whether AWS's or the account's own. */
async function managedPolicies(client: Clients['iam'], role: string): Promise<Needed[]> {
  const arns: string[] = [];
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies(
    { client },
    { RoleName: nameOf(role) },
  ))
    arns.push(...AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []));
  const needed: Needed[] = [];
  for (const PolicyArn of arns) {
    const found = await unlessMissing(client.send(new GetPolicyCommand({ PolicyArn })));
    const VersionId = found?.Policy?.DefaultVersionId;
    if (VersionId === undefined) continue;
    const version = await unlessMissing(client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId })));
    needed.push(...neededBy(version?.PolicyVersion?.Document));
  }
  return needed;
}

function nameOf(role: string): string {
  return role.split('/').at(-1) ?? role;
}

function neededBy(document: string | undefined): Needed[] {
  const { Statement } = policySchema.parse(JSON.parse(decodeURIComponent(document ?? '{"Statement":[]}')));
  return Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action, Resource, Condition }) => {
    const context = Condition === undefined ? {} : { context: meeting(Condition) };
    const asked = Action.flatMap((action) => GRANTED_BY_PREFIX[action] ?? action);
    const isWide = (action: string) => action.includes('*');
    const [exact, wide] = [asked.filter((action) => !isWide(action)), asked.filter(isWide)];
    return [
      ...(exact.length === 0 ? [] : [{ actions: exact, resources: Resource, ...context }]),
      ...(wide.length === 0 ? [] : [{ actions: wide, resources: Resource, context: null }]),
    ];
  });
}

/** The handlers' metrics are lines in their logs. */
function neededForLogs({ FunctionName = '', LoggingConfig }: FunctionConfiguration, deployment: Deployment): Needed {
  const group = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
  const resources = [arnIn(deployment, 'logs', `log-group:${group}:log-stream:*`)];
  return { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources };
}

function arnIn(deployment: Deployment, service: string, resource: string): string {
  const [, partition, , region, account] = stateMachineArn(deployment).split(':');
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** Checked even if other things are broken. */
function neededByRollback(deployment: Deployment): Needed[] {
  const at = (service: string, resource: string) => arnIn(deployment, service, resource);
  return [
    { actions: ['elasticloadbalancing:ModifyRule'], resources: deployment.rules.map(({ arn }) => arn) },
    {
      actions: ['dynamodb:UpdateItem'],
      resources: [at('dynamodb', `table/${deployment.ledgerTable}`)],
      context: [
        {
          ContextKeyName: 'dynamodb:LeadingKeys',
          ContextKeyValues: [`INGRESS#${deployment.ingressId}`],
          ContextKeyType: 'stringList',
        },
      ],
    },
    { actions: ['states:StopExecution'], resources: [at('states', `execution:${deployment.ingressId}-cutover:any`)] },
    ...(deployment.topicArn === undefined ? [] : [{ actions: ['sns:Publish'], resources: [deployment.topicArn] }]),
  ];
}

async function simulated(
  client: Clients['iam'],
  PolicySourceArn: string,
  { actions, resources, context = [] }: Needed,
): Promise<DeniedRight[]> {
  if (context === null) return [];
  const denied: DeniedRight[] = [];
  // Each resource separately, so that each decision concerns one.
  for (const resource of resources) {
    const { EvaluationResults = [] } = await client.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames: [...actions],
        ResourceArns: [resource === '*' ? '*' : resource.replaceAll('*', 'any')],
        ContextEntries: [...context],
      }),
    );
    for (const { EvalActionName: action = '', EvalDecision: decision = 'implicitDeny' } of EvaluationResults)
      if (decision !== 'allowed') denied.push({ action, resource, decision });
  }
  return denied;
}

function distinct(denied: readonly DeniedRight[]): DeniedRight[] {
  return [...new Map(denied.map((one) => [`${one.action} ${one.resource}`, one])).values()];
}
