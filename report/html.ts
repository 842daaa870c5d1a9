/** The report: one self-contained HTML file for one or more runs. */
import { fromIso } from '../core/model/index.ts';
import { chartSvg, escapeHtml, type Line, type Mark } from './chart.ts';
import type { RunEvidence } from './evidence.ts';
import { evidenceCharts } from './evidence-path.ts';
import { STYLE } from './style.ts';

const COLORS = {
  stable: '#2563eb',
  candidate: '#16a34a',
  mirrorForward: '#a855f7',
  mirrorReverse: '#d97706',
  failed: '#dc2626',
  fault: '#dc2626',
  back: '#0f766e',
} as const;

export function reportHtml(runs: readonly RunEvidence[]): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Crossfade rehearsal</title><style>${STYLE}</style></head><body><h1>Crossfade rehearsal</h1>${runs.map(section).join('')}</body></html>\n`;
}

function section(run: RunEvidence): string {
  return `<section><h2>${escapeHtml(run.title)}</h2><p class="${run.verdict.ok ? 'ok' : 'bad'}"><b>${escapeHtml(run.verdict.sentence)}</b></p>
${facts(run)}${charts(run)}${decisions(run)}</section>`;
}

function facts(run: RunEvidence): string {
  const failed =
    Object.entries(run.requests.failed)
      .map(([side, n]) => `${n} ${side}`)
      .join(', ') || 'none';
  const rows: [string, string][] = [
    [
      'Client requests',
      `${run.requests.sent} sent, failed: ${failed}; failed after traffic was confirmed back on stable: ${run.requests.failedAfterReturn}`,
    ],
    ['Candidate', run.candidate],
    ['Time', `${seconds((run.endedAt - run.startedAt) / 1000)} of simulated time; the rehearsal ran at ${run.speed}x`],
  ];
  if (run.fault !== null) rows.push(['Fault', run.fault.text]);
  if (run.back !== null) {
    rows.push([
      'After the fault',
      `rollback triggered after ${seconds(run.back.toRequest)}, weights restored after ${seconds(run.back.toWeights)}, traffic confirmed back on stable after ${seconds(run.back.toVerified)}`,
    ]);
  }
  if (run.ledger?.rollback != null)
    rows.push([
      'Rolled back by',
      `${run.ledger.rollback.trigger} (${run.ledger.rollback.by}): ${run.ledger.rollback.reason}`,
    ]);
  return `<dl>${rows.map(([k, v]) => `<dt>${escapeHtml(k)}</dt><dd>${escapeHtml(v)}</dd>`).join('')}</dl>`;
}

function charts(run: RunEvidence): string {
  const range = { from: run.startedAt, to: run.endedAt, marks: marksOf(run) };
  const weights: Line[] = (['stable', 'candidate', 'mirrorForward', 'mirrorReverse'] as const).map((role) => ({
    label: role,
    color: COLORS[role],
    step: true,
    points: run.weights.map((w) => ({ x: w.at, y: (w.shares[role] ?? 0) * 100 })),
  }));
  const last = run.weights.at(-1);
  if (last !== undefined)
    for (const [i, line] of weights.entries())
      weights[i] = { ...line, points: [...line.points, { x: run.endedAt, y: (last.shares[line.label] ?? 0) * 100 }] };
  const perSide = (pick: (s: RunEvidence['rates'][number]['sides'][string]) => number): Line[] =>
    (['stable', 'candidate'] as const).map((side) => ({
      label: side,
      color: COLORS[side],
      points: run.rates.map((r) => ({ x: r.at, y: r.sides[side] === undefined ? 0 : pick(r.sides[side]) })),
    }));
  const failed: Line = {
    label: 'failed',
    color: COLORS.failed,
    points: run.rates.map((r) => ({ x: r.at, y: Object.values(r.sides).reduce((sum, s) => sum + s.failed, 0) })),
  };
  return [
    chartSvg({ title: 'Weights of the mirrored rule', unit: '%', lines: weights, ...range }),
    chartSvg({
      title: `Responses per ${intervalOf(run)} s`,
      unit: 'by the side that answered',
      lines: [...perSide((s) => s.ok + s.failed), failed],
      ...range,
    }),
    chartSvg({ title: 'p95 latency seen by clients', unit: 'ms', lines: perSide((s) => s.p95), ...range }),
    ...evidenceCharts(run.log, range).map(chartSvg),
  ].join('');
}

/** Seconds (simulated) that a point of the response chart stands for. */
function intervalOf({ rates }: RunEvidence): number {
  const [first, last] = [rates[0], rates.at(-1)];
  if (first === undefined || last === undefined || rates.length < 2) return 0;
  return Math.round((last.at - first.at) / 1000 / (rates.length - 1));
}

function marksOf(run: RunEvidence): Mark[] {
  const marks: Mark[] = [];
  if (run.fault?.at != null) marks.push({ x: run.fault.at, label: `fault ${run.fault.text}`, color: COLORS.fault });
  const rollback = run.ledger?.rollback;
  if (rollback?.confirmedAt != null)
    marks.push({ x: fromIso(rollback.confirmedAt), label: 'weights restored', color: COLORS.back });
  return marks;
}

function decisions(run: RunEvidence): string {
  const rows = [
    ...run.log.map((e) => ({
      at: fromIso(e.at),
      kind: e.kind,
      where: e.phase === 'stage' ? `stage ${e.stage + 1}` : e.phase,
      by: e.by,
      text: e.message,
    })),
    ...run.alarms.map((a) => ({ at: a.at, kind: `alarm ${a.to}`, where: '', by: a.name, text: a.reason })),
  ].sort((a, b) => a.at - b.at);
  const body = rows
    .map(
      (r) =>
        `<tr><td>${clock(r.at - run.startedAt)}</td><td>${escapeHtml(r.kind)}</td><td>${escapeHtml(r.where)}</td><td>${escapeHtml(r.by)}</td><td>${escapeHtml(r.text)}</td></tr>`,
    )
    .join('');
  return `<details open><summary>${rows.length} decisions and alarms</summary><div class="scroll"><table><thead><tr><th>Time</th><th>Kind</th><th>Phase</th><th>By</th><th>Decision and reason</th></tr></thead><tbody>${body}</tbody></table></div></details>`;
}

/** `h:mm:ss` of a duration in milliseconds. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(total / 3600)}:${String(Math.floor((total % 3600) / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`;
}

function seconds(value: number): string {
  return value >= 120 ? `${(value / 60).toFixed(1)} min` : `${value.toFixed(1)} s`;
}
