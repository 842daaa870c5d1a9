/** A summary for a terminal of 80 to 120 columns: what happened, by route and cause, and an example of each. */
import { styleText } from 'node:util';
import { CATALOGUE, type Severity, standsAgainst } from '../../../parity/causes/index.ts';
import type { CauseSample, NoisyPlace, Summary, Unpaired } from '../../../parity/tally/index.ts';
import { type CauseRow, causeRows, compared, totalVerdicts } from '../../../report/index.ts';
import { plain, type Screen } from '../../shared/index.ts';

const NARROWEST = 80;
const WIDEST = 120;
/** Where nobody says how wide the page is. */
const DEFAULT_WIDTH = 100;
const MOST_ROWS = 40;
const MOST_DETAILS = 12;
const MOST_NOISE = 10;
const KEPT =
  'A location is not suppressed where the candidate differs more often than stable does, or where something could not be compared.';

const COLORS = { breaking: 'red', undecided: 'yellow', benign: 'dim', noise: 'dim' } as const satisfies Record<
  Severity,
  string
>;

export interface TextOptions {
  readonly width: number;
  /** Puts colour on text, or not. */
  readonly paint: (style: 'red' | 'yellow' | 'dim' | 'bold' | 'green', text: string) => string;
}

/** As wide as the terminal is; colours only for one, and not against NO_COLOR (https://no-color.org). */
export function textOptions({ columns, coloured }: Screen): TextOptions {
  const width = Math.min(WIDEST, Math.max(NARROWEST, columns ?? DEFAULT_WIDTH));
  return { width, paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text) };
}

export function summaryText(
  summary: Summary,
  noise: readonly NoisyPlace[],
  sources: readonly string[],
  options: TextOptions,
): string {
  const rows = causeRows(summary);
  return [
    headline(summary),
    ...table(rows, options),
    ...rows
      .filter(({ cause }) => standsAgainst(cause.class))
      .slice(0, MOST_DETAILS)
      .flatMap((row) => detail(row, sources, options)),
    ...noisy(noise, options),
    ...gaps(summary, sources, options),
  ].join('\n');
}

function headline(summary: Summary): string {
  const total = totalVerdicts(summary);
  const counts = `${total.same} same, ${total.benign} benign, ${total.undecided} undecided, ${total.breaking} breaking`;
  const unmatched = total.unmatched === 0 ? '' : `; ${total.unmatched} without an answer from stable`;
  return `${plural(compared(total), 'capture')} on ${plural(summary.routes.size, 'route')}: ${counts}${unmatched}`;
}

function table(rows: readonly CauseRow[], { width, paint }: TextOptions): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_ROWS);
  const pairs = (row: CauseRow) => `${row.cause.pairs.count} of ${row.of}`;
  const [class_, cause, count] = [
    'undecided'.length,
    Math.max('cause'.length, ...shown.map((row) => row.cause.cause.length)),
    Math.max('captures'.length, ...shown.map((row) => pairs(row).length)),
  ];
  const room = width - class_ - cause - count - 6;
  const route = Math.max('route'.length, ...shown.map((row) => Math.min(room, plain(row.route).length)));
  const line = (r: string, k: string, c: string, n: string) =>
    `${cut(plain(r), route).padEnd(route)}  ${k.padEnd(class_)}  ${c.padEnd(cause)}  ${n.padStart(count)}`;
  const more = rows.length - shown.length;
  return [
    '',
    paint('dim', line('route', 'severity', 'cause', 'captures')),
    ...shown.map((row) => {
      const text = line(row.route, row.cause.class, row.cause.cause, pairs(row));
      return paint(COLORS[row.cause.class], text);
    }),
    ...(more > 0 ? [`… and ${more} more rows; --json and --html show all of them`] : []),
  ];
}

function detail({ route, cause }: CauseRow, sources: readonly string[], { width, paint }: TextOptions): string[] {
  const advice = cause.pairs.first[0]?.advice ?? CATALOGUE[cause.cause].advice;
  const head = `${cause.cause} on ${plain(route)}`;
  return [
    '',
    paint('bold', cut(head, width)),
    ...wrap(plain(advice), width - 2).map((line) => `  ${line}`),
    ...cause.pairs.first.flatMap((sample) => example(sample, sources, width)),
  ];
}

function example(sample: CauseSample, sources: readonly string[], width: number): string[] {
  const { at, requestId, place, stable, candidate } = sample;
  const where = `  ${plain(requestId)} (${plain(sources[at.source] ?? '')}:${at.line}) ${plain(place)}`;
  const values = `${plain(stable ?? '(absent)')} → ${plain(candidate ?? '(absent)')}`;
  return [cut(where, width), `    ${cut(values, width - 4)}`];
}

function noisy(places: readonly NoisyPlace[], { width, paint }: TextOptions): string[] {
  if (places.length === 0) return [];
  const letOff = places.filter((place) => place.letOff).length;
  const more = places.length - MOST_NOISE;
  const kept = places.length - letOff;
  const counted = kept === 0 ? '' : `, ${kept} not`;
  return [
    '',
    paint('bold', `Noise, by the control answers: ${plural(letOff, 'location')} suppressed${counted}`),
    ...(kept === 0 ? [] : wrap(KEPT, width - 2).map((line) => `  ${line}`)),
    ...places.slice(0, MOST_NOISE).flatMap((place) => {
      const { route, both, onlyStable, onlyCandidate, records } = place;
      const text = `  ${place.letOff ? 'suppressed' : place.tooFew ? 'NOT suppressed (too few)' : 'NOT suppressed'}: ${plain(route)} ${plain(place.place)}`;
      const counts = `of ${plural(records, 'control answer')}, stable and the candidate both differ in ${both}, only stable in ${onlyStable}, only the candidate in ${onlyCandidate}`;
      return [
        place.letOff ? cut(text, width) : paint('yellow', cut(text, width)),
        ...wrap(counts, width - 4).map((line) => `    ${line}`),
      ];
    }),
    ...(more > 0 ? [`  … and ${more} more; --json shows all of them`] : []),
  ];
}

function gaps({ unreadable, unpaired, byOrder }: Summary, sources: readonly string[], { width, paint }: TextOptions) {
  const place = (at: Unpaired['at']) => `${plain(sources[at.source] ?? '')}:${at.line}`;
  const list = (count: number, head: string, items: readonly string[]) =>
    count === 0
      ? []
      : [
          '',
          paint('yellow', head),
          ...items.map((item) => cut(`  ${item}`, width)),
          ...(count > items.length ? [`  … and ${count - items.length} more`] : []),
        ];
  const lonely = (side: 'stable' | 'candidate') =>
    list(
      unpaired[side].count,
      `${plural(unpaired[side].count, 'answer')} in the ${side} log only:`,
      unpaired[side].first.map((u) => `${place(u.at)} ${plain(u.route)} ${plain(u.requestId)}`),
    );
  return [
    ...list(
      unreadable.count,
      `${plural(unreadable.count, 'line')} could not be parsed:`,
      unreadable.first.map((u) => `${place(u.at)} ${plain(u.reason)}`),
    ),
    ...lonely('stable'),
    ...lonely('candidate'),
    ...(byOrder === 0
      ? []
      : ['', `${plural(byOrder, 'capture')} without a request id, matched by method, URL and order.`]),
  ];
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
