/** One chart, drawn by uPlot. It shows the values at the cursor, which follows the pointer and the arrow keys. */
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { ChartView, RunView } from '../view/index.ts';
import { paints } from './palette.ts';
import { plotColumns, type TimeAxis, valueAt } from './plot-data.ts';
import { figure, plotOptions } from './plot-options.ts';
import { timeText } from './time-text.ts';

interface Props {
  readonly chart: ChartView;
  readonly run: Pick<RunView, 'clock' | 'from' | 'cutover'>;
}

export function Chart({ chart, run }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => drawn(box.current, chart, run, plot, setAt), [chart, run.clock, run.from]);
  const title = `chart-${run.cutover}-${chart.id}`;
  return (
    <figure data-chart={chart.id}>
      <figcaption id={title}>
        <b>{chart.title}</b> <span class="quiet">{chart.unit}</span>
      </figcaption>
      <div
        class="plot"
        ref={box}
        tabIndex={0}
        role="group"
        aria-labelledby={title}
        aria-describedby={`${title}-values`}
        onKeyDown={(event) => move(event, plot.current)}
      />
      <Values id={`${title}-values`} chart={chart} run={run} at={at} />
    </figure>
  );
}

function Values({ id, chart, run, at }: Props & { readonly id: string; readonly at: number | null }) {
  const shown = at ?? chart.to;
  const note = at === null ? undefined : noteAt(chart, at);
  return (
    <div class="values" id={id}>
      <ul class="keys">
        {chart.lines.map((line) => {
          const value = valueAt(line, shown);
          return (
            <li key={line.label}>
              <span class={`swatch ${line.color}${line.dashed === true ? ' dashed' : ''}`} aria-hidden="true" />
              {line.label} <b>{value === null ? '–' : figure(value)}</b>
            </li>
          );
        })}
        <li class="quiet">at {timeText(run, shown)}</li>
      </ul>
      {note !== undefined && <p class="quiet dotnote">{note}</p>}
    </div>
  );
}

/** Draws the chart, and draws it again whenever the width or the colours change. @returns a function that removes it */
function drawn(
  box: HTMLDivElement | null,
  chart: ChartView,
  axis: TimeAxis & Pick<RunView, 'cutover'>,
  plot: { current: uPlot | null },
  onCursor: (at: number | null) => void,
): (() => void) | undefined {
  if (box === null) return undefined;
  const toInstant = (x: number | null) =>
    x === null ? null : axis.clock === 'elapsed' ? axis.from + x * 1000 : x * 1000;
  const draw = () => {
    plot.current?.destroy();
    const options = plotOptions({
      chart,
      axis,
      width: Math.max(200, box.clientWidth),
      group: axis.cutover,
      paint: paints(box),
      onCursor: (x) => onCursor(toInstant(x)),
    });
    plot.current = new uPlot(options, plotColumns(chart, axis), box);
  };
  draw();
  let width = box.clientWidth;
  const resized = new ResizeObserver(() => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    draw();
  });
  resized.observe(box);
  const queries = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('print')];
  for (const query of queries) query.addEventListener('change', draw);
  return () => {
    resized.disconnect();
    for (const query of queries) query.removeEventListener('change', draw);
    plot.current?.destroy();
    plot.current = null;
  };
}

const STRIDES: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };

function move(event: KeyboardEvent, plot: uPlot | null): void {
  if (plot === null) return;
  const last = plot.data[0].length - 1;
  const here = plot.cursor.idx ?? last;
  const stride = STRIDES[event.key];
  const next = event.key === 'Home' ? 0 : event.key === 'End' ? last : stride === undefined ? null : here + stride;
  if (next === null) return;
  event.preventDefault();
  const x = plot.data[0][Math.max(0, Math.min(last, next))];
  if (x !== undefined) plot.setCursor({ left: plot.valToPos(x, 'x'), top: 0 }, true);
}

/** The note of the evaluation whose point is nearest to the cursor. */
function noteAt({ dots, from, to }: ChartView, at: number): string | undefined {
  const near = dots.filter(({ x }) => Math.abs(x - at) <= (to - from) / 60);
  return near.sort((a, b) => Math.abs(a.x - at) - Math.abs(b.x - at))[0]?.note;
}
