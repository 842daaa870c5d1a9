/**
 * IAM: policies of roles, and their simulation.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
import { Context, decisionOn, parsePolicy } from '../access/index.ts';
import { ACCOUNT } from '../template/index.ts';
import { CloudError, members, type QueryOperations, reading } from '../wire/index.ts';
import type { LocalAccount, LocalRole } from './local-account.ts';

/** Those that are read here: everything stands on one page. */
const PARAMETERS = {
  GetPolicy: ['PolicyArn'],
  GetPolicyVersion: ['PolicyArn', 'VersionId'],
  GetRolePolicy: ['RoleName', 'PolicyName'],
  ListAttachedRolePolicies: ['RoleName'],
  ListRolePolicies: ['RoleName'],
  SimulatePrincipalPolicy: ['PolicySourceArn', 'ActionNames', 'ResourceArns', 'ContextEntries'],
} as const;

export function iam({ roles }: Pick<LocalAccount, 'roles'>): QueryOperations {
  const roleOf = (name: string) => {
    const role = roles.get(name);
    if (role === undefined) throw new CloudError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
    return role;
  };
  const managed = (arn: string | null) => {
    const role = [...roles.values()].find(({ attached }) => attached.has(arn ?? ''));
    if (arn === null || role === undefined) throw new CloudError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
    return { arn, document: role.attached.get(arn) };
  };
  return reading(PARAMETERS, {
    ListRolePolicies: (p) => ({
      PolicyNames: [...roleOf(p.get('RoleName') ?? '').policies.keys()],
      IsTruncated: false,
    }),
    GetRolePolicy: (p) => {
      const [RoleName, PolicyName] = [p.get('RoleName') ?? '', p.get('PolicyName') ?? ''];
      const policy = roleOf(RoleName).policies.get(PolicyName);
      if (policy === undefined) throw new CloudError('NoSuchEntity', `no policy ${PolicyName}`, 404);
      return { RoleName, PolicyName, PolicyDocument: encodeURIComponent(JSON.stringify(policy)) };
    },
    ListAttachedRolePolicies: (p) => ({
      AttachedPolicies: [...roleOf(p.get('RoleName') ?? '').attached.keys()].map((PolicyArn) => ({
        PolicyName: PolicyArn.split('/').at(-1),
        PolicyArn,
      })),
      IsTruncated: false,
    }),
    GetPolicy: (p) => ({ Policy: { Arn: managed(p.get('PolicyArn')).arn, DefaultVersionId: 'v1' } }),
    GetPolicyVersion: (p) => {
      const { document } = managed(p.get('PolicyArn'));
      if (!/^v[1-9]\d*$/.test(p.get('VersionId') ?? ''))
        throw new CloudError('ValidationError', 'The specified value for versionId is invalid.');
      const Document = encodeURIComponent(JSON.stringify(document));
      return { PolicyVersion: { Document, VersionId: 'v1', IsDefaultVersion: true } };
    },
    SimulatePrincipalPolicy: (p) => {
      const role = roleOf((p.get('PolicySourceArn') ?? '').split('/').at(-1) ?? '');
      const resources = members(p, 'ResourceArns');
      const actions = members(p, 'ActionNames');
      if (actions.length === 0 || actions.some(({ length }) => length < 3 || length > 128))
        throw new CloudError('ValidationError', 'The specified value for actionNames is invalid.');
      const wide = actions.find((action) => action.includes('*'));
      if (wide !== undefined) throw new CloudError('InvalidInput', `Action ${wide} has a wildcard.`, 400);
      const context = contextOf(p);
      return {
        IsTruncated: false,
        EvaluationResults: actions.flatMap((EvalActionName) =>
          (resources.length === 0 ? ['*'] : resources).map((EvalResourceName) => ({
            EvalActionName,
            EvalResourceName,
            EvalDecision: decision(role, { action: EvalActionName, resource: EvalResourceName, context }),
          })),
        ),
      };
    },
  });
}

type Asked = Pick<Parameters<typeof decisionOn>[0], 'action' | 'resource' | 'context'>;

function decision({ arn, policies, attached, boundary }: LocalRole, asked: Asked): string {
  const { allowed, by } = decisionOn(
    { principal: { type: 'role', arn, account: ACCOUNT }, ...asked },
    {
      identity: [...policies.values(), ...attached.values()].flatMap((document) => parsePolicy(arn, document)),
      ...(boundary === undefined ? {} : { boundary: parsePolicy(arn, boundary) }),
      resource: [],
    },
  );
  if (allowed) return 'allowed';
  return by.length > 0 ? 'explicitDeny' : 'implicitDeny';
}

/** The context that the caller specifies; the request has nothing else. */
function contextOf(parameters: URLSearchParams): Context {
  const values: Record<string, string[]> = {};
  for (let i = 1; ; i++) {
    const name = parameters.get(`ContextEntries.member.${i}.ContextKeyName`);
    if (name === null) return new Context(values, ['*']);
    values[name] = members(parameters, `ContextEntries.member.${i}.ContextKeyValues`);
  }
}
