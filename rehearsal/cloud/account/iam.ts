/** IAM: inline policies of roles, and their simulation. https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
import { CloudError, members, type QueryOperations } from '../wire/index.ts';
import type { LocalAccount, LocalRole } from './local-account.ts';
import { decisionOf, type PolicyDecision } from './policy.ts';

export function iam({ roles }: Pick<LocalAccount, 'roles'>): QueryOperations {
  const roleOf = (name: string) => {
    const role = roles.get(name);
    if (role === undefined) throw new CloudError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
    return role;
  };
  return {
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
    SimulatePrincipalPolicy: (p) => {
      const role = roleOf((p.get('PolicySourceArn') ?? '').split('/').at(-1) ?? '');
      const resources = members(p, 'ResourceArns');
      return {
        IsTruncated: false,
        EvaluationResults: members(p, 'ActionNames').flatMap((EvalActionName) =>
          (resources.length === 0 ? ['*'] : resources).map((EvalResourceName) => ({
            EvalActionName,
            EvalResourceName,
            EvalDecision: decision(role, EvalActionName, EvalResourceName),
          })),
        ),
      };
    },
  };
}

function decision({ policies, boundary }: LocalRole, action: string, resource: string): PolicyDecision {
  const own = decisionOf([...policies.values()], action, resource);
  if (own !== 'allowed' || boundary === undefined) return own;
  return decisionOf([boundary], action, resource);
}
