/**
 * Decides whether a principal may perform an action. An explicit deny takes precedence; within one account, either
 * policy may allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { type Context, holds } from './conditions.ts';
import type { Patterns, Statement } from './policy.ts';
import { isArnLike, isLike } from './wildcards.ts';

/** A role (or another identity with an ARN) of the account, or an AWS service that acts on its own behalf. */
export type Principal =
  | { readonly type: 'role'; readonly arn: string; readonly account: string }
  | { readonly type: 'service'; readonly name: string };

export interface AccessRequest {
  readonly principal: Principal;
  /** For example `sns:Publish`. */
  readonly action: string;
  /** `*` for an action without a resource type. */
  readonly resource: string;
  readonly context: Context;
}

export interface Policies {
  /** The principal's own policies; empty for a service. */
  readonly identity: readonly Statement[];
  /** The limit for its own policies. @default - no boundary */
  readonly boundary?: readonly Statement[];
  /** The policies of the resource. */
  readonly resource: readonly Statement[];
  /**
   * Whether a key's policy must allow the request, or delegate to the account, before an identity's policy counts.
   * @default false
   */
  readonly resourceMustAgree?: boolean;
}

export interface Decision {
  readonly allowed: boolean;
  /** The statements that determined the decision; empty if none applied. */
  readonly by: readonly Statement[];
}

/** @throws UnknownConditionError if a statement that could matter uses something unknown */
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

/** Naming the account delegates the decision to its identities' own policies. */
function delegates({ principals }: Statement, account: string): boolean {
  return principals?.AWS?.some((arn) => arn === account || arn.endsWith(`::${account}:root`)) ?? false;
}
