/** Lines with points of their own as uPlot's columns over one common x. */
import type { AlignedData } from 'uplot';
import type { ChartLine, ChartView, RunView } from '../view/index.ts';

export type TimeAxis = Pick<RunView, 'clock' | 'from'>;

/** Seconds: since the epoch, or since the run began. */
export function xOf({ clock, from }: TimeAxis, at: number): number {
  return (clock === 'elapsed' ? at - from : at) / 1000;
}

/** Just before a line begins anew it has a gap. Milliseconds. */
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

/** `undefined` where the line has no point of its own and goes on; `null` where it is broken. */
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
    // The gap goes back to the point before: other lines may have points within it.
    return values.get(x) ?? (points[next]?.begins === true ? null : undefined);
  });
}

/** The value of a line at an instant: the last one that it had by then. */
export function valueAt({ points, lastsMs = Number.POSITIVE_INFINITY }: ChartLine, at: number): number | null {
  const last = points.findLast(({ x }) => x <= at);
  return last === undefined || at - last.x > lastsMs ? null : last.y;
}
