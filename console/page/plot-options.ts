/** Options with which uPlot draws a chart. */
import uPlot from 'uplot';
import type { ChartView } from '../view/index.ts';
import { ANNOTATION_HEIGHT, drawAnnotations, drawBands } from './annotations.ts';
import type { Paint } from './palette.ts';
import { type TimeAxis, xOf } from './plot-data.ts';
import { timeText } from './time-text.ts';

const HEIGHT = 150;
/** Possible distances between ticks, in seconds. */
const STEPS = [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800];

export interface PlotFrame {
  readonly chart: ChartView;
  readonly axis: TimeAxis;
  readonly width: number;
  /** Charts of the same group share their cursor. */
  readonly group: string;
  readonly paint: Paint;
  readonly onCursor: (x: number | null) => void;
}

export function plotOptions({ chart, axis, width, group, paint, onCursor }: PlotFrame): uPlot.Options {
  const { lines, between, range, scale } = chart;
  const ink = { stroke: paint('quiet'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const grid = { stroke: paint('grid'), width: 1 };
  const seriesOf = (label: string) => lines.findIndex((line) => line.label === label) + 1;
  return {
    width,
    height: HEIGHT + ANNOTATION_HEIGHT,
    padding: [ANNOTATION_HEIGHT, 24, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: [xOf(axis, chart.from), xOf(axis, Math.max(chart.to, chart.from + 1000))] },
      y: {
        distr: scale === 'log' ? 3 : 1,
        range: (_plot, _min, max) => (range === undefined ? [0, roomAbove(max)] : [range[0], range[1]]),
      },
    },
    axes: [
      {
        ...ink,
        grid: { ...grid, show: false },
        size: 26,
        incrs: STEPS,
        space: 70,
        values: (_plot, splits) => splits.map((x) => shortTime(axis, x)),
      },
      {
        ...ink,
        grid: scale === 'log' ? { ...grid, filter: (_plot, splits) => splits.map(powerOfTen) } : grid,
        size: 46,
        values: (_plot, splits) => splits.map((y) => (y === null ? '' : figure(y))),
      },
    ],
    series: [
      {},
      ...lines.map(
        ({ label, color, step, dashed }): uPlot.Series => ({
          label,
          stroke: paint(color),
          width: dashed === true ? 1.5 : 2,
          points: { show: false },
          ...(dashed === true ? { dash: [6, 4] } : {}),
          ...(step === true && uPlot.paths.stepped !== undefined ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
        }),
      ),
    ],
    ...(between === undefined
      ? {}
      : { bands: [{ series: [seriesOf(between[1]), seriesOf(between[0])], fill: `${paint('teal')}26` }] }),
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false }, sync: { key: group } },
    hooks: {
      drawClear: [(plot) => drawBands(plot, chart, axis, paint)],
      draw: [(plot) => drawAnnotations(plot, chart, axis, paint)],
      setCursor: [({ cursor, posToVal }) => onCursor((cursor.left ?? -1) < 0 ? null : posToVal(cursor.left ?? 0, 'x'))],
    },
  };
}

/** A constant line at 0 needs a scale, too. */
function roomAbove(max: number): number {
  return max > 0 ? max * 1.08 : 1;
}

function shortTime(axis: TimeAxis, x: number): string {
  const at = axis.clock === 'elapsed' ? axis.from + x * 1000 : x * 1000;
  const text = timeText(axis, at);
  return axis.clock === 'elapsed' ? text : text.slice(0, 5);
}

/** Labels only powers of ten, because a line at each digit would hide the curves. */
function powerOfTen(value: number): number | null {
  return Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? value : null;
}

/** At most three significant digits. */
export function figure(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3))
    return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
