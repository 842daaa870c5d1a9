/** Converts lines, which have points at different times, to uPlot's columns over one common x axis. */
import type { AlignedData } from 'uplot';
import type { ChartLine, ChartView, RunView } from '../view/index.ts';

export type TimeAxis = Pick<RunView, 'clock' | 'from'>;

/** Seconds since the epoch, or since the run began. */
export function xOf({ clock, from }: TimeAxis, at: number): number {
  return (clock === 'elapsed' ? at - from : at) / 1000;
}

/** Length of the gap just before a line begins anew, in milliseconds. */
const GAP_MS = 1;

export function plotColumns({ lines, dots, range, scale }: ChartView, axis: TimeAxis): AlignedData {
  const instants = new Set(dots.map(({ x }) => x));
  for (const { points } of lines)
    for (const { x, begins } of points) {
      instants.add(x);
      if (begins === true) instants.add(x - GAP_MS);
    }
  const xs = [...instants].sort((a, b) => a - b);
  const least = scale === 'log' ? (range?.[0] ?? Number.MIN_VALUE) : Number.NEGATIVE_INFINITY;
  const most = range?.[1] ?? Number.POSITIVE_INFINITY;
  return [xs.map((x) => xOf(axis, x)), ...lines.map((line) => columnOf(line, xs, least, most))];
}

/** `undefined` if the line has no point there and continues; `null` if it is interrupted. */
function columnOf(
  { points }: ChartLine,
  xs: readonly number[],
  least: number,
  most: number,
): (number | null | undefined)[] {
  const values = new Map(points.map(({ x, y }) => [x, Math.min(most, Math.max(least, y))]));
  let next = 0;
  return xs.map((x) => {
    while ((points[next]?.x ?? x) < x) next++;
    // The gap extends to the previous point, because other lines may have points in between.
    return values.get(x) ?? (points[next]?.begins === true ? null : undefined);
  });
}

/** The value of a line at an instant: the last value up to then. */
export function valueAt({ points, lastsMs = Number.POSITIVE_INFINITY }: ChartLine, at: number): number | null {
  const last = points.findLast(({ x }) => x <= at);
  return last === undefined || at - last.x > lastsMs ? null : last.y;
}
