/** A summary for scripts. docs/reference/diff-and-contract.md describes the format, whose name includes its version. */
import { countOf, type NoisyPlace, type Position, quantile, type Summary } from '../../../parity/tally/index.ts';
import { causeRows, compared, routeRows, type TodoItem, totalVerdicts } from '../../../report/index.ts';
import type { Conclusion } from './conclusion.ts';

export const DIFF_FORMAT = 'crossfade-diff/2';

/** How many places of each root cause are listed. */
const MOST_PLACES = 100;

export interface Told {
  readonly summary: Summary;
  readonly todo: readonly TodoItem[];
  readonly noise: readonly NoisyPlace[];
  readonly sources: readonly string[];
  readonly conclusion: Conclusion;
  readonly notes: readonly string[];
}

export function summaryJson({ summary, todo, noise, sources, conclusion, notes }: Told) {
  const place = ({ source, line }: Position) => ({ file: sources[source] ?? '', line });
  const placed = <T extends { readonly at: Position }>({ count, first }: { count: number; first: readonly T[] }) => ({
    count,
    first: first.map(({ at, ...rest }) => ({ ...place(at), ...rest })),
  });
  const total = totalVerdicts(summary);
  return {
    format: DIFF_FORMAT,
    clean: conclusion.exit === 0,
    conclusion: conclusion.sentence,
    captures: compared(total),
    verdicts: total,
    routes: routeRows(summary).map(([route, { verdicts, newErrors, stableLatency, candidateLatency }]) => ({
      route,
      captures: compared(verdicts),
      verdicts,
      newErrors,
      latencyMs: { stable: percentiles(stableLatency), candidate: percentiles(candidateLatency) },
    })),
    causes: causeRows(summary).map(({ route, cause: { cause, severity, differences, pairs } }) => ({
      route,
      cause,
      severity,
      captures: pairs.count,
      differences,
      samples: placed(pairs).first,
    })),
    todo: todo.map(({ places, further: _, samples, ...item }) => ({
      ...item,
      places: places.length,
      first: places.slice(0, MOST_PLACES),
      samples: samples.map(({ at, ...rest }) => ({ ...place(at), ...rest })),
    })),
    noise,
    unreadable: placed(summary.unreadable),
    unpaired: { stable: placed(summary.unpaired.stable), candidate: placed(summary.unpaired.candidate) },
    matchedByOrder: summary.byOrder,
    notes,
  };
}

function percentiles(buckets: ReadonlyMap<number, number>) {
  const histogram = Object.fromEntries(buckets);
  return {
    count: countOf(histogram),
    p50: quantile(histogram, 0.5),
    p95: quantile(histogram, 0.95),
    p99: quantile(histogram, 0.99),
  };
}
