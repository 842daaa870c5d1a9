/**
 * Slowness where the metric store counts no slow requests (no trimmed count): M of the last N minutes in which the
 * candidate's percentile is over the budget while the stable side's is not. No α belongs to this rule; it is what alarms do.
 */
import type { MinuteEvidence } from '../model/index.ts';

export const LAST = 5;
export const OVER = 3;

export interface PercentileVerdict {
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  /** Minutes that counted, of those that could be compared. */
  readonly over: number;
  readonly compared: number;
}

export function percentileRule(minutes: readonly MinuteEvidence[], budgetMs: number): PercentileVerdict {
  const known = minutes.flatMap(({ stable, candidate }) =>
    stable?.latency == null || candidate?.latency == null ? [] : [[stable.latency, candidate.latency] as const],
  );
  const last = known.slice(-LAST);
  const over = last.filter(
    ([s, c]) => (c.p95 > budgetMs && s.p95 <= budgetMs) || (c.p99 > budgetMs && s.p99 <= budgetMs),
  );
  const verdict =
    over.length >= OVER ? 'worse' : last.length === LAST && over.length === 0 ? 'within margin' : 'undecided';
  return { verdict, over: over.length, compared: last.length };
}
