/** Metrics of a batch of captures. */
import type { RouteTallies } from '../../parity/tally/index.ts';
import type { Emit } from './emf.ts';

/**
 * Counts captures for the first time only. `refused` is by reason, and is added to the log line next to the metrics.
 */
export function parityMetrics(routes: RouteTallies, refused: Readonly<Record<string, number>>): Parameters<Emit> {
  const all = Object.values(routes);
  const sum = (field: 'pairs' | 'breaking' | 'undecided' | 'newErrors' | 'unmatched') =>
    all.reduce((total, tally) => total + tally[field], 0);
  return [
    {
      ParityPairs: sum('pairs'),
      ParityBreaking: sum('breaking'),
      ParityUndecided: sum('undecided'),
      ParityNewErrors: sum('newErrors'),
      ParityUnmatched: sum('unmatched'),
      ParityFailed: Object.values(refused).reduce((total, count) => total + count, 0),
    },
    Object.fromEntries(Object.entries(refused).map(([reason, count]) => [`Refused: ${reason}`, String(count)])),
  ];
}
