/** The gate's newest evidence as its entry in the decision log has it: how far it is from the threshold at which it decides. */
import * as z from 'zod';
import type { LogEntry } from '../../core/model/index.ts';

/** What the log keeps of a comparison; more than is shown, so unknown fields pass. */
const comparedSchema = z.looseObject({
  metric: z.string(),
  eValue: z.number(),
  threshold: z.number(),
  withinEValue: z.number(),
  withinThreshold: z.number(),
  margin: z.number(),
  stableRate: z.number().optional(),
  candidateRate: z.number().optional(),
});
const lookSchema = z.looseObject({ verdict: z.looseObject({ metrics: z.array(comparedSchema) }) });

export interface GateEvidence {
  readonly metric: string;
  /** E-value that the candidate is worse, and where it rolls back. */
  readonly worse: { readonly value: number; readonly threshold: number };
  /** E-value that it is worse by less than the margin, and where the stage may advance. */
  readonly within: { readonly value: number; readonly threshold: number };
  /** Shares of requests, 0 to 1. */
  readonly margin: number;
  readonly candidateRate: number | null;
  readonly stableRate: number | null;
}

/** Empty for an entry that compared nothing. */
export function gateEvidenceIn(entry: LogEntry): GateEvidence[] {
  const look = lookSchema.safeParse(entry.data);
  if (entry.kind !== 'observation' || !look.success) return [];
  return look.data.verdict.metrics.map((m) => ({
    metric: m.metric,
    worse: { value: m.eValue, threshold: m.threshold },
    within: { value: m.withinEValue, threshold: m.withinThreshold },
    margin: m.margin,
    candidateRate: m.candidateRate ?? null,
    stableRate: m.stableRate ?? null,
  }));
}
