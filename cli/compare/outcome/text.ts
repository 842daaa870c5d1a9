/**
 * A summary for a terminal of 80 to 120 columns: what to do, by root cause, with examples and the commands that
 * reproduce them.
 */
import { styleText } from 'node:util';
import { quantity, shortened } from '../../../input/index.ts';
import { type Severity, standsAgainst } from '../../../parity/causes/index.ts';
import type { NoisyPlace, Summary, Unpaired } from '../../../parity/tally/index.ts';
import { compared, type TodoItem, totalVerdicts } from '../../../report/index.ts';
import type { Side } from '../../../sides/index.ts';
import { plain, type Screen } from '../../shared/index.ts';
import { morePlaces } from './todo.ts';

const NARROWEST = 80;
const WIDEST = 120;
/** Used if the width of the terminal is unknown. */
const DEFAULT_WIDTH = 100;
const MOST_ROWS = 40;
/** Maximum width of a cause with its subject. */
const MOST_CAUSE = 44;
const MOST_DETAILS = 12;
const MOST_NOISE = 10;
const KEPT =
  'A location is suppressed only if stable varied there in at least five captures, the candidate differs no more often than stable does, and all of it could be compared.';

const COLORS = { breaking: 'red', undecided: 'yellow', benign: 'dim', noise: 'dim' } as const satisfies Record<
  Severity,
  string
>;

export interface TextOptions {
  readonly width: number;
  /** Applies colour to text, or not. */
  readonly paint: (style: 'red' | 'yellow' | 'dim' | 'bold' | 'green', text: string) => string;
}

/** As wide as the terminal; colours only on a terminal, and not with NO_COLOR (https://no-color.org). */
export function textOptions({ columns, coloured }: Screen): TextOptions {
  const width = Math.min(WIDEST, Math.max(NARROWEST, columns ?? DEFAULT_WIDTH));
  return { width, paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text) };
}

export function summaryText(
  summary: Summary,
  todo: readonly TodoItem[],
  noise: readonly NoisyPlace[],
  sources: readonly string[],
  options: TextOptions,
): string {
  return [
    headline(summary),
    // Suppressed differences need no action, and have a section of their own.
    ...table(
      todo.filter(({ severity }) => severity !== 'noise'),
      options,
    ),
    ...todo
      .filter(({ severity }) => standsAgainst(severity))
      .slice(0, MOST_DETAILS)
      .flatMap((item) => detail(item, sources, options)),
    ...noisy(noise, options),
    ...gaps(summary, sources, options),
  ].join('\n');
}

function headline(summary: Summary): string {
  const total = totalVerdicts(summary);
  const counts = `${total.same} same, ${total.benign} benign, ${total.undecided} undecided, ${total.breaking} breaking`;
  const unmatched = total.unmatched === 0 ? '' : `; ${total.unmatched} without an answer from stable`;
  return `${quantity(compared(total), 'capture')} on ${quantity(summary.routes.size, 'route')}: ${counts}${unmatched}`;
}

/** One row for each root cause, with its route if there is only one, or the number of routes. */
function table(todo: readonly TodoItem[], { width, paint }: TextOptions): string[] {
  if (todo.length === 0) return [];
  const shown = todo.slice(0, MOST_ROWS);
  const captures = ({ captures: count, of }: TodoItem) => `${count} of ${of}`;
  const about = ({ cause, subject }: TodoItem) => `${cause}${subject === '' ? '' : ` (${plain(subject)})`}`;
  const [class_, cause, count] = [
    'undecided'.length,
    Math.min(MOST_CAUSE, Math.max('cause'.length, ...shown.map((item) => about(item).length))),
    Math.max('captures'.length, ...shown.map((item) => captures(item).length)),
  ];
  const room = width - class_ - cause - count - 6;
  const where = Math.max('where'.length, ...shown.map((item) => Math.min(room, plain(whereOf(item)).length)));
  const line = (r: string, k: string, c: string, n: string) =>
    `${shortened(plain(r), where).padEnd(where)}  ${k.padEnd(class_)}  ${shortened(c, cause).padEnd(cause)}  ${n.padStart(count)}`;
  const more = todo.length - shown.length;
  return [
    '',
    paint('dim', line('where', 'severity', 'cause', 'captures')),
    ...shown.map((item) =>
      paint(
        COLORS[item.severity],
        line(whereOf(item), item.known ? 'known' : item.severity, about(item), captures(item)),
      ),
    ),
    ...(more > 0 ? [`… and ${more} more rows; --json and --html show all of them`] : []),
  ];
}

function whereOf({ routes, places }: TodoItem): string {
  const [only] = routes;
  return routes.length === 1 && only !== undefined
    ? only
    : `${quantity(routes.length, 'route')}, ${quantity(places.length, 'place')}`;
}

/**
 * What to change, the first examples, the number of places that they do not show, and the commands that show both
 * answers.
 */
function detail(item: TodoItem, sources: readonly string[], { width, paint }: TextOptions): string[] {
  const { cause, subject, advice, samples, further, routes, curl } = item;
  const about = `${cause}${subject === '' ? '' : ` (${plain(subject)})`}`;
  const [another] = further;
  const more = `${morePlaces(further.length)}${further.length === 1 ? ':' : ', such as'}`;
  return [
    '',
    paint('bold', shortened(`${about} on ${plain(whereOf(item))}`, width)),
    ...wrap(plain(advice), width - 2).map((line) => `  ${line}`),
    ...samples.flatMap((sample) => example(sample, routes.length > 1, sources, width)),
    ...(another !== undefined ? [shortened(`  and ${more} ${plain(`${another.route} ${another.place}`)}`, width)] : []),
    ...(curl === null ? [] : [...command(curl.stable), ...command(curl.candidate)]),
  ];
}

function command(text: string): string[] {
  return text.split('\n').map((line) => `    ${plain(line)}`);
}

function example(
  sample: TodoItem['samples'][number],
  routed: boolean,
  sources: readonly string[],
  width: number,
): string[] {
  const { at, requestId, place, stable, candidate, route } = sample;
  const location = routed ? `${plain(route)} ${plain(place)}` : plain(place);
  const where = `  ${plain(requestId)} (${plain(sources[at.source] ?? '')}:${at.line}) ${location}`;
  const values = bothValues(plain(stable ?? '(absent)'), plain(candidate ?? '(absent)'), width - 4);
  return [shortened(where, width), `    ${values}`];
}

/** How many characters are shown before the first difference, if the beginning is omitted. */
const BEFORE = 8;

/** Excerpts of both sides that include the difference. */
function bothValues(stable: string, candidate: string, width: number): string {
  const arrow = ' → ';
  if (stable.length + arrow.length + candidate.length <= width) return `${stable}${arrow}${candidate}`;
  const half = Math.floor((width - arrow.length) / 2);
  const besides = (other: string) => Math.max(half, width - arrow.length - other.length);
  const differs = [...stable].findIndex((character, i) => character !== candidate[i]);
  const from = (differs < 0 ? stable.length : differs) - BEFORE;
  const shown = (own: string, other: string) =>
    shortened(from > 1 && from + BEFORE > half - 1 ? `…${own.slice(from)}` : own, besides(other));
  return `${shown(stable, candidate)}${arrow}${shown(candidate, stable)}`;
}

function noisy(places: readonly NoisyPlace[], { width, paint }: TextOptions): string[] {
  if (places.length === 0) return [];
  const suppressed = places.filter((place) => place.suppressed).length;
  const more = places.length - MOST_NOISE;
  const kept = places.length - suppressed;
  const counted = kept === 0 ? '' : `, ${kept} not`;
  return [
    '',
    paint('bold', `Noise, by the control answers: ${quantity(suppressed, 'location')} suppressed${counted}`),
    ...(kept === 0 ? [] : wrap(KEPT, width - 2).map((line) => `  ${line}`)),
    ...places.slice(0, MOST_NOISE).flatMap((place) => {
      const { route, both, onlyStable, onlyCandidate, records } = place;
      const text = `  ${place.suppressed ? 'suppressed' : place.tooFew ? 'NOT suppressed (too few)' : 'NOT suppressed'}: ${plain(route)} ${plain(place.place)}`;
      const counts = `of ${quantity(records, 'control answer')}, stable and the candidate both differ in ${both}, only stable in ${onlyStable}, only the candidate in ${onlyCandidate}`;
      return [
        place.suppressed ? shortened(text, width) : paint('yellow', shortened(text, width)),
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
          ...items.map((item) => shortened(`  ${item}`, width)),
          ...(count > items.length ? [`  … and ${count - items.length} more`] : []),
        ];
  const lonely = (side: Side) =>
    list(
      unpaired[side].count,
      `${quantity(unpaired[side].count, 'answer')} in the ${side} log only:`,
      unpaired[side].first.map((u) => `${place(u.at)} ${plain(u.route)} ${plain(u.requestId)}`),
    );
  return [
    ...list(
      unreadable.count,
      `${quantity(unreadable.count, 'line')} could not be parsed:`,
      unreadable.first.map((u) => `${place(u.at)} ${plain(u.reason)}`),
    ),
    ...lonely('stable'),
    ...lonely('candidate'),
    ...(byOrder === 0
      ? []
      : ['', `${quantity(byOrder, 'capture')} without a request id, matched by method, URL and order.`]),
  ];
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
