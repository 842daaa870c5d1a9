/**
 * Constructs a request that meets a statement's conditions, from the values in the conditions, for IAM's simulation.
 */
import type { ContextEntry } from '@aws-sdk/client-iam';
import * as z from 'zod';

const values = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))])
  .transform((value) => [value].flat().map(String));
/**
 * By operator, then by key. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
 */
export const conditionSchema = z.record(z.string(), z.record(z.string(), values));
type Condition = z.infer<typeof conditionSchema>;

/** Operators that one of their own values meets, with the type of the key. */
const TYPES: Readonly<Record<string, 'string' | 'boolean' | 'numeric' | 'ip'>> = {
  StringEquals: 'string',
  StringEqualsIgnoreCase: 'string',
  StringLike: 'string',
  ArnEquals: 'string',
  ArnLike: 'string',
  Bool: 'boolean',
  NumericEquals: 'numeric',
  NumericLessThanEquals: 'numeric',
  NumericGreaterThanEquals: 'numeric',
  IpAddress: 'ip',
};
const OPERATOR = /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/;

/** null for a condition that its own values do not meet, such as a negation or a policy variable. */
export function meeting(condition: Condition): ContextEntry[] | null {
  const { Null: exists = {}, ...others } = condition;
  const entries = Object.entries(others).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, given]) => entryOf(operator, key, given)),
  );
  // A condition that a key is present is met by a value that another condition requires for it.
  const named = new Set(entries.map((entry) => entry?.ContextKeyName));
  if (Object.entries(exists).some(([key, [absent]]) => absent !== 'false' || !named.has(key))) return null;
  const met = entries.filter((entry) => entry !== null);
  return met.length === entries.length ? met : null;
}

function entryOf(operator: string, ContextKeyName: string, given: readonly string[]): ContextEntry | null {
  const [, set, base = ''] = OPERATOR.exec(operator) ?? [];
  const type = TYPES[base];
  const [first] = given;
  if (type === undefined || first === undefined || first.includes('${')) return null;
  const value = base === 'StringLike' || base.startsWith('Arn') ? first.replaceAll(/[*?]/g, 'x') : first;
  return { ContextKeyName, ContextKeyValues: [value], ContextKeyType: set === undefined ? type : `${type}List` };
}
