/** The result of a comparison, as one self-contained HTML file. */
import { quantity } from '../input/index.ts';
import { type NoisyPlace, quantile, type RouteSummary, type Summary } from '../parity/tally/index.ts';
import type { Side } from '../sides/index.ts';
import { compared, routeRows, totalVerdicts } from './parity-rows.ts';
import { STYLE } from './style.ts';
import type { TodoItem } from './todo-item.ts';

export interface ParityEvidence {
  readonly title: string;
  readonly verdict: { readonly ok: boolean; readonly sentence: string };
  /** Names of the inputs, in the order in which positions number them. */
  readonly sources: readonly string[];
  readonly summary: Summary;
  /** By harm and traffic. */
  readonly todo: readonly TodoItem[];
  /** What varied in stable by itself, in the order of {@link noiseRows}. */
  readonly noise: readonly NoisyPlace[];
  /** Sentences that a reader must know, for example about expired rules. */
  readonly notes: readonly string[];
}

const MOST_NOISE = 200;
const MOST_PLACES = 100;

const CLASS_STYLE = { breaking: 'bad', undecided: 'warn', benign: 'unit', noise: 'unit' } as const;

export function parityHtml(evidence: ParityEvidence): string {
  const { title, verdict, summary, notes } = evidence;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}
.warn{color:#92400e}code{font:.85em ui-monospace,monospace;overflow-wrap:anywhere}.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}.wide{overflow-x:auto}pre{overflow-x:auto}dd{min-width:0;overflow-wrap:anywhere}
td details{max-width:36rem}@media (prefers-color-scheme:dark){.warn{color:#fbbf24}}
</style></head><body><main><h1>${escapeHtml(title)}</h1><p class="${verdict.ok ? 'ok' : 'bad'}"><b>${escapeHtml(verdict.sentence)}</b></p>
${notes.map((note) => `<p class="warn">${escapeHtml(note)}</p>`).join('')}${facts(evidence)}
<h2>What to do</h2>${todoList(evidence.todo, evidence.sources)}
<h2>Routes</h2>${routes(routeRows(summary))}${noisy(evidence.noise)}${gaps(evidence)}</main></body></html>\n`;
}

function facts({ sources, summary }: ParityEvidence): string {
  const total = totalVerdicts(summary);
  const rows: [string, string][] = [
    ['Inputs', sources.join(', ')],
    ['Captures compared', String(compared(total))],
    [
      'Verdicts',
      `${total.same} same, ${total.benign} benign, ${total.undecided} undecided, ${total.breaking} breaking`,
    ],
    ['Without an answer from stable', String(total.unmatched)],
  ];
  return `<dl>${rows.map(([k, v]) => `<dt>${k}</dt><dd>${escapeHtml(v)}</dd>`).join('')}</dl>`;
}

function todoList(items: readonly TodoItem[], sources: readonly string[]): string {
  if (items.length === 0) return '<p>None.</p>';
  const body = items.map((item) => {
    const { severity, known, cause, subject, title, captures, of, advice, samples, differences, places, routes } = item;
    const where = routes.length === 1 ? routes[0] : `${routes.length} routes`;
    const about = subject === '' ? '' : ` <code>${escapeHtml(subject)}</code>`;
    return `<tr><td>${escapeHtml(where ?? '')}</td><td class="${CLASS_STYLE[severity]}">${known ? 'known' : severity}</td><td><b>${cause}</b>${about}<br>${withCode(title)}</td><td class="n">${captures} of ${of}</td><td>${withCode(advice)}<details><summary>${samples.length} of ${quantity(captures, 'capture')}, ${quantity(differences, 'difference')}, ${quantity(places.length, 'place')}</summary>${samples.map((s) => sample(s, sources)).join('')}${commands(item)}${morePlaces(places)}</details></td></tr>`;
  });
  return table(
    'What to do',
    '<th>Where</th><th>Severity</th><th>Root cause</th><th>Captures</th><th>What to change</th>',
    body,
  );
}

function commands({ curl }: TodoItem): string {
  return curl === null
    ? ''
    : `<dl><dt>See both answers</dt><dd><pre><code>${escapeHtml(`${curl.stable}\n${curl.candidate}`)}</code></pre></dd></dl>`;
}

function morePlaces(places: TodoItem['places']): string {
  if (places.length < 2) return '';
  const shown = places
    .slice(0, MOST_PLACES)
    .map(({ route, place }) => `<li><code>${escapeHtml(`${route} ${place}`)}</code></li>`);
  const more = places.length > MOST_PLACES ? `<li>… and ${places.length - MOST_PLACES} more</li>` : '';
  return `<ul>${shown.join('')}${more}</ul>`;
}

function sample(s: TodoItem['samples'][number], sources: readonly string[]): string {
  const side = (text: string | null) => (text === null ? '<i>absent</i>' : `<code>${escapeHtml(text)}</code>`);
  return `<dl><dt>Request</dt><dd><code>${escapeHtml(s.requestId)}</code> <code>${escapeHtml(s.target)}</code> <span class="unit">${escapeHtml(`${sources[s.at.source] ?? ''}:${s.at.line}`)}</span></dd><dt>Location</dt><dd><code>${escapeHtml(s.place)}</code></dd><dt>Stable</dt><dd>${side(s.stable)}</dd><dt>Candidate</dt><dd>${side(s.candidate)}</dd></dl>`;
}

function routes(rows: readonly [string, RouteSummary][]): string {
  const body = rows.map(([name, { verdicts: v, newErrors, stableLatency, candidateLatency }]) => {
    const counts = [compared(v), v.same, v.benign, v.undecided, v.breaking, v.unmatched, newErrors];
    const latencies = [0.5, 0.95, 0.99].map((q) => `${ms(stableLatency, q)} → ${ms(candidateLatency, q)}`);
    return `<tr><td>${escapeHtml(name)}</td>${[...counts, ...latencies].map((n) => `<td class="n">${n}</td>`).join('')}</tr>`;
  });
  const heads = ['Captures', 'Same', 'Benign', 'Undecided', 'Breaking', 'No answer from stable', 'New errors'];
  const all = [...heads, 'p50 ms', 'p95 ms', 'p99 ms'].map((h) => `<th class="n">${h}</th>`).join('');
  return table('Routes', `<th>Route</th>${all}`, body);
}

function noisy(places: readonly NoisyPlace[]): string {
  if (places.length === 0) return '';
  const body = places
    .slice(0, MOST_NOISE)
    .map(({ route, place, records, both, onlyStable, onlyCandidate, suppressed, tooFew }) => {
      const counts = [records, both, onlyStable, onlyCandidate].map((n) => `<td class="n">${n}</td>`).join('');
      const what = suppressed
        ? '<td>suppressed</td>'
        : tooFew
          ? '<td class="warn">not suppressed: stable varied in too few control answers</td>'
          : '<td class="warn">not suppressed: the candidate differs more often, or something could not be compared</td>';
      return `<tr><td>${escapeHtml(route)}</td><td><code>${escapeHtml(place)}</code></td>${counts}${what}</tr>`;
    });
  const heads = ['Control answers', 'Both differ', 'Only stable', 'Only candidate']
    .map((h) => `<th class="n">${h}</th>`)
    .join('');
  const more = places.length > MOST_NOISE ? `<p>… and ${places.length - MOST_NOISE} more.</p>` : '';
  return `<h2>Noise: locations that vary on stable alone</h2><p>Measured with control answers: stable answers the same request twice.</p>${table('Noise', `<th>Route</th><th>Location</th>${heads}<th>Result</th>`, body)}${more}`;
}

/** On a narrow screen the table scrolls, and not the page; by the keyboard, too. */
function table(name: string, heads: string, rows: readonly string[]): string {
  return `<div class="wide" role="region" aria-label="${name}" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function ms(histogram: ReadonlyMap<number, number>, q: number): string {
  const value = quantile(Object.fromEntries(histogram), q);
  return value === null ? '–' : value.toPrecision(3);
}

function gaps({ sources, summary: { unreadable, unpaired, byOrder } }: ParityEvidence): string {
  const place = (at: { readonly source: number; readonly line: number }) => `${sources[at.source] ?? ''}:${at.line}`;
  const list = (title: string, count: number, items: readonly string[]) =>
    count === 0
      ? ''
      : `<h2>${escapeHtml(title)}: ${count}</h2><ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
  const lonely = (side: Side) =>
    list(
      `In the ${side} log only`,
      unpaired[side].count,
      unpaired[side].first.map((u) => `${place(u.at)} ${u.route} ${u.requestId}`),
    );
  return [
    list(
      'Lines that could not be parsed',
      unreadable.count,
      unreadable.first.map((u) => `${place(u.at)} ${u.reason}`),
    ),
    lonely('stable'),
    lonely('candidate'),
    byOrder === 0
      ? ''
      : `<p class="warn">${byOrder} captures had no request id and were matched by method, URL and order.</p>`,
  ].join('');
}

/** Text with code in backticks. */
function withCode(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
