/** Small line charts as SVG text: no script, no font, no address, so that a report is one file. */

export interface Line {
  readonly label: string;
  readonly color: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Hold each value until the next, as weights do. */
  readonly step?: boolean;
}

export interface Mark {
  readonly x: number;
  readonly label: string;
  readonly color: string;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  /** Common x range, so that charts above each other line up. */
  readonly from: number;
  readonly to: number;
}

const WIDTH = 1000;
const HEIGHT = 190;
const LEFT = 56;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 26;

export function chartSvg(chart: Chart): string {
  const max = Math.max(1e-9, ...chart.lines.flatMap((l) => l.points.map((p) => p.y))) * 1.05;
  const x = (v: number) => LEFT + ((v - chart.from) / Math.max(1, chart.to - chart.from)) * (WIDTH - LEFT - RIGHT);
  const y = (v: number) => HEIGHT - BOTTOM - (v / max) * (HEIGHT - TOP - BOTTOM);
  const grid = [0, 0.5, 1].map((share) => gridLine(y((max / 1.05) * share), format((max / 1.05) * share)));
  const minutes = ticks(chart.from, chart.to).map(
    (t) =>
      `<text x="${f(x(t))}" y="${HEIGHT - 8}" text-anchor="middle" class="tick">${Math.round((t - chart.from) / 60_000)} min</text>`,
  );
  const lines = chart.lines.map((l) => `<path d="${path(l, x, y)}" fill="none" stroke="${l.color}" stroke-width="2"/>`);
  const marks = chart.marks.map(
    (m) =>
      `<line x1="${f(x(m.x))}" x2="${f(x(m.x))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="${m.color}" stroke-dasharray="4 3"><title>${escapeHtml(m.label)}</title></line>`,
  );
  const legend = [...chart.lines, ...chart.marks]
    .map((l) => `<span class="key"><i style="background:${l.color}"></i>${escapeHtml(l.label)}</span>`)
    .join('');
  return `<figure><figcaption><b>${escapeHtml(chart.title)}</b> <span class="unit">${escapeHtml(chart.unit)}</span> ${legend}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(chart.title)}">${[...grid, ...minutes, ...lines, ...marks].join('')}</svg></figure>`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function path({ points, step }: Line, x: (v: number) => number, y: (v: number) => number): string {
  return points
    .map((p, i) => {
      if (i === 0) return `M${f(x(p.x))} ${f(y(p.y))}`;
      return step === true ? `H${f(x(p.x))}V${f(y(p.y))}` : `L${f(x(p.x))} ${f(y(p.y))}`;
    })
    .join('');
}

function gridLine(at: number, label: string): string {
  return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${f(at)}" y2="${f(at)}" class="grid"/><text x="${LEFT - 6}" y="${f(at + 4)}" text-anchor="end" class="tick">${label}</text>`;
}

function ticks(from: number, to: number): number[] {
  const step = Math.max(60_000, Math.ceil((to - from) / 60_000 / 10) * 60_000);
  const all: number[] = [];
  for (let t = from; t <= to; t += step) all.push(t);
  return all;
}

function format(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

function f(value: number): string {
  return value.toFixed(1);
}
