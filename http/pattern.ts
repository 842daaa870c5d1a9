/** Patterns of places and routes: segments between slashes, `*` for any one, `**` for any number of them, none included. */

/** The segments of a pattern, or of what it is held against. */
export type Segments = readonly string[];

const ONE = '*';
export const MANY = '**';

/** `/items/*\/id` has three segments, the empty pattern (the whole) has none. */
export function segmentsOf(text: string): Segments {
  return text === '' ? [] : text.slice(1).split('/');
}

/** In time of at most the product of both lengths: where it fails, only the last `**` takes one more. */
export function matchesPattern(pattern: Segments, place: Segments): boolean {
  let [p, i] = [0, 0];
  /** After the last `**`, and the first segment that it has not taken. */
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
