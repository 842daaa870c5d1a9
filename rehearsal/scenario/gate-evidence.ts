/** The gate's newest evidence as its entry in the decision log has it: how far it is from the threshold at which it decides. */
import { gateLooks } from '../../console/view/index.ts';
import type { LogEntry } from '../../core/model/index.ts';

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
  const compared = gateLooks([entry]).flatMap(({ metrics }) => metrics);
  return compared.map((m) => ({
    metric: m.metric,
    worse: { value: m.eValue, threshold: m.threshold },
    within: { value: m.withinEValue, threshold: m.withinThreshold },
    margin: m.margin,
    candidateRate: m.candidateRate ?? null,
    stableRate: m.stableRate ?? null,
  }));
}
