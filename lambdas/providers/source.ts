/** A source of points, and the request to it. */
import type { TimeRange } from '../../core/model/index.ts';
import type { Side } from '../../sides/index.ts';

/** Values by the start of their minute, in milliseconds since the epoch. */
export type Points = ReadonlyMap<number, number>;

/** The purpose of a query. A provider may use it in its answer, and its logs can show the caller. */
export interface Asked {
  readonly metric: string;
  readonly side: Side;
  readonly part: 'numerator' | 'denominator' | 'value';
}

/** Reads a query over complete minutes. @throws `SourceError` or what its client throws; the metric then holds */
export type PointSource = (query: string, range: TimeRange, asked: Asked) => Promise<Points>;

/** Interval between points, in milliseconds. */
export const POINT_MS = 60_000;
