/**
 * Slowness if the metric store does not count slow requests (no trimmed count): M of the last N minutes in which the
 * candidate's percentile exceeds the budget while stable's does not. This rule, like alarms, has no part of α.
 */
import type { MinuteEvidence } from '../model/index.ts';

export const LAST = 5;
export const OVER = 3;

export interface PercentileVerdict {
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  /** How many of the comparable minutes counted. */
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
