/**
 * Policy documents as the templates contain them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import * as z from 'zod';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
/** Numbers and booleans may be written without quotes. */
const values = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))])
  .transform((value) => [value].flat().map(String));
const principalSchema = z
  .union([z.literal('*'), z.strictObject({ AWS: texts.optional(), Service: texts.optional() })])
  .transform((value) => (value === '*' ? { AWS: ['*'] } : value));

const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Principal: principalSchema.optional(),
    Action: texts.optional(),
    NotAction: texts.optional(),
    Resource: texts.optional(),
    NotResource: texts.optional(),
    Condition: z.record(z.string(), z.record(z.string(), values)).default({}),
  })
  .refine((s) => (s.Action === undefined) !== (s.NotAction === undefined), 'either Action or NotAction');

const documentSchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Id: z.string().optional(),
  Statement: z.union([statementSchema, z.array(statementSchema)]).transform((value) => [value].flat()),
});

/** To whom a statement of a resource policy applies: ARNs, accounts and everybody (`*`), or services. */
export interface Principals {
  readonly AWS?: readonly string[] | undefined;
  readonly Service?: readonly string[] | undefined;
}

export interface PolicyCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** All of these, or with `not` everything else. */
export interface Patterns {
  readonly not: boolean;
  readonly patterns: readonly string[];
}

export interface Statement {
  /** The owner of the policy: a role, or a resource. */
  readonly holder: string;
  readonly effect: 'Allow' | 'Deny';
  /** null in an identity's policy. */
  readonly principals: Principals | null;
  readonly actions: Patterns;
  /** For the policy of a resource that names none: the resource itself. */
  readonly resources: Patterns;
  readonly conditions: readonly PolicyCondition[];
}

/** @throws z.ZodError for syntax that the grammar, or this subset of it, does not include */
export function parsePolicy(holder: string, document: unknown): Statement[] {
  return documentSchema.parse(document).Statement.map((s) => ({
    holder,
    effect: s.Effect,
    principals: s.Principal ?? null,
    actions: { not: s.NotAction !== undefined, patterns: s.NotAction ?? s.Action ?? [] },
    resources: { not: s.NotResource !== undefined, patterns: s.NotResource ?? s.Resource ?? ['*'] },
    conditions: Object.entries(s.Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, given]) => ({ operator, key, values: given })),
    ),
  }));
}
