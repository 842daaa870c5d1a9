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

/** What a value may keep while it varies; each is learned by itself. `size`: how many elements a list has. */
export const EXTENTS = ['sign', 'scale', 'length', 'size'] as const;
export type Extent = (typeof EXTENTS)[number];

/** Below this share of the other number, the sign is that of a rounding error. */
const ROUNDED = 1e-6;
/** A unit of time is mistaken for another by a factor of 1000; values that vary by themselves rarely by this one. */
const SCALE_CLASS = 100;
/** Shorter texts differ in length by a digit or two. */
const SHORT = 8;

/** In which extents two numbers, or two texts, are clearly different. */
export function extentsVary(stable: string, candidate: string): Extent[] {
  const [a, b] = [quantitiesIn(stable), quantitiesIn(candidate)];
  const alike = a.length === b.length ? a.map((x, i): [number, number] => [x, b[i] ?? 0]) : [];
  const [p, q] = [stable.length, candidate.length];
  return [
    ...(alike.some(haveOtherSigns) ? (['sign'] as const) : []),
    ...(alike.some(areOfOtherScale) ? (['scale'] as const) : []),
    ...(Math.max(p, q) > SHORT && isOtherLength(p, q) ? (['length'] as const) : []),
  ];
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
