/**
 * Roles of the cutover's functions. A role's own policies, which the deploy wrote, say what it needs; IAM's simulation says whether a
 * boundary or an organisation's policy takes some of it away, and that nobody has edited the rollback's.
 */
import {
  type ContextEntry,
  GetRolePolicyCommand,
  paginateListRolePolicies,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { type FunctionConfiguration, paginateListFunctions } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { DeniedRight, RoleFacts } from '../../../core/doctor/index.ts';
import type { Deployment } from '../../../core/model/index.ts';
import { stateMachineArn } from '../../run/index.ts';
import { type Clients, unlessMissing } from './clients.ts';
import { conditionSchema, meeting } from './request-context.ts';

interface Needed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** What a request has that meets the conditions. Null: none could be made up. @default - there are no conditions */
  readonly context?: readonly ContextEntry[] | null;
}

export async function lookAtRoles({ iam, lambda }: Clients, deployment: Deployment): Promise<RoleFacts[]> {
  const found: RoleFacts[] = [];
  // One after the other: IAM's own limit for simulations is low.
  for (const { Role: role = '', FunctionName } of await functionsOf(lambda, deployment)) {
    const own = await policiesOf(iam, role);
    const isRollback = FunctionName === `${deployment.ingressId}-crossfade-rollback`;
    const needed = [...own, ...(isRollback ? neededByRollback(deployment) : [])];
    const denied: DeniedRight[] = [];
    for (const one of needed) denied.push(...(await simulated(iam, role, one)));
    const count = (of: readonly Needed[]) => of.reduce((sum, n) => sum + n.actions.length * n.resources.length, 0);
    const unasked = count(needed.filter(({ context }) => context === null));
    found.push({ role, asked: own.length === 0 ? 0 : count(needed) - unasked, unasked, denied: distinct(denied) });
  }
  return found;
}

const deploymentOf = z.looseObject({ ingressId: z.string() });

/** Every function that has this deployment in its environment. */
async function functionsOf(client: Clients['lambda'], { ingressId }: Deployment): Promise<FunctionConfiguration[]> {
  const found: FunctionConfiguration[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) found.push(...Functions);
  return found.filter(({ Environment }) => {
    const text = Environment?.Variables?.CROSSFADE_DEPLOYMENT;
    if (text === undefined) return false;
    try {
      return deploymentOf.safeParse(JSON.parse(text)).data?.ingressId === ingressId;
    } catch {
      return false;
    }
  });
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

async function policiesOf(client: Clients['iam'], role: string): Promise<Needed[]> {
  const RoleName = role.split('/').at(-1) ?? role;
  const needed: Needed[] = [];
  const names: string[] = [];
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName }))
    names.push(...PolicyNames);
  for (const PolicyName of names) {
    const policy = await unlessMissing(client.send(new GetRolePolicyCommand({ RoleName, PolicyName })));
    const { Statement } = policySchema.parse(
      JSON.parse(decodeURIComponent(policy?.PolicyDocument ?? '{"Statement":[]}')),
    );
    for (const { Effect, Action, Resource, Condition } of Statement)
      if (Effect === 'Allow')
        needed.push({
          actions: Action,
          resources: Resource,
          ...(Condition === undefined ? {} : { context: meeting(Condition) }),
        });
  }
  return needed;
}

/** Whatever else is broken. */
function neededByRollback(deployment: Deployment): Needed[] {
  const [, partition, , region, account] = stateMachineArn(deployment).split(':');
  const at = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
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
  // A resource by itself, so that each decision is about it; actions with wildcards cannot be simulated, and none is granted.
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
