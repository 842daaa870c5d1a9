/**
 * Patterns of places and routes: segments between slashes, with `*` for any one and `**` for any number of segments,
 * including none.
 */

/** The segments of a pattern, or of the text that is matched. */
export type Segments = readonly string[];

const ONE = '*';
export const MANY = '**';

/** `/items/*\/id` has three segments; the empty pattern (the whole) has none. */
export function segmentsOf(text: string): Segments {
  return text === '' ? [] : text.slice(1).split('/');
}

/**
 * Takes time proportional to the product of both lengths at most: after a mismatch, only the last `**` takes one more
 * segment.
 */
export function matchesPattern(pattern: Segments, place: Segments): boolean {
  let [p, i] = [0, 0];
  /** The position after the last `**`, and the first segment that it has not taken. */
  let [resume, taken] = [-1, 0];
  while (i < place.length) {
    const segment = pattern[p];
    if (segment === MANY) {
      resume = ++p;
      taken = i;
    } else if (segment !== undefined && (segment === ONE || segment === place[i])) {
      p++;
      i++;
    } else if (resume >= 0) {
      p = resume;
      i = ++taken;
    } else return false;
  }
  while (pattern[p] === MANY) p++;
  return p === pattern.length;
}
