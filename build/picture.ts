/**
 * `node build/picture.ts EVIDENCE.json`: docs/rehearsal.svg, the picture of the README, from what `crossfade rehearse --json`
 * printed. Made by the report's own charts; readable on a light and a dark page.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Chart, chartSvg } from '../report/index.ts';

const WIDTH = 1000;
const CHART_HEIGHT = 190;
const TITLE_HEIGHT = 30;
/** Milliseconds before the fault from which on the run is shown, so that its end is not lost in its length. */
const SHOWN_BEFORE_FAULT_MS = 12 * 60_000;
const COLORS = { stable: '#3b82f6', candidate: '#f97316', failed: '#dc2626', back: '#0d9488' } as const;

const runSchema = z.looseObject({
  endedAt: z.number(),
  fault: z.looseObject({ text: z.string(), at: z.number() }).nullable(),
  weights: z.array(z.looseObject({ at: z.number(), shares: z.record(z.string(), z.number()) })),
  rates: z.array(
    z.looseObject({
      at: z.number(),
      sides: z.record(z.string(), z.looseObject({ ok: z.number(), failed: z.number() })),
    }),
  ),
  ledger: z.looseObject({ rollback: z.looseObject({ confirmedAt: z.iso.datetime().nullable() }).nullable() }),
});
type Run = z.infer<typeof runSchema>;

const run = z
  .array(runSchema)
  .parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
  .find(({ fault }) => fault !== null);
if (run === undefined) throw new Error('the evidence has no run with a fault');
writeFileSync(join(import.meta.dirname, '..', 'docs', 'rehearsal.svg'), pictureOf(run));

function pictureOf(run: Run): string {
  const charts = chartsOf(run);
  const height = charts.length * (CHART_HEIGHT + TITLE_HEIGHT);
  const body = charts.map((chart, i) => {
    const top = i * (CHART_HEIGHT + TITLE_HEIGHT);
    const inner = /<svg viewBox[^>]*>([\s\S]*)<\/svg><\/figure>/.exec(chartSvg(chart))?.[1] ?? '';
    return `<text x="56" y="${top + 20}" class="title">${chart.title}</text>${legendOf(chart, top)}<g transform="translate(0 ${top + TITLE_HEIGHT})">${inner}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="A rehearsal: the candidate gets 1 and then 10 percent of the traffic, a fault is injected, and all traffic returns to stable"><style>
svg{background:#fff}.grid{stroke:#e5e7eb}.tick,.key{font:12px system-ui,sans-serif;fill:#555}.title{font:600 15px system-ui,sans-serif;fill:#111}
@media (prefers-color-scheme:dark){svg{background:#0d1117}.grid{stroke:#30363d}.tick,.key{fill:#9da7b3}.title{fill:#f0f6fc}}
</style>${body.join('')}</svg>\n`;
}

function chartsOf({ endedAt, fault, weights, rates, ledger }: Run): Chart[] {
  const faultAt = fault?.at ?? 0;
  const from = faultAt - SHOWN_BEFORE_FAULT_MS;
  const confirmed = ledger.rollback?.confirmedAt ?? null;
  const marks = [
    { x: faultAt, label: `fault: 20 % of the candidate's responses fail`, color: COLORS.failed },
    ...(confirmed === null ? [] : [{ x: Date.parse(confirmed), label: 'weights restored', color: COLORS.back }]),
  ];
  const range = { from, to: endedAt, marks };
  const held = (role: string) => {
    const before = weights.findLast(({ at }) => at <= from);
    const shown = [
      ...(before === undefined ? [] : [{ ...before, at: from }]),
      ...weights.filter(({ at }) => at > from),
      ...weights.slice(-1).map((last) => ({ ...last, at: endedAt })),
    ];
    return shown.map(({ at, shares }) => ({ x: at, y: (shares[role] ?? 0) * 100 }));
  };
  const shown = rates.filter(({ at }) => at >= from);
  const answered = (side: string) =>
    shown.map(({ at, sides }) => ({ x: at, y: (sides[side]?.ok ?? 0) + (sides[side]?.failed ?? 0) }));
  const failed = shown.map(({ at, sides }) => ({
    x: at,
    y: Object.values(sides).reduce((sum, side) => sum + side.failed, 0),
  }));
  return [
    {
      title: 'Weights, %',
      unit: '',
      lines: (['stable', 'candidate'] as const).map((role) => ({
        label: role,
        color: COLORS[role],
        step: true,
        points: held(role),
      })),
      ...range,
    },
    {
      title: 'Responses per 15 s',
      unit: '',
      lines: [
        { label: 'stable', color: COLORS.stable, points: answered('stable') },
        { label: 'candidate', color: COLORS.candidate, points: answered('candidate') },
        { label: 'failed', color: COLORS.failed, points: failed },
      ],
      ...range,
    },
  ];
}

/** Beside the title; the marks are named in the first chart only. */
function legendOf({ lines, marks }: Chart, top: number): string {
  const keys = [
    ...lines.map(({ label, color }) => ({ label, color, dashed: false })),
    ...(top === 0 ? marks.map(({ label, color }) => ({ label, color, dashed: true })) : []),
  ];
  let x = 220;
  return keys
    .map(({ label, color, dashed }) => {
      const at = x;
      x += 40 + label.length * 7;
      return `<line x1="${at}" x2="${at + 20}" y1="${top + 16}" y2="${top + 16}" stroke="${color}" stroke-width="3"${dashed ? ' stroke-dasharray="4 3"' : ''}/><text x="${at + 26}" y="${top + 20}" class="key">${label}</text>`;
    })
    .join('');
}
