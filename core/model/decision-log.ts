/**
 * The decision log as a file: NDJSON with a header, followed by the ledger's entries of one cutover, oldest first. It
 * contains everything on which each observation was decided, so that the decisions can be reproduced under this plan or
 * another (core/phases/replay.ts).
 */
import * as z from 'zod';
import { asError, problemsOf, wordIssue } from '../../input/index.ts';
import { deploymentSchema } from './deployment.ts';
import { acceptedPlanOfToday, baselineOfToday } from './earlier.ts';
import { hookAnswerSchema, metricEvidenceSchema, minuteEvidenceSchema } from './evidence.ts';
import { type CutoverId, cutoverIdSchema, type IngressId, ingressIdSchema } from './ids.ts';
import { type LogEntry, logEntrySchema } from './lease.ts';
import { acceptedPlanSchema, type Plan } from './plan.ts';
import { baselineSummarySchema } from './run-state.ts';
import { ruleWeightsSchema, trafficSplitSchema } from './split.ts';
import { steeredSchema } from './steering.ts';

/** Incremented when readers of the present version could no longer read what is written. */
const VERSION = 1;

const headerSchema = z.strictObject({
  format: z.literal('crossfade.decisions'),
  v: z.literal(VERSION),
  ingressId: ingressIdSchema,
  cutoverId: cutoverIdSchema,
});
export type DecisionLogHeader = z.infer<typeof headerSchema>;

/** Data of the first entry, written by preflight. */
const begunSchema = z.strictObject({
  plan: z.preprocess(acceptedPlanOfToday, acceptedPlanSchema),
  deployment: deploymentSchema,
});

const count = z.int().nonnegative();

/** Data of an observation. */
export const lookSchema = z.strictObject({
  decision: z.enum(['advance', 'hold', 'rollback']),
  /** When the phase or stage began. */
  since: z.iso.datetime(),
  split: trafficSplitSchema,
  alarms: z.array(
    z.strictObject({
      name: z.string(),
      state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
      actionsEnabled: z.boolean(),
      /** Absent in logs of versions that did not read it. */
      mutedBy: z.array(z.string()).default([]),
    }),
  ),
  live: z.array(ruleWeightsSchema),
  candidate: z.strictObject({ healthy: count, unhealthy: count, registered: count }),
  /** Sides that were deployed since the previous evaluation; absent if there were none. */
  revised: z.strictObject({ changes: z.array(z.string()), restarts: count }).optional(),
  /** Absent in logs of version 0.1. */
  stable: z.strictObject({ healthy: count, needed: count }).nullish(),
  parity: z
    .looseObject({
      status: z.enum(['clean', 'dirty', 'insufficient']),
      reasons: z.array(z.string()),
      pairs: count,
      routes: count,
    })
    .nullable(),
  /** Minutes that the previous evaluation may not have had; earlier ones are in its entry. */
  minutes: z.array(minuteEvidenceSchema),
  /** The plan's own metrics for the same minutes; absent if there are none. */
  metrics: z
    .array(
      metricEvidenceSchema.extend({
        /** The first minute that the decision used; null if it used none. */
        from: z.number().nullable(),
      }),
    )
    .optional(),
  /** Everything that the decision used, so that a reader can tell whether the minutes of all entries are complete. */
  looked: z.strictObject({
    /** The first minute, in milliseconds since the epoch; null if there was none. */
    from: z.number().nullable(),
    minutes: count,
    stableRequests: z.number().nonnegative(),
    candidateRequests: z.number().nonnegative(),
  }),
  /** What people had requested for the run; absent if nothing. */
  steered: steeredSchema.optional(),
  /** Answers of the plan's hooks, if the evidence would have advanced. */
  hooks: z.array(hookAnswerSchema).optional(),
  /** The baseline from here on, measured again before a stage in which the candidate has most requests. */
  baseline: baselineSummarySchema.optional(),
  /** The result of the comparison. An output: a replay computes its own. */
  verdict: z.unknown().optional(),
});
export type Look = z.infer<typeof lookSchema>;

/** A log that cannot be read; the message names the line (from 1) and the field. */
export class DecisionLogError extends Error {
  override readonly name = 'DecisionLogError';
  readonly line: number;

  constructor(line: number, problem: string, cause?: unknown) {
    super(`line ${line}: ${problem}`, { cause });
    this.line = line;
  }
}

/** The file of a cutover, line by line, without line ends. */
export function* decisionLogLines(
  run: { readonly ingressId: IngressId; readonly cutoverId: CutoverId },
  entries: Iterable<LogEntry>,
): Generator<string> {
  const { ingressId, cutoverId } = run;
  const header: DecisionLogHeader = { format: 'crossfade.decisions', v: VERSION, ingressId, cutoverId };
  yield JSON.stringify(header);
  for (const entry of entries) yield JSON.stringify(entry);
}

/** @throws DecisionLogError */
export function parseHeader(text: string): DecisionLogHeader {
  return parsePart(headerSchema, parseJson(text, 1), 1);
}

/** @throws DecisionLogError */
export function parseEntry(text: string, line: number): LogEntry {
  return parsePart(logEntrySchema, parseJson(text, line), line);
}

/** An entry in the form that a replay needs: the start of the run, its baseline, an observation, or anything else. */
export type DecodedEntry =
  | { readonly type: 'begun'; readonly begun: z.infer<typeof begunSchema> }
  | { readonly type: 'baseline'; readonly baseline: z.infer<typeof baselineSummarySchema> }
  | { readonly type: 'look'; readonly look: Look }
  | { readonly type: 'other' };

/** @throws DecisionLogError that names the field within `data` */
export function decode({ kind, phase, data }: LogEntry, line: number): DecodedEntry {
  if (kind === 'phase' && phase === 'preflight')
    return { type: 'begun', begun: parsePart(begunSchema, data, line, 'data') };
  if (kind === 'phase' && phase === 'baseline')
    return {
      type: 'baseline',
      baseline: parsePart(baselineSummarySchema, baselineOfToday(data), line, 'data'),
    };
  if (kind === 'observation') return { type: 'look', look: parsePart(lookSchema, data, line, 'data') };
  return { type: 'other' };
}

/** The same for displaying a log: null for an entry that this version cannot read. */
function decodeReadable(entry: LogEntry): DecodedEntry | null {
  try {
    return decode(entry, 0);
  } catch (error) {
    if (error instanceof DecisionLogError) return null;
    throw error;
  }
}

/** The plan that preflight recorded; null if the log lacks its beginning, or if this version cannot read the plan. */
export function planIn(log: readonly LogEntry[]): Plan | null {
  const first = log.find(({ kind, phase }) => kind === 'phase' && phase === 'preflight');
  if (first === undefined) return null;
  const decoded = decodeReadable(first);
  return decoded?.type === 'begun' ? decoded.begun.plan : null;
}

/** The observation that an entry holds; null for any other entry, and for one of another version. */
export function lookIn(entry: LogEntry): Look | null {
  const decoded = decodeReadable(entry);
  return decoded?.type === 'look' ? decoded.look : null;
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DecisionLogError(line, `is not JSON (${asError(error).message})`, error);
  }
}

function parsePart<T>(schema: z.ZodType<T>, value: unknown, line: number, below = ''): T {
  const result = schema.safeParse(value, { error: wordIssue, reportInput: true });
  if (result.success) return result.data;
  const problems = problemsOf(result.error).map(({ path, message }) => {
    const where = [below, path].filter((part) => part !== '').join('.');
    return `${where === '' ? '' : `${where}: `}${message}`;
  });
  throw new DecisionLogError(line, [problems.join('; '), ...writtenBy(result.error)].join('. '), result.error);
}

/** Which version may have written what cannot be read, and what to do. */
function writtenBy({ issues }: z.ZodError): string[] {
  if (issues.some(({ code }) => code === 'unrecognized_keys' || code === 'invalid_value'))
    return ['If nobody edited it, a newer version of Crossfade wrote it: replay it with that one'];
  if (issues.some(({ code, input, path }) => code === 'invalid_type' && input === undefined && path.length > 0))
    return [
      'If nobody edited it, an early version wrote it without the inputs of its decisions, so it cannot be replayed; its messages can be read',
    ];
  return [];
}
