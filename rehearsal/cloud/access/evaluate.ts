/**
 * May a principal do this to that? An explicit deny wins; within one account, either policy may allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { type Context, holds } from './conditions.ts';
import type { Patterns, Statement } from './policy.ts';
import { isArnLike, isLike } from './wildcards.ts';

/** A role (or whoever else has an ARN) of the one account, or a service of AWS that acts on its own behalf. */
export type Principal =
  | { readonly type: 'role'; readonly arn: string; readonly account: string }
  | { readonly type: 'service'; readonly name: string };

export interface AccessRequest {
  readonly principal: Principal;
  /** Such as `sns:Publish`. */
  readonly action: string;
  /** `*` for an action that AWS has no resource type for. */
  readonly resource: string;
  readonly context: Context;
}

export interface Policies {
  /** The principal's own; none for a service. */
  readonly identity: readonly Statement[];
  /** The most that its own policies may allow it. @default - no boundary */
  readonly boundary?: readonly Statement[];
  /** The resource's. */
  readonly resource: readonly Statement[];
  /** A key's policy must allow, or hand the question to the account, before an identity's policy counts. @default false */
  readonly resourceMustAgree?: boolean;
}

export interface Decision {
  readonly allowed: boolean;
  /** What made it so; empty where nothing spoke of the request. */
  readonly by: readonly Statement[];
}

/** @throws UnknownConditionError when a statement that could matter asks for what is not known. */
export function decisionOn(request: AccessRequest, policies: Policies): Decision {
  const { identity, boundary, resource, resourceMustAgree = false } = policies;
  const { principal } = request;
  const own = identity.filter((s) => speaksOf(s, request));
  const limit = boundary?.filter((s) => speaksOf(s, request));
  const there = resource.filter((s) => speaksOf(s, request));
  const direct = there.filter((s) => names(s, principal));
  const denials = [...own, ...(limit ?? []), ...direct].filter((s) => s.effect === 'Deny');
  if (denials.length > 0) return { allowed: false, by: denials };
  const allows = (statements: readonly Statement[]) => statements.filter((s) => s.effect === 'Allow');
  const byResource = allows(direct);
  if (principal.type === 'service') return { allowed: byResource.length > 0, by: byResource };
  if (limit !== undefined && allows(limit).length === 0) return { allowed: false, by: [] };
  const delegated = allows(there.filter((s) => delegates(s, principal.account)));
  const byIdentity = !resourceMustAgree || delegated.length > 0 ? allows(own) : [];
  const by = [...byIdentity, ...byResource, ...(resourceMustAgree && byIdentity.length > 0 ? delegated : [])];
  return { allowed: by.length > 0, by };
}

function speaksOf(
  { actions, resources, conditions }: Statement,
  { action, resource, context }: AccessRequest,
): boolean {
  return (
    within(actions, (pattern) => isLike(pattern.toLowerCase(), action.toLowerCase())) &&
    within(resources, (pattern) => isArnLike(pattern, resource)) &&
    conditions.every((condition) => holds(condition, context))
  );
}

function within({ not, patterns }: Patterns, matches: (pattern: string) => boolean): boolean {
  return patterns.some(matches) !== not;
}

function names({ principals }: Statement, principal: Principal): boolean {
  if (principals?.AWS?.includes('*') === true) return true;
  if (principal.type === 'service') return principals?.Service?.includes(principal.name) ?? false;
  return principals?.AWS?.includes(principal.arn) ?? false;
}

/** To name the account is to say: whom its own policies allow. */
function delegates({ principals }: Statement, account: string): boolean {
  return principals?.AWS?.some((arn) => arn === account || arn.endsWith(`::${account}:root`)) ?? false;
}
