/** In which respect a place varies. Variation of a value must not excuse a value of another format. */
import { entryOf, isCause } from '../causes/index.ts';
import {
  type BodyDifference,
  bytesVary,
  choicesVary,
  type Difference,
  type Extent,
  extentsVary,
  generalPointer,
  type HeaderDifference,
  haveSameWords,
  isChoice,
  isExtent,
  isOfOtherSize,
  isOfValues,
  isTimeName,
  mayBeCodes,
  nameOfPlace,
} from '../model/index.ts';
import { seenIn, varying } from '../rules/index.ts';

/** The candidate answers with another class of status, other than a success in place of an error. */
const WORSE_STATUS = 'worse-status';
/** A list that has elements on the stable side has none on the candidate's, or the other way round. */
const EMPTIED = 'emptied';
const FILLED = 'filled';

/** Elements stand on either side alone, and the lists are as long as each other: others were drawn. */
const REPLACED = 'array-replaced';

/** Not only numbers, dates and ids within a text differ, but its words. */
export const WORDS = 'words';

function differsInWords(difference: Difference): boolean {
  const { stable, candidate } = difference;
  if (typeof stable !== 'string' || typeof candidate !== 'string') return false;
  return !haveSameWords(withoutAttributes(stable, difference), withoutAttributes(candidate, difference));
}

/** Attributes of a cookie are a location of their own. */
function withoutAttributes(value: string, difference: Difference): string {
  const ofCookie = difference.in === 'header' && difference.name === 'set-cookie';
  return ofCookie ? (value.split(';')[0] ?? '') : value;
}

/**
 * `value`, `words`, `format`, or the cause itself: a missing key, another order, another length, another type. A value
 * has its clearly different extents behind it: `value+sign+scale`.
 */
export function aspectOf(difference: Difference): string {
  const base = baseAspectOf(difference);
  return [base, ...extentsOf(difference, base)].join('+');
}

/** The aspect without the extents. */
export const baseOf = (aspect: string) => (aspect.startsWith(BYTES) ? aspect : (aspect.split('+')[0] ?? aspect));

/** The aspects in which stable varies if it shows this difference: each extent by itself. */
export function learnedFrom(difference: Difference): string[] {
  const aspect = aspectOf(difference);
  const filled = difference.in === 'body' && difference.lengths?.[0] === 0;
  return [baseOf(aspect), ...extentsIn(aspect), ...(filled ? [FILLED] : [])];
}

export const extentsIn = (aspect: string): readonly Extent[] =>
  aspect.startsWith(BYTES) ? [] : aspect.split('+').filter(isExtent);

/** How a value varies that stable keeps, in words. */
const OTHERWISE: Readonly<Record<Exclude<Extent, `choice-${number}`>, string>> = {
  sign: 'the sign changes',
  scale: 'it is a hundred times as large or as small',
  length: 'its length is another',
  size: 'the number of entries is another',
  zero: 'it is zero',
  digits: 'leading zeros, or the digits after the point, are others',
  moment: 'the time is off by a quarter of an hour or more',
  prefix: 'the word before the id is another',
  swapped: "two numbers have each other's place",
  turned: 'the list no longer rises or falls as it does there',
  entry: 'the keys are others',
  code: 'the words are others',
};

export const adviceOn = (extent: Extent): string =>
  `Stable varies here, too, but not in this way: ${isChoice(extent) ? 'this value is more frequent' : OTHERWISE[extent]}. Do not ignore the place.`;

function extentsOf(difference: Difference, aspect: string): readonly Extent[] {
  const own = difference.in === 'body' ? (difference.extents ?? []) : [];
  if (difference.in === 'body' && difference.lengths !== undefined)
    return isOfOtherSize(difference.lengths) ? [...own, 'size'] : own;
  if (aspect !== 'value' && aspect !== WORDS) return [];
  const [a, b] = [seenIn(difference, 'stable'), seenIn(difference, 'candidate')];
  if (a === null || b === null) return own;
  const values = [withoutAttributes(a.text, difference), withoutAttributes(b.text, difference)] as const;
  return [
    ...own,
    // A faster service rounds its times to zero.
    ...(aspect === 'value'
      ? extentsVary(...values).filter((one) => one !== 'zero' || !isTimeName(nameOfPlace(difference)))
      : []),
    ...(difference.in === 'body' ? choicesVary(...values) : []),
    ...(aspect === WORDS && mayBeCodes(...values) ? (['code'] as const) : []),
  ];
}

function baseAspectOf(difference: Difference): string {
  const { cause } = difference;
  if (difference.in === 'status') return isWorse(difference.stable, difference.candidate) ? WORSE_STATUS : cause;
  if (cause === 'body-bytes') return bytesAspect(difference);
  if (
    cause === 'timestamp-notation' ||
    cause === 'timestamp-format' ||
    cause === 'timestamp-precision' ||
    cause === 'format'
  )
    return 'format';
  if (cause === 'location') return locationAspect(difference);
  if (difference.in === 'body' && isWorseWithin(difference)) return WORSE_STATUS;
  if (difference.in === 'header') {
    const aspect = fieldAspect(difference);
    if (aspect !== null) return aspect;
  }
  if (difference.in === 'body' && difference.candidate === null && difference.lengths?.[1] === 0) return EMPTIED;
  // An entry of a map is one, whatever its value.
  if (difference.in === 'body' && difference.lengths !== undefined && ofKeys(cause))
    return difference.candidate === null ? 'key-missing' : 'key-added';
  // Wording that is lost here is not the wording that is added there.
  if (entryOf(cause).ofWording === true && difference.candidate === null) return `${cause}-lost`;
  if (cause === 'pair-order') return 'array-order';
  if (cause === 'array-length' && difference.in === 'body' && difference.lengths?.[0] === difference.lengths?.[1])
    return REPLACED;
  // Null now and then on both sides is another variation than null for good.
  if (cause === 'type' && difference.candidate === 'null') return 'type-to-null';
  if (cause === 'array-length' || cause === 'array-order' || !isOfValues(difference)) return cause;
  if (varying(difference).cause === 'format') return 'format';
  return differsInWords(difference) ? WORDS : 'value';
}

/** Aspects whose variation implies variation in `aspect`; empty if nothing excuses it. */
export function excusing(aspect: string): readonly string[] {
  if (
    aspect === WORSE_STATUS ||
    aspect === EMPTIED ||
    aspect === OTHER_PLACE ||
    aspect === LOST ||
    (isCause(aspect) && entryOf(aspect).neverNoise === true)
  )
    return [];
  // If the format varies, the value does, too.
  if (aspect === 'value') return ['value', WORDS, 'format'];
  if (aspect === WORDS) return [WORDS, 'format'];
  if (aspect === REPLACED) return [REPLACED, 'array-length', ...excusing('value')];
  if (aspect === 'location') return ['location', OTHER_PATH, OTHER_QUERY];
  if (!aspect.startsWith(BYTES)) return [aspect];
  return BYTE_ASPECTS.filter((other) => aspect.split('+').every((part) => other.split('+').includes(part)));
}

/** By the aspect in which the candidate lacks something: the aspects in which only the candidate sends it. */
const COUNTERPARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ...['key-missing', 'null-omitted', 'zero-value-omitted'].map((lacks): [string, string[]] => [
    lacks,
    ['key-added', 'null-added', 'zero-value-added'],
  ]),
  [EMPTIED, [FILLED]],
]);

/** Whether one side lacks a key. */
export const ofKeys = (aspect: string): boolean =>
  aspect !== EMPTIED &&
  [...COUNTERPARTS].some(([lacks, sent]) => lacks === baseOf(aspect) || sent.includes(baseOf(aspect)));

/** The aspects in which a place shows that the candidate sends what it lacks in `aspect`. */
export const sentInstead = (aspect: string): readonly string[] => COUNTERPARTS.get(aspect) ?? [];

/** The status of an answer within a body: of a batch, or of a call. */
function isWorseWithin({ cause, pointer, stable, candidate }: BodyDifference): boolean {
  if (cause === 'part-value' && pointer.endsWith('/status')) return isWorse(Number(stable), Number(candidate));
  return pointer.endsWith('/trailers/grpc-status') && stable === '"0"';
}

/**
 * Causes that mean only a different value. Any other cause of a field states a consequence for its readers, and is an
 * aspect of its own.
 */
const OF_VALUE = new Set([
  'header-value',
  'validator-value',
  'cookie-value',
  'cookie-encoding',
  'own-value',
  'answer-time',
]);

/** null: the value, and its format. */
function fieldAspect({ cause, stable, candidate }: HeaderDifference): string | null {
  if (cause === 'call-status') return stable === null || stable === '0' ? WORSE_STATUS : `${cause}:${candidate}`;
  if (stable !== null && candidate === null) return LOST;
  if (OF_VALUE.has(cause) || stable === null || candidate === null) return null;
  if (cause === 'media-type') return `${cause}:${candidate.replace(/[\s;].*$/s, '')}`;
  if (cause === 'page-link')
    return relationsOf(stable).every((rel) => relationsOf(candidate).includes(rel)) ? cause : LOST;
  // Either another part, or only another total length.
  if (cause === 'content-range') return stable.split('/')[0] === candidate.split('/')[0] ? cause : `${cause}-other`;
  return cause;
}

/** The candidate lacks a field that stable sends, or a page that it links to. */
const LOST = 'field-lost';

const relationsOf = (links: string) =>
  [...links.matchAll(/\brel\s*=\s*"?([\w-]+)/gi)].map(([, rel = '']) => rel.toLowerCase());

function isWorse(stable: number, candidate: number): boolean {
  const [a, b] = [Math.floor(stable / 100), Math.floor(candidate / 100)];
  return a !== b && !(a >= 4 && b < 4);
}

const BYTES = 'bytes';
const BYTE_ASPECTS = [BYTES, `${BYTES}+length`, `${BYTES}+magic`, `${BYTES}+length+magic`];

/** `bytes`, and whether the length or the first bytes, which identify the format, are clearly different, too. */
function bytesAspect({ stable, candidate }: Difference): string {
  return [BYTES, ...bytesVary(stable, candidate)].join('+');
}

/** The candidate leads to another path, not only to another query. */
const OTHER_PATH = 'location-path';
/** The candidate leads to another host or another kind of page, not only to another page of the same kind. */
const OTHER_PLACE = 'location-place';

/** The candidate leads to a query of other names, not only of other values. */
const OTHER_QUERY = 'location-query';

const namesOfQuery = (to: unknown) =>
  [...new URLSearchParams(String(to ?? '').replace(/^[^?#]*\??|#.*$/gs, '')).keys()].sort().join('&');

function locationAspect({ stable, candidate }: Difference): string {
  const [a = '', b = ''] = [stable, candidate].map((to) => generalPointer(String(to ?? '').replace(/[?#].*$/s, '')));
  if (a === b) return namesOfQuery(stable) === namesOfQuery(candidate) ? 'location' : OTHER_QUERY;
  return isOfOneKind(a.split('/'), b.split('/')) ? OTHER_PATH : OTHER_PLACE;
}

/**
 * Whether two paths have the same length and are equal up to their first segment, which names the kind. Without such a
 * segment, both must look like ids.
 */
function isOfOneKind(a: readonly string[], b: readonly string[]): boolean {
  const kind = a[0]?.endsWith(':') === true ? 3 : 1;
  if (a.length !== b.length || a.slice(0, kind).join('/') !== b.slice(0, kind).join('/')) return false;
  const [x = '', y = ''] = [a[kind], b[kind]];
  return x === y || (a.length === kind + 1 && [x, y].every((segment) => /[*\d]/.test(segment)));
}
