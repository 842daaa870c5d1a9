/** Secrets in tables of comma- or tab-separated values (RFC 4180): the columns that the first line names. */
import { folded, type SecretNames } from './secret-names.ts';
import { isRandom } from './secret-values.ts';
import type { Span } from './span.ts';

const SEPARATORS: Readonly<Record<string, string>> = {
  'text/csv': ',',
  'application/csv': ',',
  'text/comma-separated-values': ',',
  'text/tab-separated-values': '\t',
};

export function secretColumns(text: string, type: string, names: SecretNames): Span[] {
  const separator = Object.hasOwn(SEPARATORS, type) ? SEPARATORS[type] : undefined;
  if (separator === undefined) return [];
  const spans: Span[] = [];
  const columns: string[] = [];
  let [line, column] = [0, 0];
  for (const { start, end, next, ends } of cells(text, separator)) {
    const said = text.slice(start, end);
    if (line === 0) columns.push(said);
    else {
      const name = columns[column] ?? '';
      const secrecy = names.of(name);
      if (secrecy === 'secret' || (secrecy === 'random' && isRandom(said))) {
        spans.push({ start, end, place: folded(name) });
      }
    }
    column = ends ? 0 : column + 1;
    if (ends) line++;
    if (next >= text.length) break;
  }
  return spans;
}

interface Cell {
  /** Without its quotes. */
  readonly start: number;
  readonly end: number;
  readonly next: number;
  /** The last of its line. */
  readonly ends: boolean;
}

function* cells(text: string, separator: string): Generator<Cell> {
  for (let at = 0; at <= text.length; ) {
    const quoted = text[at] === '"';
    let end = at + (quoted ? 1 : 0);
    if (quoted) {
      while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
    } else while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
    let next = end + (quoted ? 1 : 0);
    if (text[next] === '\r') next++;
    const ends = text[next] !== separator;
    next = Math.max(next + 1, at + 1);
    yield { start: at + (quoted ? 1 : 0), end: Math.min(end, text.length), next, ends };
    at = next;
  }
}
