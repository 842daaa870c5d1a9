/** The gate's latest evidence from its entry in the decision log, relative to the thresholds at which it decides. */
import { gateLooks } from '../../console/view/index.ts';
import type { LogEntry } from '../../core/model/index.ts';

export interface GateEvidence {
  readonly metric: string;
  /** The e-value for "the candidate is worse", and the threshold for a rollback. */
  readonly worse: { readonly value: number; readonly threshold: number };
  /** The e-value for "worse by less than the margin", and the threshold for an advance. */
  readonly within: { readonly value: number; readonly threshold: number };
  /** Shares of requests, 0 to 1. */
  readonly margin: number;
  readonly candidateRate: number | null;
  readonly stableRate: number | null;
}

/** Empty for an entry without a comparison. */
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
