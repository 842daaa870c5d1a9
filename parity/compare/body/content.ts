/** Two decoded contents, neither of them empty, by format. */

import { type BodyDifference, type Kind, kindOfMedia, within } from '../../model/index.ts';
import type { BodyRules } from '../../rules/index.ts';
import { compareBytes, sameBytes } from './bytes.ts';
import type { Content } from './decoded-content.ts';
import { compareForms } from './form.ts';
import { bodyDifference, compareJson, isJson, MAX_DIFFERENCES } from './json.ts';
import { compareMarkup } from './markup.ts';
import { compareMultipart } from './multipart.ts';
import { compareText } from './text.ts';

export interface ContentComparison {
  readonly differences: BodyDifference[];
  /** Both are JSON, and were compared as such. */
  readonly asJson: boolean;
}

/** Multipart within multipart within multipart is compared as bytes. */
const MAX_NESTING = 2;

/** `rules`: for the whole as JSON; they say nothing of parts, whose pointers are their own. */
export function compareContent(a: Content, b: Content, rules?: BodyRules, nesting = 0): ContentComparison {
  if (a.text !== null && b.text !== null ? a.text === b.text : sameBytes(a.bytes, b.bytes)) return other([]);
  const [x, y] = [kindOf(a), kindOf(b)];
  if (a.text !== null && b.text !== null && (x === 'json' || y === 'json')) {
    const differences = compareJson(a.text, b.text, rules);
    if (differences !== null) return { differences, asJson: true };
  }
  if ((x === 'json' && !holdsJson(a)) || (y === 'json' && !holdsJson(b)))
    return other([compareBytes(a.bytes, b.bytes, 'malformed-json')]);
  return other((x === y ? byKind(x, a, b, nesting) : null) ?? asTextOrBytes(x, y, a, b));
}

/** null where the format cannot be read. */
function byKind(kind: Kind, a: Content, b: Content, nesting: number): BodyDifference[] | null {
  if (kind === 'multipart') {
    const compare = (p: Content, q: Content) => compareContent(p, q, undefined, nesting + 1).differences;
    return nesting < MAX_NESTING ? compareMultipart(a, b, compare) : null;
  }
  if (a.text === null || b.text === null) return null;
  if (kind === 'markup') return compareMarkup(a.text, b.text, isXml(a) && isXml(b));
  if (kind === 'form') return compareForms(a.text, b.text);
  return kind === 'json-lines' ? compareLines(a.text, b.text) : null;
}

function asTextOrBytes(x: Kind, y: Kind, a: Content, b: Content): BodyDifference[] {
  if (x !== 'binary' && y !== 'binary' && a.text !== null && b.text !== null) return compareText(a.text, b.text);
  return [compareBytes(a.bytes, b.bytes)];
}

/** What the media type says, or, where it says only that it is text, what the text looks like: Go sniffs no JSON. */
function kindOf({ mediaType, text }: Content): Kind {
  const kind = kindOfMedia(mediaType.type);
  if (kind !== 'text' && kind !== 'unnamed') return kind;
  if (text !== null && /^\s*[[{]/.test(text) && isJson(text)) return 'json';
  return kind === 'unnamed' && (text === null || text.includes('\0')) ? 'binary' : 'text';
}

function isXml({ mediaType }: Content): boolean {
  return mediaType.type.endsWith('xml') && mediaType.type !== 'application/xhtml+xml';
}

function holdsJson({ text }: Content): boolean {
  return text !== null && isJson(text);
}

/** One JSON text a line. Pointer: `/<line from 0>` and on into it. */
function compareLines(a: string, b: string): BodyDifference[] | null {
  const [x, y] = [a.split('\n'), b.split('\n')];
  if (x.length !== y.length) return null;
  const found: BodyDifference[] = [];
  for (const [i, line] of x.entries()) {
    if (line === y[i] || found.length >= MAX_DIFFERENCES) continue;
    const differences = compareJson(line, y[i] ?? '');
    if (differences === null) return null;
    found.push(...within(`/${i}`, differences));
  }
  if (found.length < MAX_DIFFERENCES) return found;
  return [...found.slice(0, MAX_DIFFERENCES), bodyDifference('too-many-differences', '', null, null)];
}

const other = (differences: BodyDifference[]): ContentComparison => ({ differences, asJson: false });
