/**
 * Evaluates the conditions of a statement with what is known about a request. Anything unknown is an error, never true
 * or false.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import type { PolicyCondition } from './policy.ts';
import { isArnLike, isLike } from './wildcards.ts';

/** A policy uses something that this evaluator cannot decide. */
export class UnknownConditionError extends Error {
  override readonly name = 'UnknownConditionError';
}

/** What is known about a request, by condition key; keys are case-insensitive. */
export class Context {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #absent: readonly string[];

  /** `absent`: keys, as patterns, that the request is known not to have. */
  constructor(values: Readonly<Record<string, readonly string[]>>, absent: readonly string[] = []) {
    this.#values = new Map(Object.entries(values).map(([key, given]) => [key.toLowerCase(), given]));
    this.#absent = absent.map((pattern) => pattern.toLowerCase());
  }

  /** null for a key that the request does not have. @throws UnknownConditionError */
  valuesOf(key: string): readonly string[] | null {
    const wanted = key.toLowerCase();
    const found = this.#values.get(wanted);
    if (found !== undefined) return found;
    if (this.#absent.some((pattern) => isLike(pattern, wanted))) return null;
    throw new UnknownConditionError(`condition key ${key} is not known of this request`);
  }
}

type Test = (wanted: string, given: string) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringEqualsIgnoreCase: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringLike: isLike,
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  NumericEquals: (wanted, given) => Number(given) === Number(wanted),
  NumericLessThan: (wanted, given) => Number(given) < Number(wanted),
  NumericLessThanEquals: (wanted, given) => Number(given) <= Number(wanted),
  NumericGreaterThan: (wanted, given) => Number(given) > Number(wanted),
  NumericGreaterThanEquals: (wanted, given) => Number(given) >= Number(wanted),
};

/** True if none of the values passes the test, and if the request does not have the key. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/**
 * How a key of many values is tested.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html:
 * `ForAllValues` also holds where the request does not have the key, or has nothing in it, such as an empty text; there
 * `ForAnyValue` does not.
 */
const SETS = { 'ForAllValues:': 'every', 'ForAnyValue:': 'some' } as const;

/** @throws UnknownConditionError for an operator, a policy variable or a key that is unknown here */
export function holds({ operator, key, values }: PolicyCondition, context: Context): boolean {
  const variable = values.find((value) => value.includes('${'));
  if (variable !== undefined) throw new UnknownConditionError(`policy variable ${variable} is not known here`);
  if (operator === 'Null') return values.includes(String(filled(context.valuesOf(key)).length === 0));
  const [set, quantifier] = Object.entries(SETS).find(([prefix]) => operator.startsWith(prefix)) ?? ['', null];
  const ifExists = operator.endsWith('IfExists');
  const base = operator.slice(set.length, ifExists ? -'IfExists'.length : undefined);
  const negated = NEGATIONS[base];
  const test = TESTS[negated ?? base];
  if (test === undefined) throw new UnknownConditionError(`condition operator ${operator} is not known here`);
  const given = context.valuesOf(key);
  const passes = (one: string) => values.some((wanted) => test(wanted, one));
  if (quantifier !== null) {
    if (given === null && ifExists) return true;
    return filled(given)[quantifier]((one) => passes(one) === (negated === undefined));
  }
  if (given === null) return ifExists || negated !== undefined;
  return given.some(passes) === (negated === undefined);
}

/** A key with empty values counts as absent. */
function filled(values: readonly string[] | null): readonly string[] {
  return (values ?? []).filter((value) => value !== '');
}
