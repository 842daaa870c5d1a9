/**
 * Evaluates a resource policy for an AWS service, sufficiently for topics and keys, whose statements name services
 * literally.
 */
import * as z from 'zod';

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const statementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.looseObject({ Service: list.optional(), AWS: list.optional() })]).optional(),
  Action: list.optional(),
  Condition: z.record(z.string(), z.unknown()).optional(),
});
const policySchema = z.looseObject({
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
});
type Statement = z.infer<typeof statementSchema>;

/**
 * Whether `service` may perform all of `actions`. Conditions that narrow an Allow to an account or a source are assumed
 * to hold, because they are written for this service. A Deny counts only without a condition (conditions on transport
 * do not affect AWS's services). A missing policy allows nothing.
 */
export function allowsService(policy: unknown, service: string, actions: readonly string[]): boolean {
  const parsed = policySchema.safeParse(policy);
  if (!parsed.success) return false;
  const { Statement: statements } = parsed.data;
  const concerning = (effect: Statement['Effect'], action: string) =>
    statements.filter(
      (s) => s.Effect === effect && names(s, service) && (s.Action ?? []).some((a) => covers(a, action)),
    );
  return actions.every(
    (action) =>
      concerning('Allow', action).length > 0 && concerning('Deny', action).every((s) => s.Condition !== undefined),
  );
}

function names({ Principal }: Statement, service: string): boolean {
  if (Principal === undefined) return false;
  if (Principal === '*') return true;
  return (Principal.Service ?? []).includes(service) || (Principal.AWS ?? []).includes('*');
}

/** IAM actions are compared case-insensitively, with `*` and `?` as wildcards. */
function covers(pattern: string, action: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(action.toLowerCase());
}
