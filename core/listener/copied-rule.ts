/** A rule that copies another one: its conditions and its guards. */
import type { RuleConditions } from './conditions.ts';
import type { ListenerRule, NewRule } from './shadowed-rules.ts';

/** The resulting rule, or why the other one cannot be copied. */
type Copied<T> = { readonly ok: true; readonly wanted: T } | { readonly ok: false; readonly why: string };

/** @param given the copying rule's own properties: its methods, and what identifies testers */
export function copiedRule<T extends NewRule>(given: T, likeArn: string, others: readonly ListenerRule[]): Copied<T> {
  const like = others.find((rule) => rule.arn === likeArn);
  if (like === undefined) return refused(likeArn, 'the listener has no such rule');
  const why = obstacle(like, given.stableArn);
  if (why !== null) return refused(likeArn, why);
  const conditions = merged(given.conditions, like.conditions);
  if (conditions === null)
    return { ok: false, why: `the copied rule takes none of the methods ${given.conditions.methods.join(', ')}` };
  return { ok: true, wanted: { ...given, guards: like.guards, conditions } };
}

function refused(arn: string, why: string) {
  return { ok: false, why: `rule ${arn} cannot be copied: ${why}` } as const;
}

function obstacle({ conditions, guards, forwards }: ListenerRule, stableArn: string): string | null {
  if (conditions.opaque === true) return 'it has conditions that are not known here';
  if (guards.some((guard) => guard.startsWith('authenticate-oidc')))
    return 'AWS does not give out the client secret of its authenticate-oidc action; use Cognito, or let the services ask for the login';
  if (forwards === null || [...forwards].some(([group, weight]) => weight > 0 && group !== stableArn))
    return 'it does not forward to the stable group alone';
  return null;
}

/** The methods that both name; null if none is left. */
function merged(given: RuleConditions, copied: RuleConditions): RuleConditions | null {
  const { methods, headers, sources } = given;
  const both = copied.methods.length === 0 ? methods : copied.methods.filter((m) => methods.includes(m));
  const kept = methods.length === 0 ? copied.methods : both;
  if (methods.length > 0 && kept.length === 0) return null;
  // A copying rule contributes only what identifies testers.
  return {
    ...copied,
    methods: kept,
    headers: [...copied.headers, ...headers],
    sources: sources.length > 0 ? sources : copied.sources,
  };
}
