/** What many comparisons of one route come to: mergeable counters and two latency histograms. */
import { type Comparison, totalMs } from './compare.ts';
import { bucketOf, type Histogram, mergeHistograms } from './histogram.ts';
import type { CaptureRecord } from './record.ts';

export interface RouteAggregate {
  /** Compared pairs. */
  readonly pairs: number;
  readonly breaking: number;
  readonly benign: number;
  /** Records without an answer of the stable side. */
  readonly unmatched: number;
  readonly newErrors: number;
  /** Differences by `cause`. */
  readonly causes: Readonly<Record<string, number>>;
  readonly stableLatency: Histogram;
  readonly candidateLatency: Histogram;
}

export const EMPTY_AGGREGATE: RouteAggregate = {
  pairs: 0,
  breaking: 0,
  benign: 0,
  unmatched: 0,
  newErrors: 0,
  causes: {},
  stableLatency: {},
  candidateLatency: {},
};

/** The aggregate of one record. */
export function aggregateOf(record: CaptureRecord, comparison: Comparison): RouteAggregate {
  const unmatched = comparison.verdict === 'unmatched';
  const causes: Record<string, number> = {};
  for (const { cause } of comparison.differences) causes[cause] = (causes[cause] ?? 0) + 1;
  return {
    pairs: unmatched ? 0 : 1,
    breaking: comparison.verdict === 'breaking' ? 1 : 0,
    benign: comparison.verdict === 'benign' ? 1 : 0,
    unmatched: unmatched ? 1 : 0,
    newErrors: comparison.newError ? 1 : 0,
    causes,
    stableLatency: one(totalMs(record.stable)),
    candidateLatency: one(totalMs(record.candidate)),
  };
}

/** Commutative and associative, with {@link EMPTY_AGGREGATE} as its zero. */
export function merge(a: RouteAggregate, b: RouteAggregate): RouteAggregate {
  return {
    pairs: a.pairs + b.pairs,
    breaking: a.breaking + b.breaking,
    benign: a.benign + b.benign,
    unmatched: a.unmatched + b.unmatched,
    newErrors: a.newErrors + b.newErrors,
    causes: mergeHistograms(a.causes, b.causes),
    stableLatency: mergeHistograms(a.stableLatency, b.stableLatency),
    candidateLatency: mergeHistograms(a.candidateLatency, b.candidateLatency),
  };
}

function one(ms: number | null): Histogram {
  return ms === null ? {} : { [bucketOf(ms)]: 1 };
}
