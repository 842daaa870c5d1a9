/** Compares two texts line by line and reports every line that differs. Pointer: `/line/<number from 1>`. */

import type { MediaType } from '../../../http/index.ts';
import type { BodyDifference } from '../../model/index.ts';
import { shortestEditOf } from '../align/index.ts';
import { bodyDifference, MAX_DIFFERENCES } from './json.ts';

/** Call only if the texts differ. */
export function compareTexts({ type, parameters }: MediaType, stable: string, candidate: string): BodyDifference[] {
  if (FOLDED.has(type)) {
    const [a, b] = [unfolded(stable), unfolded(candidate)];
    return a === b ? [bodyDifference('line-ending', '', 'folded', 'folded otherwise')] : compareText(a, b);
  }
  if (type !== OPEN_METRICS && !parameters.get('version')?.startsWith('0.0.')) return compareText(stable, candidate);
  const [a, b] = [samplesOf(stable), samplesOf(candidate)];
  const isSame = a.toSorted().join('\n') === b.toSorted().join('\n');
  return isSame ? [bodyDifference('key-order', '', null, null)] : compareText(a.join('\n'), b.join('\n'));
}

/**
 * Long lines of calendars and contact cards continue on the next line, after a space (RFC 5545, 3.1; RFC 6350, 3.2).
 */
const FOLDED = new Set(['text/calendar', 'text/vcard', 'text/x-vcard', 'text/directory']);
const unfolded = (text: string) => text.replaceAll(/\r?\n[ \t]/g, '');

const OPEN_METRICS = 'application/openmetrics-text';

/** A sample of Prometheus: a name, labels, a value, and a time. Sticky, so that no place is tried twice. */
const NAME = /[\w:]+/y;
const LABEL = /[{, \t]*([\w:]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*")/y;
const VALUE = /[}, \t]*[ \t](\S+)(.*)$/y;

/** The lines of an exposition, with labels in the order of their names, and values as the numbers that they mean. */
const samplesOf = (text: string) => unified(text).split('\n').map(normalSample);

function normalSample(line: string): string {
  const name = at(NAME, line, 0);
  if (name === null) return line;
  let end = NAME.lastIndex;
  const labels: string[] = [];
  for (let label = at(LABEL, line, end); label !== null; label = at(LABEL, line, end)) {
    labels.push(`${label[1]}=${label[2]}`);
    end = LABEL.lastIndex;
  }
  const [, value = '', time = ''] = at(VALUE, line, end) ?? [];
  if (value === '') return line;
  const number = Number(value);
  return `${name[0]}{${labels.sort().join(',')}} ${Number.isNaN(number) ? value : number}${time.trimEnd()}`;
}

function at(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

function compareText(stable: string, candidate: string): BodyDifference[] {
  const [a, b] = [withoutLast(unified(stable)), withoutLast(unified(candidate))];
  return a === b ? lineEndings(stable, candidate) : differingLines(a.split('\n'), b.split('\n'));
}

/** Detects CRLF against LF, and a missing newline at the end. */
export function lineEndings(stable: string, candidate: string): BodyDifference[] {
  const [a, b] = [unified(stable), unified(candidate)];
  const found: BodyDifference[] = [];
  if ((a === stable) !== (b === candidate) || (a === b && stable !== candidate)) {
    found.push(bodyDifference('line-ending', '', endings(stable), endings(candidate)));
  }
  if (lastOf(a) !== lastOf(b)) found.push(bodyDifference('trailing-newline', '', lastOf(a), lastOf(b)));
  return found;
}

export interface LinePairs {
  /** Indices of the lines that differ; null if a side has no such line. */
  readonly pairs: readonly (readonly [number | null, number | null])[];
  /** The first line that differs, if both sides have the same lines in another order. */
  readonly reordered: number | null;
}

/**
 * Pairs the lines of two texts, so that an insertion is reported as one insertion and not as a change of everything
 * after it.
 */
export function pairLines(a: readonly string[], b: readonly string[]): LinePairs {
  if (a.length === b.length) {
    const pairs = a.flatMap((line, i): [number, number][] => (line === b[i] ? [] : [[i, i]]));
    const reordered = pairs.length > 1 && sameSorted(a, b) ? (pairs[0]?.[0] ?? null) : null;
    return { pairs, reordered };
  }
  const partner = shortestEditOf(a, b);
  if (partner === null) return { pairs: inTurn(0, a.length, 0, b.length), reordered: null };
  const pairs: [number | null, number | null][] = [];
  let [i, j] = [0, 0];
  for (let end = 0; end <= a.length; end++) {
    const at = end === a.length ? b.length : (partner[end] ?? -1);
    if (at < 0) continue;
    pairs.push(...inTurn(i, end, j, at));
    [i, j] = [end + 1, at + 1];
  }
  return { pairs, reordered: null };
}

/** Pairs the lines between two common lines, in order. */
function inTurn(i: number, iEnd: number, j: number, jEnd: number): [number | null, number | null][] {
  return Array.from({ length: Math.max(iEnd - i, jEnd - j) }, (_, n) => [
    i + n < iEnd ? i + n : null,
    j + n < jEnd ? j + n : null,
  ]);
}

function differingLines(a: readonly string[], b: readonly string[]): BodyDifference[] {
  const { pairs, reordered } = pairLines(a, b);
  if (reordered !== null) {
    return [bodyDifference('line-order', `/line/${reordered + 1}`, a[reordered] ?? null, b[reordered] ?? null)];
  }
  const found = pairs.slice(0, MAX_DIFFERENCES).map(([i, j]) => {
    const [x, y] = [i === null ? undefined : a[i], j === null ? undefined : b[j]];
    return bodyDifference('text-value', `/line/${(i ?? j ?? 0) + 1}`, around(x, y), around(y, x));
  });
  return pairs.length > MAX_DIFFERENCES ? [...found, bodyDifference('too-many-differences', '', null, null)] : found;
}

/** An excerpt of a long line, beginning shortly before the place where it differs from `other`. */
function around(line: string | undefined, other: string | undefined): string | null {
  if (line === undefined) return null;
  let i = 0;
  while (i < line.length && line[i] === other?.[i]) i++;
  return i < 60 ? line : `…${line.slice(i - 30)}`;
}

function sameSorted(a: readonly string[], b: readonly string[]): boolean {
  const [x, y] = [a.toSorted(), b.toSorted()];
  return x.every((line, i) => line === y[i]);
}

const unified = (text: string) => text.replaceAll('\r\n', '\n');
const withoutLast = (text: string) => (text.endsWith('\n') ? text.slice(0, -1) : text);
const lastOf = (text: string) => (text.endsWith('\n') ? 'newline' : 'none');
const endings = (text: string) => (text.includes('\r\n') ? 'CRLF' : 'LF');
