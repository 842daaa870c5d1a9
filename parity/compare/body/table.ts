/**
 * Compares two tables of separated values (RFC 4180), cell by cell, regardless of quoting. Pointer: `/line/<record from
 * 1>/<cell from 1>`; a missing record has no cell.
 */
import type { BodyDifference } from '../../model/index.ts';
import { bodyDifference, MAX_DIFFERENCES } from './json.ts';
import { lineEndings, pairLines } from './text.ts';

/** Call only if the tables differ. @param tabs whether the media type declares tabs as separators */
export function compareTables(stable: string, candidate: string, tabs: boolean): BodyDifference[] {
  const separator = tabs ? '\t' : separatorOf(stable, candidate);
  const [ours, theirs] = [readTable(stable, separator), readTable(candidate, separator)];
  const [a, b] = [ours.records, theirs.records];
  const [x, y] = [a, b].map((records) => records.map((cells) => JSON.stringify(cells)));
  const found: BodyDifference[] = [];
  const aligned = pairLines(x ?? [], y ?? []);
  if (aligned.reordered !== null) {
    const at = aligned.reordered;
    return [bodyDifference('line-order', `/line/${at + 1}`, textOf(a[at]), textOf(b[at]))];
  }
  for (const [i, j] of aligned.pairs) {
    if (found.length >= MAX_DIFFERENCES) return [...found, bodyDifference('too-many-differences', '', null, null)];
    const differing = compareRecords(i, i === null ? undefined : a[i], j, j === null ? undefined : b[j]);
    // A record may have more cells than one call may have arguments.
    for (const difference of differing) found.push(difference);
  }
  if (found.length > 0) return found;
  if (ours.isCut !== theirs.isCut)
    return [bodyDifference('text-value', `/line/${b.length}`, stable, candidate, CUT_ADVICE)];
  if (isMarkRead(stable, candidate))
    return [
      bodyDifference('text-value', '/line/1/1', textOf(a[0]?.slice(0, 1)), textOf(b[0]?.slice(0, 1)), MARK_ADVICE),
    ];
  const endings = lineEndings(stable, candidate);
  return endings.length > 0 ? endings : [bodyDifference('string-escape', '', stable, candidate)];
}

const CUT_ADVICE = 'One side ends within quotes, which strict readers refuse: close them.';

const MARK_ADVICE =
  'Send a byte order mark where stable does: spreadsheets take the charset from it, and simple readers take it for a part of the first name.';

/** Whether a byte order mark was added, or removed before text that spreadsheets misread without one. */
function isMarkRead(stable: string, candidate: string): boolean {
  const [before, after] = [stable, candidate].map((text) => text.startsWith('\uFEFF'));
  return before !== after && (after === true || /[^\p{ASCII}]/u.test(candidate));
}

/**
 * Spreadsheets of many countries use semicolons. A semicolon is the separator if the first line of both texts has one
 * and no comma.
 */
function separatorOf(...texts: readonly string[]): string {
  const heads = texts.map((text) => (text.split('\n', 1)[0] ?? '').replaceAll(/"[^"]*"/g, ''));
  const isIn = (separator: string) => heads.every((head) => head.includes(separator));
  return heads.some((head) => head.includes(',')) ? ',' : ([';', '\t', '|'].find(isIn) ?? ',');
}

type Cells = readonly string[];

function compareRecords(
  i: number | null,
  a: Cells | undefined,
  j: number | null,
  b: Cells | undefined,
): BodyDifference[] {
  const place = `/line/${(i ?? j ?? 0) + 1}`;
  if (a === undefined || b === undefined) return [bodyDifference('text-value', place, textOf(a), textOf(b))];
  if (a.length === 1 && b.length === 1)
    return a[0] === b[0] ? [] : [bodyDifference('text-value', place, a[0] ?? null, b[0] ?? null)];
  return Array.from({ length: Math.max(a.length, b.length) }).flatMap((_, cell) => {
    const [p = null, q = null] = [a[cell], b[cell]];
    return p === q ? [] : [bodyDifference('text-value', `${place}/${cell + 1}`, p, q)];
  });
}

const textOf = (cells: Cells | undefined) => cells?.join(',') ?? null;

interface Table {
  readonly records: readonly string[][];
  /** Whether the text ends within quotes. */
  readonly isCut: boolean;
}

/** A quotation that is never closed extends to the end, as in lenient readers. */
function readTable(text: string, separator: string): Table {
  const records: string[][] = [];
  let [record, cell, quoted]: [string[], string, boolean] = [[], '', false];
  let start = true;
  const endCell = () => {
    record.push(cell);
    [cell, start] = ['', true];
  };
  const endRecord = () => {
    endCell();
    records.push(record);
    record = [];
  };
  for (let i = text.startsWith('\uFEFF') ? 1 : 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[i++];
      else quoted = false;
    } else if (character === '"' && start) [quoted, start] = [true, false];
    else if (character === separator) endCell();
    else if (character === '\n' || (character === '\r' && text[i + 1] === '\n')) {
      if (character === '\r') i++;
      endRecord();
    } else {
      cell += character;
      start = false;
    }
  }
  if (cell !== '' || record.length > 0 || !start) endRecord();
  return { records, isCut: quoted };
}
