/** The summary of compared captures in reading order: what breaks clients first, then what occurs most. */
import { rankOf } from '../parity/causes/index.ts';
import type { Comparison } from '../parity/compare/index.ts';
import type { CauseSummary, NoisyPlace, RouteSummary, Summary } from '../parity/tally/index.ts';

export type Verdicts = Readonly<Record<Comparison['verdict'], number>>;

export interface CauseRow {
  readonly route: string;
  /** Number of compared captures of the route. */
  readonly of: number;
  readonly cause: CauseSummary;
}

export function causeRows(summary: Summary): CauseRow[] {
  return [...summary.routes]
    .flatMap(([route, found]) =>
      [...found.causes.values()].map((cause): CauseRow => ({ route, of: compared(found.verdicts), cause })),
    )
    .sort(
      (a, b) =>
        rankOf(a.cause.severity) - rankOf(b.cause.severity) ||
        b.cause.pairs.count - a.cause.pairs.count ||
        (`${a.route} ${a.cause.cause}` < `${b.route} ${b.cause.cause}` ? -1 : 1),
    );
}

/**
 * First what still counts although stable varies there, then what was suppressed, each by how often the two sides
 * differed.
 */
export function noiseRows(places: readonly NoisyPlace[]): NoisyPlace[] {
  const times = ({ both, onlyStable, onlyCandidate }: NoisyPlace) => both + onlyStable + onlyCandidate;
  return [...places].sort(
    (a, b) =>
      Number(a.suppressed) - Number(b.suppressed) ||
      times(b) - times(a) ||
      (`${a.route} ${a.place}` < `${b.route} ${b.place}` ? -1 : 1),
  );
}

/** The routes by name. */
export function routeRows(summary: Summary): [string, RouteSummary][] {
  return [...summary.routes].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function totalVerdicts(summary: Summary): Verdicts {
  const total: Record<Comparison['verdict'], number> = { same: 0, benign: 0, undecided: 0, breaking: 0, unmatched: 0 };
  for (const { verdicts } of summary.routes.values()) {
    total.same += verdicts.same;
    total.benign += verdicts.benign;
    total.undecided += verdicts.undecided;
    total.breaking += verdicts.breaking;
    total.unmatched += verdicts.unmatched;
  }
  return total;
}

/** Number of captures that were compared. */
export function compared({ same, benign, undecided, breaking }: Verdicts): number {
  return same + benign + undecided + breaking;
}
