import { epochUnit, instantOf } from './timestamp.ts';

/** In what two values or files differ besides their content, where the content may vary. */

/** If the length differs by more than this share, it is another file, not the same one generated again. */
const LENGTH_CLASS = 0.25;
const isOtherLength = (p: number, q: number) => Math.abs(p - q) > LENGTH_CLASS * Math.max(p, q);

/**
 * Given two signatures such as `400 bytes (25504446…)`: whether the length is clearly different, and whether the first
 * bytes differ, which identify the format.
 */
export function bytesVary(stable: unknown, candidate: unknown): ('length' | 'magic')[] {
  const [a, b] = [stable, candidate].map((text) => /^(\d+) bytes \((.*)\)$/.exec(String(text ?? '')));
  const [p, q] = [Number(a?.[1] ?? 0), Number(b?.[1] ?? 0)];
  return [...(isOtherLength(p, q) ? (['length'] as const) : []), ...(a?.[2] === b?.[2] ? [] : (['magic'] as const))];
}

/**
 * What a value may keep while it varies; each is learned by itself. `size`: how many elements a list has. `zero`:
 * whether a number is zero. `digits`: whether a number has leading zeros, and few or many digits after the point.
 * `moment`: a time is about the same. `prefix`: the word before an id. `swapped`: two numbers have each other's place.
 * `turned`: a list rises or falls. `entry`: each answer names all entries of a map anew. `code`: words may be letters
 * that were drawn.
 */
const EXTENTS = [
  'sign',
  'scale',
  'length',
  'size',
  'zero',
  'digits',
  'moment',
  'prefix',
  'swapped',
  'turned',
  'entry',
  'code',
] as const;
/** Which of a few words a value is. Words are counted in groups, so that a text drawn at random needs no more places. */
type Choice = `choice-${number}`;
export type Extent = (typeof EXTENTS)[number] | Choice;

export const isChoice = (text: string): text is Choice => /^choice-\d+$/.test(text);
export const isExtent = (text: string): text is Extent => isChoice(text) || EXTENTS.some((extent) => extent === text);

/** Below this share of the other number, the sign is that of a rounding error. */
const ROUNDED = 1e-6;
/** A unit of time is mistaken for another by a factor of 1000; values that vary by themselves rarely by this one. */
const SCALE_CLASS = 100;
/** Shorter texts differ in length by a digit or two. */
const SHORT = 8;

/** In which extents two numbers, or two texts, are clearly different. */
export function extentsVary(stable: string, candidate: string): Extent[] {
  if (instantOf(stable) !== null && instantOf(candidate) !== null) return otherMoment(stable, candidate);
  const [a, b] = [quantitiesIn(stable), quantitiesIn(candidate)];
  const alike = a.length === b.length ? a.map((x, i): [number, number] => [x, b[i] ?? 0]) : [];
  const [p, q] = [stable.length, candidate.length];
  return [
    ...(alike.some(haveOtherSigns) ? (['sign'] as const) : []),
    ...(alike.some(areOfOtherScale) ? (['scale'] as const) : []),
    ...(alike.some(([x, y]) => (x === 0) !== (y === 0)) ? (['zero'] as const) : []),
    ...(isWrittenOtherwise(stable, candidate) ? (['digits'] as const) : []),
    ...otherMoment(stable, candidate),
    ...(prefixOf(stable) === prefixOf(candidate) ? [] : (['prefix'] as const)),
    ...(Math.max(p, q) > SHORT && isOtherLength(p, q) ? (['length'] as const) : []),
  ];
}

/** The word before an id, as in `cus_9s6XKzkNRiz8i3`; empty if there is none. */
export const prefixOf = (text: string): string =>
  /^([a-z]{2,12}|[A-Z]{2,12})[_-](?=.*[\dA-Z])[\w-]{10,}$/.exec(text)?.[1] ?? '';

const NUMERAL = /^-?(0(?=\d))?\d+(?:\.(\d+))?$/;
/** Whoever rounds leaves fewer digits after the point; whoever divides, more. */
const ROUNDED_DIGITS = 4;

function isWrittenOtherwise(stable: string, candidate: string): boolean {
  const [a, b] = [stable, candidate].map((text) => {
    const numeral = NUMERAL.exec(text);
    const decimals = numeral?.[2]?.length ?? 0;
    return numeral && `${numeral[1] ?? ''}${decimals > ROUNDED_DIGITS ? 'many' : Math.sign(decimals)}`;
  });
  return a != null && b != null && a !== b;
}

/** Time zones differ by a quarter of an hour at least. */
const ZONE_MS = 14 * 60_000;

const otherMoment = (stable: string, candidate: string): Extent[] =>
  Math.abs(momentOf(stable) - momentOf(candidate)) > ZONE_MS ? ['moment'] : [];

/** Milliseconds since 1970; NaN if the text is no time. */
function momentOf(text: string): number {
  const instant = instantOf(text);
  if (instant !== null) return Number(instant.nanos / 1_000_000n);
  const unit = NUMERAL.test(text) ? epochUnit(Number(text)) : null;
  return unit === null ? Number.NaN : Number(text) * (unit === 's' ? 1000 : 1);
}

const CHOICE = /^[A-Za-z][A-Za-z_-]{1,23}$/;
const GROUPS = 16;

/** The group of the candidate's word, where both sides send a single word, or a Boolean. */
export function choicesVary(stable: string, candidate: string): Extent[] {
  if (!CHOICE.test(stable) || !CHOICE.test(candidate)) return [];
  const sum = [...candidate].reduce((before, letter) => Math.imul(before, 31) + letter.charCodeAt(0), 7);
  return [`choice-${(sum ^ (sum >>> 16)) & (GROUPS - 1)}`];
}

/** Whether one list has more than twice the elements of the other. */
export const isOfOtherSize = ([p, q]: readonly [number, number]) => Math.abs(p - q) > 2 && (p > 2 * q || q > 2 * p);

function haveOtherSigns([x, y]: readonly [number, number]): boolean {
  return x * y < 0 && Math.min(Math.abs(x), Math.abs(y)) > ROUNDED * Math.max(Math.abs(x), Math.abs(y));
}

function areOfOtherScale([x, y]: readonly [number, number]): boolean {
  const ratio = Math.abs(x / y);
  return x !== 0 && y !== 0 && (ratio >= SCALE_CLASS || ratio <= 1 / SCALE_CLASS);
}

/** A number that is no part of a word, with a unit of time if it has one. */
const QUANTITY = /(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?: ?(ns|us|µs|μs|ms|s|m|h)(?!\w)|(?![\w-]))/gi;
const IN_SECONDS = new Map([
  ['ns', 1e-9],
  ['us', 1e-6],
  ['µs', 1e-6],
  ['μs', 1e-6],
  ['ms', 1e-3],
  ['m', 60],
  ['h', 3600],
]);

/** The numbers in a text; durations in seconds. */
function quantitiesIn(text: string): number[] {
  return [...text.matchAll(QUANTITY)].map(
    ([said, unit = 's']) => Number.parseFloat(said) * (IN_SECONDS.get(unit.toLowerCase()) ?? 1),
  );
}
