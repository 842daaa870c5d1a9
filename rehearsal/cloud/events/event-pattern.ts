/**
 * EventBridge's event patterns: literal values, and the operators prefix, suffix, anything-but, exists and
 * equals-ignore-case. Other operators are refused when the rule is read.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */

type Test = (value: unknown) => boolean;
type Matcher = (event: unknown) => boolean;

/** @throws RangeError for a pattern that this cloud would match wrongly */
export function compilePattern(pattern: unknown): Matcher {
  if (Array.isArray(pattern)) return leaf(pattern.map(testOf));
  if (typeof pattern !== 'object' || pattern === null) throw unknown(pattern);
  const fields = Object.entries(pattern).map(([key, sub]) => {
    if (key.startsWith('$')) throw unknown({ [key]: sub });
    return [key, compilePattern(sub)] as const;
  });
  return (event) => {
    const given = typeof event === 'object' && event !== null ? new Map(Object.entries(event)) : new Map();
    return fields.every(([key, matches]) => matches(given.get(key)));
  };
}

/** A field that is a list matches if one of its values does. */
function leaf(tests: readonly Test[]): Matcher {
  return (event) => {
    const values: unknown[] = Array.isArray(event) ? event : [event];
    return tests.some((test) => values.some(test));
  };
}

function testOf(allowed: unknown): Test {
  if (typeof allowed !== 'object' || allowed === null) return (value) => value === allowed;
  const [entry, ...others] = Object.entries(allowed);
  if (entry === undefined || others.length > 0) throw unknown(allowed);
  const [operator, operand]: [string, unknown] = entry;
  if (operator === 'exists' && typeof operand === 'boolean') return (value) => (value !== undefined) === operand;
  if (operator === 'anything-but') return anythingBut(operand);
  if (typeof operand !== 'string') throw unknown(allowed);
  switch (operator) {
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(operand);
    case 'suffix':
      return (value) => typeof value === 'string' && value.endsWith(operand);
    case 'equals-ignore-case':
      return (value) => typeof value === 'string' && value.toLowerCase() === operand.toLowerCase();
    default:
      throw unknown(allowed);
  }
}

/** Excludes a value, the values of a list, or what one operator matches; an absent field matches none of them. */
function anythingBut(operand: unknown): Test {
  const excluded = (Array.isArray(operand) ? operand : [operand]).map(testOf);
  return (value) => value !== undefined && !excluded.some((test) => test(value));
}

function unknown(pattern: unknown): RangeError {
  return new RangeError(`event pattern not known here: ${JSON.stringify(pattern)}`);
}
