/** The rules in which an owner records decisions about differences. `rules.ts` applies them. */
import * as z from 'zod';
import { problemsOf, wordIssue } from '../../input/index.ts';
import { isCause, SEVERITIES } from '../causes/index.ts';

const causeSchema = z
  .string()
  .refine(isCause, { error: 'not a cause of the catalogue (docs/reference/causes.md lists them)' });

const pointerSchema = z
  .string()
  .max(1000)
  .regex(
    /^(?:\/(?:[^~/]|~[01])*)*$/,
    'must be a JSON pointer (RFC 6901), in which * is any one step and ** any number',
  );
const routeSchema = z.string().min(1).max(1000).startsWith('/', 'must be a route such as /items/{id}, or /items/**');
const headerSchema = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header field')
  .transform((name) => name.toLowerCase());

const decided = {
  /** Appears in {@link Why.rule} of each difference that the rule decided. */
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'must be lower-case letters, digits, dots, dashes'),
  owner: z.string().trim().min(1, 'must name who answers for it').max(200),
  reason: z.string().trim().min(1, 'must say why this is right').max(1000),
  /** The last day (UTC) on which the rule applies, `YYYY-MM-DD`. */
  expires: z.iso.date('must be a date, YYYY-MM-DD'),
};

/** Where the rule applies; every field that is given must match. */
const placeSchema = z
  .strictObject({
    route: routeSchema.optional(),
    pointer: pointerSchema.optional(),
    header: headerSchema.optional(),
    cause: causeSchema.optional(),
  })
  .refine(({ pointer, header }) => pointer === undefined || header === undefined, {
    error: 'names a pointer and a header; nothing is in both',
  })
  .refine(({ pointer, header, cause }) => pointer !== undefined || header !== undefined || cause !== undefined, {
    error: 'must name a pointer, a header or a cause: a route alone would take in everything',
  });

const arrayPlaceSchema = z.strictObject({ route: routeSchema.optional(), pointer: pointerSchema });

const toleranceSchema = z
  .strictObject({
    /** Numbers may differ by this much. */
    absolute: z.number().positive().optional(),
    /** Numbers may differ by this share of the larger one: 0.01 is one per cent. */
    relative: z.number().positive().max(1).optional(),
    /** Timestamps may differ by this many milliseconds. */
    ms: z.number().positive().optional(),
  })
  .refine((t) => t.absolute !== undefined || t.relative !== undefined || t.ms !== undefined, {
    error: 'must give absolute, relative or ms',
  });

export const ruleSchema = z.discriminatedUnion('kind', [
  /** The value may vary, but not its presence, type or format. */
  z.strictObject({ kind: z.literal('ignore'), ...decided, where: placeSchema }),
  /** The elements of the array may come in any order. */
  z.strictObject({ kind: z.literal('unordered'), ...decided, where: arrayPlaceSchema }),
  /** The elements of the array are identified by the value at `key` within them, and may come in any order. */
  z.strictObject({ kind: z.literal('keyed'), ...decided, where: arrayPlaceSchema, key: pointerSchema.min(1) }),
  /** Numbers and timestamps may differ within the tolerance. */
  z.strictObject({ kind: z.literal('tolerance'), ...decided, where: placeSchema, within: toleranceSchema }),
  /** The difference has this severity. */
  z.strictObject({ kind: z.literal('reclassify'), ...decided, where: placeSchema, severity: z.enum(SEVERITIES) }),
]);

/** Rules of version 0.1 used `class` for `severity`. */
function ofEarlier(rule: unknown): unknown {
  if (typeof rule !== 'object' || rule === null || !('class' in rule) || 'severity' in rule) return rule;
  const { class: severity, ...rest } = rule;
  return { ...rest, severity };
}

export const ruleSetSchema = z
  .strictObject({ v: z.literal(1), rules: z.array(z.preprocess(ofEarlier, ruleSchema)).max(1000) })
  .superRefine(({ rules }, context) => {
    const ids = new Set<string>();
    for (const [index, { id }] of rules.entries()) {
      if (ids.has(id))
        context.addIssue({ code: 'custom', path: ['rules', index, 'id'], message: `"${id}" appears twice` });
      ids.add(id);
    }
  });

export type Rule = z.infer<typeof ruleSchema>;
export type RuleSet = z.infer<typeof ruleSetSchema>;
export type Place = z.infer<typeof placeSchema>;
export type Tolerance = z.infer<typeof toleranceSchema>;

/** The rules are invalid, and nothing has been compared with them. */
export class InvalidRulesError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The rules are not valid, so nothing was compared. Correct them and start again:\n${problems.join('\n')}`);
    this.name = 'InvalidRulesError';
    this.problems = problems;
  }
}

/**
 * @param value content of the rules file, parsed from JSON
 * ⏎ @throws {InvalidRulesError} names the path of every mistake
 */
export function parseRules(value: unknown): RuleSet {
  const result = ruleSetSchema.safeParse(value, { error: wordIssue });
  if (result.success) return result.data;
  throw new InvalidRulesError(
    problemsOf(result.error).map(({ path, message }) => `${path || 'rules file'}: ${message}`),
  );
}
