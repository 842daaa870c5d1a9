/** What a batch of captures came to, as metrics. */
import type { RouteTallies } from '../../parity/tally/index.ts';
import type { Emit } from './emf.ts';

/** Of captures that count for the first time; `refused` by reason, which stand beside the metrics in the log. */
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
