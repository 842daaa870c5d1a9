/** Compares two decoded, non-empty contents by format. */

import { isJson } from '../../../json/index.ts';
import { standsAgainst } from '../../causes/index.ts';
import { type BodyDifference, type Kind, kindOfMedia } from '../../model/index.ts';
import type { BodyRules } from '../../rules/index.ts';
import { jsonOfYaml, type YamlVersion } from '../yaml/index.ts';
import { compareBytes, sameBytes } from './bytes.ts';
import type { Content } from './decoded-content.ts';
import { compareForms } from './form.ts';
import { bodyDifference, compareJson } from './json.ts';
import {
  areOfOneSequence,
  arrayOfLines,
  arraysOfEvents,
  callOf,
  guarded,
  wholesOf,
  withoutGuard,
} from './json-sequence.ts';
import { compareMarkup } from './markup.ts';
import { compareMessages } from './message.ts';
import { compareMultipart } from './multipart.ts';
import { compareTables } from './table.ts';
import { compareTexts } from './text.ts';

export interface ContentComparison {
  readonly differences: BodyDifference[];
  /** Whether both were compared as JSON or XML, which programs parse even in an error. */
  readonly asData: boolean;
}

/** Multipart nested more deeply is compared as bytes. */
const MAX_NESTING = 2;

/** @param rules for the whole body as JSON; they do not apply to parts, which have pointers of their own */
export function compareContent(a: Content, b: Content, rules?: BodyRules, nesting = 0): ContentComparison {
  if (a.text !== null && b.text !== null ? a.text === b.text : sameBytes(a.bytes, b.bytes)) return other([]);
  const [x, y] = [kindOf(a), kindOf(b)];
  if (a.text !== null && b.text !== null && (x === 'json' || y === 'json')) {
    const differences = compareJson(...withoutGuard(a.text, b.text), rules) ?? compareLines(a.text, b.text, rules);
    if (differences !== null) return { differences, asData: true };
  }
  if ((x === 'json' && !holdsJson(a)) || (y === 'json' && !holdsJson(b)))
    return other([compareBytes(a.bytes, b.bytes, holdsNaN(a) || holdsNaN(b) ? 'not-a-number' : 'malformed-json')]);
  // Any JSON is also YAML.
  const kind = x !== y && isYaml(a) && isYaml(b) ? 'yaml' : x === y ? x : null;
  const differences = kind === null ? null : byKind(kind, a, b, nesting, rules);
  if (differences === null) return other(asTextOrBytes(x, y, a, b).map((difference) => saying(kind, difference)));
  return { differences, asData: kind === 'markup' && isXml(a) && isXml(b) };
}

const isYaml = ({ mediaType }: Content) => kindOfMedia(mediaType.type) === 'yaml';

/** The format as which a body of each kind is read, if possible. */
const READ_AS: Partial<Record<Kind, string>> = {
  'json-lines': 'lines of JSON',
  events: 'events',
  markup: 'a document',
  message: 'a message',
  multipart: 'parts',
  yaml: 'YAML',
};

/** Adds a note to the difference if the bodies were compared with less than their own format. */
function saying(kind: Kind | null, difference: BodyDifference): BodyDifference {
  const format = kind === null ? undefined : READ_AS[kind];
  if (format === undefined) return difference;
  const way = difference.cause === 'body-bytes' ? 'byte by byte' : 'line by line';
  return {
    ...difference,
    advice: `${difference.advice} Compared ${way}, for one side cannot be read as ${format}: it is malformed, or beyond the limits.`,
  };
}

/** Returns null if the content is not in the format. */
function byKind(kind: Kind, a: Content, b: Content, nesting: number, rules?: BodyRules): BodyDifference[] | null {
  if (kind === 'multipart') {
    const compare = (p: Content, q: Content) => compareContent(p, q, undefined, nesting + 1).differences;
    return nesting < MAX_NESTING ? compareMultipart(a, b, compare) : null;
  }
  if (kind === 'message') return compareMessages(a, b);
  if (a.text === null || b.text === null) return null;
  if (kind === 'markup') return compareMarkup(a.text, b.text, isXml(a) && isXml(b));
  if (kind === 'form') return compareForms(a.text, b.text);
  if (kind === 'events') return asArrays(...arraysOfEvents(a.text, b.text), rules);
  if (kind === 'yaml') return compareYaml(a.text, b.text, rules);
  if (kind === 'table') return compareTables(a.text, b.text, a.mediaType.type.startsWith('text/tab'));
  return kind === 'json-lines' ? compareLines(a.text, b.text, rules) : null;
}

function asTextOrBytes(x: Kind, y: Kind, a: Content, b: Content): BodyDifference[] {
  const called = isScript(a) && isScript(b) ? compareCalls(a.text ?? '', b.text ?? '') : null;
  if (called !== null) return called;
  if (isText(x) && isText(y) && a.text !== null && b.text !== null) return compareTexts(a.mediaType, a.text, b.text);
  return [compareBytes(a.bytes, b.bytes)];
}

const isScript = ({ mediaType }: Content) => /[/-](?:java|ecma)script$/.test(mediaType.type);

function compareCalls(stable: string, candidate: string): BodyDifference[] | null {
  const [a, b] = [callOf(stable), callOf(candidate)];
  return a === null || b === null || a.callback !== b.callback ? null : asArrays(a.argument, b.argument, undefined);
}

const isText = (kind: Kind) => kind !== 'binary' && kind !== 'message';

/**
 * The declared media type decides. If it only says text, the appearance of the text decides, because Go's content
 * sniffing does not detect JSON.
 */
function kindOf({ mediaType, text }: Content): Kind {
  const kind = kindOfMedia(mediaType.type);
  if (kind !== 'text' && kind !== 'unnamed' && kind !== 'binary' && kind !== 'yaml') return kind;
  if (text !== null && looksLikeJson(guarded(text))) return 'json';
  if (text !== null && looksLikeJsonLines(text)) return 'json-lines';
  if (kind === 'yaml') return kind;
  return kind !== 'text' && (kind === 'binary' || text === null || text.includes('\0')) ? 'binary' : 'text';
}

function isXml({ mediaType }: Content): boolean {
  return mediaType.type.endsWith('xml') && mediaType.type !== 'application/xhtml+xml';
}

function holdsJson({ text }: Content): boolean {
  return text !== null && isJson(text);
}

/** Whether the text would be JSON without the words that Python writes for NaN and Infinity. */
function holdsNaN({ text }: Content): boolean {
  if (text === null || isJson(text)) return false;
  return isJson(text.replaceAll(/(^|[:[,]\s*)(?:NaN|-?Infinity)(?=\s*(?:[,\]}]|$))/g, '$1null'));
}

const looksLikeJson = (text: string) => /^\s*[[{]/.test(text) && isJson(text);

/** Whether there are at least two lines and each is an object or an array. */
function looksLikeJsonLines(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 1 && lines.every(looksLikeJson);
}

/** One JSON text per line, or per record after RS. Pointer: `/<index of the text>`, then the pointer within it. */
function compareLines(a: string, b: string, rules?: BodyRules): BodyDifference[] | null {
  const [x, y] = withoutGuard(a, b).map(arrayOfLines);
  if (x == null || y == null || !areOfOneSequence(a, b)) return null;
  const found = asArrays(x, y, rules);
  const newline = (text: string) => (text.endsWith('\n') ? 'newline' : 'none');
  if (newline(a) !== newline(b)) found?.push(bodyDifference('trailing-newline', '', newline(a), newline(b)));
  return found;
}

/**
 * Compares the values that readers of either YAML version get, because what one version considers equal may differ in
 * the other.
 */
function compareYaml(a: string, b: string, rules?: BodyRules): BodyDifference[] | null {
  const by = (version: YamlVersion) => {
    const [x, y] = [jsonOfYaml(a, version), jsonOfYaml(b, version)];
    return x === null || y === null ? null : asArrays(...wholesOf(x, y), rules);
  };
  const found = by('1.2');
  return found?.some(({ severity }) => standsAgainst(severity)) === true ? found : by('1.1');
}

/**
 * Compares two arrays that were built from other formats. If they are equal, the originals differ only in white space.
 */
function asArrays(a: string, b: string, rules: BodyRules | undefined): BodyDifference[] | null {
  return a === b ? [bodyDifference('white-space', '', null, null)] : compareJson(a, b, rules);
}

const other = (differences: BodyDifference[]): ContentComparison => ({ differences, asData: false });
