/** Two texts, line by line: the first line that differs is named. Pointer: `/line/<number from 1>`. */

import type { BodyDifference } from '../../model/index.ts';
import { bodyDifference } from './json.ts';

/** Both are known to differ. */
export function compareText(stable: string, candidate: string): BodyDifference[] {
  const [a, b] = [stable.replaceAll('\r\n', '\n'), candidate.replaceAll('\r\n', '\n')];
  const [x, y] = [withoutLast(a), withoutLast(b)];
  if (x !== y) return [firstLine(x.split('\n'), y.split('\n'))];
  const found: BodyDifference[] = [];
  if ((a === stable) !== (b === candidate) || a === b) {
    found.push(bodyDifference('line-ending', '', endings(stable), endings(candidate)));
  }
  if (a !== b) found.push(bodyDifference('trailing-newline', '', lastOf(a), lastOf(b)));
  return found;
}

function firstLine(a: readonly string[], b: readonly string[]): BodyDifference {
  if (a.length === b.length && sameSorted(a, b)) {
    const at = a.findIndex((line, i) => line !== b[i]);
    return bodyDifference('line-order', `/line/${at + 1}`, a[at] ?? null, b[at] ?? null);
  }
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return bodyDifference('text-value', `/line/${i + 1}`, around(a[i], b[i]), around(b[i], a[i]));
}

/** A long line, from shortly before the place where it differs from `other`. */
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

const withoutLast = (text: string) => (text.endsWith('\n') ? text.slice(0, -1) : text);
const lastOf = (text: string) => (text.endsWith('\n') ? 'newline' : 'none');
const endings = (text: string) => (text.includes('\r\n') ? 'CRLF' : 'LF');
