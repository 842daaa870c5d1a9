/** Combines the opinions of all of the plan's own metrics into one vote next to the gate's verdict. */
import type { MetricOpinion } from './opinion.ts';

export interface MetricVote {
  readonly decision: 'advance' | 'hold' | 'rollback';
  /** Sentences with the figures; empty if there is no metric. */
  readonly reason: string;
}

/**
 * If one metric is shown to be worse, the vote is rollback. If a required one is undecided, or one has a gap, it is
 * hold.
 */
export function voteOf(opinions: readonly MetricOpinion[]): MetricVote {
  const worse = opinions.filter((o) => o.verdict === 'worse');
  if (worse.length > 0) return vote('rollback', worse, (o) => `Candidate is worse in ${o.text}.`);
  const blind = opinions.filter((o) => o.gap !== null);
  if (blind.length > 0) return vote('hold', blind, (o) => `Metric ${o.metric} holds: ${o.gap ?? ''}.`);
  const open = opinions.filter((o) => o.required && o.verdict !== 'within margin');
  if (open.length > 0) return vote('hold', open, (o) => `Undecided in ${o.text}.`);
  return vote('advance', opinions, (o) => `${o.text}.`);
}

/** Combines the gate's verdict with the vote of the metrics: the more cautious one, with both reasons if they agree. */
export function together<V extends MetricVote>(gate: V, metrics: MetricVote): MetricVote {
  const { decision, reason } = gate;
  if (metrics.reason === '') return { decision, reason };
  if (decision === 'rollback') return { decision, reason };
  if (metrics.decision === 'rollback') return metrics;
  if (metrics.decision === decision) return { decision, reason: `${reason} ${metrics.reason}` };
  return decision === 'hold' ? { decision, reason } : { decision: 'hold', reason: metrics.reason };
}

function vote(
  decision: MetricVote['decision'],
  opinions: readonly MetricOpinion[],
  sentence: (opinion: MetricOpinion) => string,
): MetricVote {
  return { decision, reason: opinions.map(sentence).join(' ') };
}
