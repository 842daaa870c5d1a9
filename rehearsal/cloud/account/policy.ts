/** Identity policies, evaluated as far as the templates' need it: actions and resources with wildcards, Deny before Allow. */
import * as z from 'zod';

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

export const policyDocumentSchema = z.looseObject({
  Statement: z.array(
    z.looseObject({
      Effect: z.enum(['Allow', 'Deny']),
      Action: list,
      Resource: list.default(['*']),
      /** Taken not to hold: a simulation has no context. */
      Condition: z.unknown().optional(),
    }),
  ),
});
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

export type PolicyDecision = 'allowed' | 'implicitDeny' | 'explicitDeny';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export function decisionOf(documents: readonly PolicyDocument[], action: string, resource: string): PolicyDecision {
  const concerning = documents
    .flatMap(({ Statement }) => Statement)
    .filter(
      (s) =>
        s.Condition === undefined &&
        s.Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
        s.Resource.some((pattern) => matches(pattern, resource)),
    );
  if (concerning.some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny';
  return concerning.length > 0 ? 'allowed' : 'implicitDeny';
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
