/** The only place that words zod's issues: the field, the requirement, and the actual value. */
import type * as z from 'zod';
import { shortened } from './shortened.ts';

/** One problem with the input. */
export interface Problem {
  /** Dotted path, such as `gate.alpha` or `stages.0.bake`; empty for the input as a whole. */
  readonly path: string;
  /** For example `must be at most 0.2 (got 0.5)`; begins in lower case and has no full stop. */
  readonly message: string;
}

/**
 * An error map for zod's `parse` and `safeParse`. Returns undefined to leave the issue to zod; a schema's own message
 * takes precedence.
 */
export function wordIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'too_big':
      return limit(issue.origin, Number(issue.maximum), issue.inclusive ? 'at most' : 'below', issue.input);
    case 'too_small':
      return limit(issue.origin, Number(issue.minimum), issue.inclusive ? 'at least' : 'above', issue.input);
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${kind(issue.expected)}${got(issue.input)}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : `must be ${oneOf(issue.values)}${got(issue.input)}`;
    case 'unrecognized_keys':
      return `unknown key: ${issue.keys
        .slice(0, MOST_KEYS)
        .map((key) => shortened(key, LONGEST))
        .join(', ')}`;
    case 'invalid_format':
      return FORMATS[issue.format] === undefined ? undefined : `must be ${FORMATS[issue.format]}${got(issue.input)}`;
    case 'invalid_union':
      return Array.isArray(issue.options) ? chosen(issue.input, String(issue.discriminator), issue.options) : undefined;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}${got(issue.input)}`;
    default:
      return undefined;
  }
}

/** Of more problems, or unknown keys, than a person reads only the first are told. */
const MOST_PROBLEMS = 50;
const MOST_KEYS = 10;

/**
 * The problems with their paths; an unknown key is in the path. Only as well worded as the parse that had {@link
 * wordIssue}.
 */
export function problemsOf(error: z.ZodError): Problem[] {
  const problems = error.issues.slice(0, MOST_PROBLEMS).map((issue) => {
    const path = pathOf(issue.path);
    if (issue.code !== 'unrecognized_keys') return { path, message: issue.message };
    const keys = issue.keys.slice(0, MOST_KEYS).map((key) => pathOf([...issue.path, key]));
    const more = issue.keys.length - keys.length;
    return { path: keys.join(', '), message: more === 0 ? 'unknown key' : `unknown key, and ${more} more` };
  });
  const more = error.issues.length - problems.length;
  return more === 0 ? problems : [...problems, { path: '', message: `${more} more problems` }];
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((step) => shortened(String(step), LONGEST)).join('.');
}

/** All problems in one line. @param whole the name of the input, for a problem that concerns no single field */
export function describeProblems(error: z.ZodError, whole: string): string {
  return problemsOf(error)
    .map(({ path, message }) => `${path === '' ? whole : path}: ${message}`)
    .join('; ');
}

const FORMATS: Readonly<Record<string, string>> = {
  url: 'a URL',
  date: 'a date, YYYY-MM-DD',
  datetime: 'a time, ISO-8601 in UTC',
  safeint: 'a whole number',
};

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

function kind(expected: string): string {
  return KINDS[expected] ?? expected;
}

/** For a union in which the field `name` determines the kind of an object. */
function chosen(input: unknown, name: string, options: readonly unknown[]): string {
  const value = typeof input === 'object' && input !== null ? Reflect.get(input, name) : undefined;
  return `${value === undefined ? 'is required: ' : 'must be '}${oneOf(options)}${value === undefined ? '' : got(value)}`;
}

function limit(origin: string, value: number, bound: string, input: unknown): string {
  if (origin === 'string' && typeof input === 'string')
    return value === 1 && bound === 'at least'
      ? 'must not be empty'
      : `must have ${bound} ${value} characters (has ${input.length})`;
  if (Array.isArray(input))
    return `must have ${bound} ${value} ${value === 1 ? 'entry' : 'entries'} (has ${input.length})`;
  return `must be ${bound} ${value}${got(input)}`;
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value) ?? String(value));
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}

/** The actual value is shortened, because an input may be next to a secret or a megabyte long. */
const LONGEST = 61;

function got(input: unknown): string {
  if (typeof input === 'object' && input !== null) return Array.isArray(input) ? ' (got a list)' : ' (got an object)';
  const text = typeof input === 'string' ? JSON.stringify(input) : String(input);
  return ` (got ${shortened(text, LONGEST)})`;
}
