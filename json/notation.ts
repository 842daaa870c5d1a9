/** Different notations of the same JSON value. They are benign, so one note per body and cause suffices. */
import { canonicalNumber } from './decimal.ts';
import type { JsonDoc, Node } from './document.ts';
import { unitOf } from './tokenizer.ts';

/** How two notations of a value differ. */
export type Notation =
  | 'key-order'
  | 'negative-zero'
  | 'number-format'
  | 'number-exponent'
  | 'html-escape'
  | 'string-escape'
  | 'trailing-newline'
  | 'white-space';

export interface WritingNote {
  readonly cause: Notation;
  /** Where it was first seen in the stable document, and in the candidate's. */
  readonly a: Node;
  readonly b: Node;
}

/** The first note of each kind, in the order in which they were found. */
export class WritingNotes {
  readonly list: WritingNote[] = [];
  /** How often a note was added or was already present. */
  asked = 0;

  add(cause: Notation, a: Node, b: Node): void {
    this.asked++;
    for (const note of this.list) if (note.cause === cause) return;
    this.list.push({ cause, a, b });
  }
}

/** How two tokens of the same number differ; null if they are different numbers. */
export function numberWriting(a: string, b: string): Notation | null {
  // A shortcut for two different tokens that consist of digits only, as most different numbers do.
  if (isCanonicalInteger(a) && isCanonicalInteger(b)) return a === b ? 'number-format' : null;
  const canonical = canonicalNumber(a);
  if (canonical !== canonicalNumber(b)) return null;
  return canonical === '0' && a.startsWith('-') !== b.startsWith('-')
    ? 'negative-zero'
    : (isPlainInteger(a) && isExponential(b)) || (isPlainInteger(b) && isExponential(a))
      ? 'number-exponent'
      : 'number-format';
}

/**
 * Whether the token consists of digits as JSON writes them, with zero unsigned, so that any other such text is another
 * number.
 */
function isCanonicalInteger(token: string): boolean {
  for (let i = 0; i < token.length; i++) {
    const c = token.charCodeAt(i);
    if (c < 48 || c > 57) return false;
  }
  return true;
}

const isPlainInteger = (token: string) => /^-?\d+$/.test(token);
/** Typed readers reject these for an integer. */
const isExponential = (token: string) => /[eE]/.test(token);

/** How two tokens of the same string differ, in one pass over both; null if they are different strings. */
export function stringWriting(
  a: string,
  start: number,
  end: number,
  b: string,
  otherStart: number,
  otherEnd: number,
): Notation | null {
  let cause: Notation = 'html-escape';
  let [i, j] = [start, otherStart];
  while (i < end && j < otherEnd) {
    const c = a.charCodeAt(i);
    const d = b.charCodeAt(j);
    if (c === d && c !== BACKSLASH) {
      i++;
      j++;
      continue;
    }
    if (c !== BACKSLASH && d !== BACKSLASH) return null;
    const unit = unitAt(a, i);
    if (unit !== unitAt(b, j)) return null;
    const nextI = afterUnit(a, i);
    const nextJ = afterUnit(b, j);
    if (!isOfHtml(unit) && a.slice(i, nextI) !== b.slice(j, nextJ)) cause = 'string-escape';
    i = nextI;
    j = nextJ;
  }
  return i === end && j === otherEnd ? cause : null;
}

const BACKSLASH = 92;
/** The characters that encoding/json escapes by default and JSON.stringify does not: <, >, &, U+2028, U+2029. */
const isOfHtml = (unit: number) =>
  unit === 0x3c || unit === 0x3e || unit === 0x26 || unit === 0x2028 || unit === 0x2029;
const SMALL_U = 117;
/** By the letter after the backslash: b, f, n, r, t. */
const SHORT: Readonly<Record<number, number>> = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 };

function afterUnit(text: string, at: number): number {
  if (text.charCodeAt(at) !== BACKSLASH) return at + 1;
  return text.charCodeAt(at + 1) === SMALL_U ? at + 6 : at + 2;
}

/** The UTF-16 unit at a position in a valid string token. */
function unitAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== BACKSLASH) return text.charCodeAt(at);
  const letter = text.charCodeAt(at + 1);
  return letter === SMALL_U ? unitOf(text, at + 2) : (SHORT[letter] ?? letter);
}

/** Where the root of a text ends, and the amount of white space before that. */
export type Spacing = Pick<JsonDoc, 'text' | 'end' | 'spaces'>;

/** White space outside the values: a newline at the very end, and anything else. */
export function spaceWriting(a: Spacing, b: Spacing): Notation[] {
  const [tailA, tailB] = [a.text.slice(a.end), b.text.slice(b.end)];
  const causes: Notation[] = [];
  if ((tailA === '\n' && tailB === '') || (tailA === '' && tailB === '\n')) causes.push('trailing-newline');
  else if (tailA !== tailB) causes.push('white-space');
  return a.spaces === b.spaces || causes.includes('white-space') ? causes : [...causes, 'white-space'];
}
