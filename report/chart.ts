/** Small line charts as SVG text: no script, no font, no address, so that a report is one file. */
import { heightOf, linearTo, type Scale, ticksOf } from './scale.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Not joined to the point before. */
  readonly begins?: boolean;
}

export interface Line {
  readonly label: string;
  readonly color: string;
  readonly points: readonly Point[];
  /** Hold each value until the next, as weights do. */
  readonly step?: boolean;
  readonly dashed?: boolean;
}

export interface Mark {
  readonly x: number;
  readonly label: string;
  readonly color: string;
}

/** The room between two lines that have the same x. */
export interface Area {
  readonly color: string;
  readonly low: readonly Point[];
  readonly high: readonly Point[];
}

/** A point by itself. Dots of one label are one key of the legend; the note is shown when the pointer rests on it. */
export interface Dot extends Mark {
  readonly y: number;
  readonly shape: 'ring' | 'disc' | 'diamond';
  readonly note: string;
}

/** A stretch of x, named at its top. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  /** Common x range, so that charts above each other line up. */
  readonly from: number;
  readonly to: number;
  /** @default linear, from zero to the largest value */
  readonly scale?: Scale;
  readonly areas?: readonly Area[];
  readonly dots?: readonly Dot[];
  readonly bands?: readonly Band[];
}

const WIDTH = 1000;
const HEIGHT = 190;
const LEFT = 56;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 26;
const DOT = 4;

type ToScreen = (v: number) => number;

export function chartSvg(chart: Chart): string {
  const { areas = [], dots = [], bands = [], lines, marks } = chart;
  const scale = chart.scale ?? linearTo(lines.flatMap((l) => l.points.map((p) => p.y)));
  const x = (v: number) => LEFT + ((v - chart.from) / Math.max(1, chart.to - chart.from)) * (WIDTH - LEFT - RIGHT);
  const y = (v: number) => HEIGHT - BOTTOM - heightOf(scale, v) * (HEIGHT - TOP - BOTTOM);
  const drawn = [
    ...bands.map((b, i) => bandSvg(b, x, i % 2 === 0)),
    ...ticksOf(scale).map((t) => gridLine(y(t.at), t.label)),
    ...minutesFrom(chart.from, chart.to, x),
    ...areas.map(({ low, high, color }) => {
      const back = [...high].reverse();
      return `<path d="${path({ points: low }, x, y)}${path({ points: back }, x, y).replace('M', 'L')}Z" fill="${color}" opacity="0.18"/>`;
    }),
    ...lines.map(
      (l) =>
        `<path d="${path(l, x, y)}" fill="none" stroke="${l.color}" stroke-width="${l.dashed === true ? 1.5 : 2}"${l.dashed === true ? ' stroke-dasharray="6 4"' : ''}/>`,
    ),
    ...dots.map((d) => dotSvg(d, x(d.x), y(d.y))),
    ...marks.map(
      (m) =>
        `<line x1="${f(x(m.x))}" x2="${f(x(m.x))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="${m.color}" stroke-dasharray="4 3"><title>${escapeHtml(m.label)}</title></line>`,
    ),
  ];
  const kinds = [...new Map(dots.map((d) => [d.label, d])).values()];
  const legend = [
    ...lines.map((l) => key(swatch(l.color, l.dashed === true), l.label)),
    ...marks.map((m) => key(swatch(m.color, true), m.label)),
    ...kinds.map((d) => key(`<svg class="dot" viewBox="0 0 12 12">${dotSvg({ ...d, note: '' }, 6, 6)}</svg>`, d.label)),
  ].join('');
  return `<figure><figcaption><b>${escapeHtml(chart.title)}</b> <span class="unit">${escapeHtml(chart.unit)}</span> ${legend}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(chart.title)}">${drawn.join('')}</svg></figure>`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function swatch(color: string, dashed: boolean): string {
  const fill = dashed ? `repeating-linear-gradient(90deg,${color} 0 3px,transparent 3px 5px)` : color;
  return `<i style="background:${fill}"></i>`;
}

function key(sign: string, label: string): string {
  return `<span class="key">${sign}${escapeHtml(label)}</span>`;
}

function path({ points, step }: Pick<Line, 'points' | 'step'>, x: ToScreen, y: ToScreen): string {
  return points
    .map((p, i) => {
      if (i === 0 || p.begins === true) return `M${f(x(p.x))} ${f(y(p.y))}`;
      return step === true ? `H${f(x(p.x))}V${f(y(p.y))}` : `L${f(x(p.x))} ${f(y(p.y))}`;
    })
    .join('');
}

function dotSvg({ color, shape, note }: Dot, cx: number, cy: number): string {
  const title = note === '' ? '' : `<title>${escapeHtml(note)}</title>`;
  if (shape === 'diamond') {
    const r = DOT + 1.5;
    return `<path d="M${f(cx)} ${f(cy - r)}L${f(cx + r)} ${f(cy)}L${f(cx)} ${f(cy + r)}L${f(cx - r)} ${f(cy)}Z" fill="${color}">${title}</path>`;
  }
  const fill = shape === 'disc' ? color : 'var(--page)';
  return `<circle cx="${f(cx)}" cy="${f(cy)}" r="${DOT}" fill="${fill}" stroke="${color}" stroke-width="1.5">${title}</circle>`;
}

function bandSvg({ from, to, label }: Band, x: ToScreen, shaded: boolean): string {
  const width = Math.max(0, x(to) - x(from));
  return `<rect x="${f(x(from))}" y="${TOP}" width="${f(width)}" height="${HEIGHT - TOP - BOTTOM}" class="${shaded ? 'band' : 'bare'}"/><text x="${f(x(from) + width / 2)}" y="${TOP - 3}" text-anchor="middle" class="tick">${escapeHtml(label)}</text>`;
}

function gridLine(at: number, label: string): string {
  return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${f(at)}" y2="${f(at)}" class="grid"/><text x="${LEFT - 6}" y="${f(at + 4)}" text-anchor="end" class="tick">${label}</text>`;
}

function minutesFrom(from: number, to: number, x: ToScreen): string[] {
  const step = Math.max(60_000, Math.ceil((to - from) / 60_000 / 10) * 60_000);
  const all: string[] = [];
  for (let t = from; t <= to; t += step)
    all.push(
      `<text x="${f(x(t))}" y="${HEIGHT - 8}" text-anchor="middle" class="tick">${Math.round((t - from) / 60_000)} min</text>`,
    );
  return all;
}

function f(value: number): string {
  return value.toFixed(1);
}
