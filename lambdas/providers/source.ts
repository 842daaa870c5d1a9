/** One source of points, and what it is asked. */
import type { TimeRange } from '../../core/model/index.ts';

/** Values by start of their minute, milliseconds since the epoch. */
export type Points = ReadonlyMap<number, number>;

/** What a query is for; a provider may answer by it, and its logs can tell who asked. */
export interface Asked {
  readonly metric: string;
  readonly side: 'stable' | 'candidate';
  readonly part: 'numerator' | 'denominator' | 'value';
}

/** Reads a query over whole minutes. @throws `SourceError` or what its client throws: the metric then holds. */
export type PointSource = (query: string, range: TimeRange, asked: Asked) => Promise<Points>;

/** Points are minutes apart. Milliseconds. */
export const POINT_MS = 60_000;
