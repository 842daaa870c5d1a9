/** Annotations over the lines: periods, named instants and single points. */
import type uPlot from 'uplot';
import type { ChartBand, ChartDot, ChartMark, ChartView } from '../view/index.ts';
import type { Paint } from './palette.ts';
import { type TimeAxis, xOf } from './plot-data.ts';

/** Height of a row of labels, in CSS pixels. */
const ROW = 14;
const ROWS = 3;
export const ANNOTATION_HEIGHT = ROW * ROWS + 4;
const DOT = 3.5;

/** Draws behind the lines. */
export function drawBands(plot: uPlot, { bands }: ChartView, axis: TimeAxis, paint: Paint): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const [i, { from, to }] of bands.entries()) {
    if (i % 2 === 1) continue;
    const [left, right] = [screenX(plot, axis, from), screenX(plot, axis, to)];
    ctx.globalAlpha = 0.06;
    ctx.fillStyle = paint('ink');
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/** Draws over the lines: marks, each with its label above the plot where there is room, and points. */
export function drawAnnotations(plot: uPlot, chart: ChartView, axis: TimeAxis, paint: Paint): void {
  const { ctx } = plot;
  ctx.save();
  for (const dot of chart.dots) drawDot(plot, dot, axis, paint);
  ctx.font = `${11 * pixels()}px system-ui, sans-serif`;
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'left';
  const rowEnds = Array.from({ length: ROWS }, () => Number.NEGATIVE_INFINITY);
  for (const mark of chart.marks) drawMark(plot, mark, axis, paint, rowEnds);
  for (const band of chart.bands) drawBandName(plot, band, axis, paint);
  ctx.restore();
}

function drawMark(plot: uPlot, { x, label, color }: ChartMark, axis: TimeAxis, paint: Paint, rowEnds: number[]): void {
  const { ctx, bbox } = plot;
  const at = screenX(plot, axis, x);
  ctx.strokeStyle = paint(color);
  ctx.lineWidth = pixels();
  ctx.setLineDash([4 * pixels(), 3 * pixels()]);
  ctx.beginPath();
  ctx.moveTo(at, bbox.top);
  ctx.lineTo(at, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
  const width = ctx.measureText(label).width;
  const left = Math.max(0, Math.min(at - 2 * pixels(), ctx.canvas.width - width - pixels()));
  const row = rowEnds.findIndex((end) => left > end + 4 * pixels());
  // If no row has room, the mark has no label; the list below the charts names it.
  if (row === -1) return;
  rowEnds[row] = left + width;
  ctx.fillStyle = paint(color);
  const foot = bbox.top - (row * ROW + 2) * pixels();
  ctx.fillText(label, left, foot);
  ctx.globalAlpha = 0.4;
  ctx.beginPath();
  ctx.moveTo(at, bbox.top);
  ctx.lineTo(at, foot);
  ctx.stroke();
  ctx.globalAlpha = 1;
}

function drawBandName(plot: uPlot, { from, to, label }: ChartBand, axis: TimeAxis, paint: Paint): void {
  const { ctx, bbox } = plot;
  const [left, right] = [screenX(plot, axis, from), screenX(plot, axis, to)];
  const width = ctx.measureText(label).width;
  if (width > right - left) return;
  ctx.fillStyle = paint('quiet');
  ctx.fillText(label, (left + right - width) / 2, bbox.top + bbox.height - 3 * pixels());
}

function drawDot(plot: uPlot, { x, y, shape, color }: ChartDot, axis: TimeAxis, paint: Paint): void {
  const { ctx, bbox } = plot;
  const at = screenX(plot, axis, x);
  const scale = plot.scales.y;
  const inside = Math.min(scale?.max ?? y, Math.max(scale?.min ?? y, y));
  const height = Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(inside, 'y', true)));
  const r = DOT * pixels();
  ctx.beginPath();
  if (shape === 'diamond') {
    const wide = r * 1.5;
    ctx.moveTo(at, height - wide);
    ctx.lineTo(at + wide, height);
    ctx.lineTo(at, height + wide);
    ctx.lineTo(at - wide, height);
    ctx.closePath();
  } else ctx.arc(at, height, r, 0, 2 * Math.PI);
  ctx.fillStyle = shape === 'ring' ? paint('page') : paint(color);
  ctx.fill();
  ctx.lineWidth = 1.5 * pixels();
  ctx.strokeStyle = paint(color);
  ctx.stroke();
}

function screenX(plot: uPlot, axis: TimeAxis, at: number): number {
  const { left, width } = plot.bbox;
  return Math.min(left + width, Math.max(left, plot.valToPos(xOf(axis, at), 'x', true)));
}

/** Canvas pixels per CSS pixel. */
function pixels(): number {
  return devicePixelRatio;
}
