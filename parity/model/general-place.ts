/**
 * Generalises places for learning and counting: all elements of an array, or all entries of a map by id, are one place.
 */
import type { Difference } from './difference.ts';

/**
 * Steps that select one element or entry of many: indices, numbers, UUIDs, long hexadecimal ids, days and moments,
 * e-mail addresses.
 */
const ONE_OF_MANY =
  /^(?:\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{16,}|\d{4}-\d\d(?:-\d\d)?(?:[T ]\d.*)?|[^@\s]+@[^@\s]+\.\w+)$/;

/** What draws ids from letters and digits changes between them more often than a name does (`sha256`, `ipv4ToIpv6`). */
const LEAST_CHANGES = 4;
const SHORTEST_DRAWN = 10;

export function selectsOne(step: string): boolean {
  if (ONE_OF_MANY.test(step)) return true;
  if (step.length < SHORTEST_DRAWN || !/^[\w.:~-]+$/.test(step)) return false;
  return step.split(/(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)/i).length > LEAST_CHANGES || drawnFrom(step) > SURELY_DRAWN;
}

/** Letters in both cases and digits, drawn at random, have a word for every other letter; most names, one for four. */
const SURELY_DRAWN = 0.45;
const MAYBE_DRAWN = 0.2;

/** How many words of camelCase the longest part of a step has for each letter, if both cases are in it. */
function drawnFrom(step: string): number {
  const [longest = ''] = step.split(/[_-]/).sort((a, b) => b.length - a.length);
  if (longest.length < SHORTEST_DRAWN || !/[a-z]/.test(longest) || !/[A-Z]/.test(longest)) return 0;
  return (longest.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g)?.length ?? 0) / longest.length;
}

/** Returns the general place of all entries of a map, for an entry whose id happens to look like a name; or null. */
export function placeOfSiblings(place: string): string | null {
  return drawnFrom(place.slice(place.lastIndexOf('/') + 1)) >= MAYBE_DRAWN ? entriesBeside(place) : null;
}

/** The general place of all entries of the map to which an entry belongs. */
export const entriesBeside = (place: string) => place.replace(/[^/]*$/, '*');

/** The index in an XPath among elements of one name. The first one has no index. */
const INDEX = /\[\d+\](?=\/|$)/g;

/**
 * `/items/7/id` becomes `/items/*\/id`, the place in any item. In an XPath into XML, `/feed/entry[3]/title` becomes the
 * place in any entry.
 */
export function generalPointer(pointer: string, inXml = false): string {
  if (inXml) return pointer.replaceAll(INDEX, '');
  if (!/[\da-fA-F@]/.test(pointer)) return pointer;
  return pointer
    .split('/')
    .map((step) => (selectsOne(step) ? '*' : step))
    .join('/');
}

/** Ends with a step that may be an id, where all entries of a map have other keys on each side. */
const MAYBE_ID = /\/(?=[^/]*\d)[^/]{8,}$/;

/** A line of a text, or a cell of a line. */
const LINE = /^\/line\/\d+(?:\/\d+)?$/;

/**
 * The place without array indices and ids: `header:etag`, `body/items/*\/id`, `answer`. Lines and cookies stay separate
 * places.
 */
export function generalPlace(difference: Difference): string {
  if (difference.in === 'header') {
    return `header:${difference.name}${difference.within === undefined ? '' : `:${difference.within}`}`;
  }
  if (difference.in !== 'body') return difference.in;
  const { pointer, inXml, extents } = difference;
  const place = `body${LINE.test(pointer) ? pointer : generalPointer(pointer, inXml)}`;
  if (extents?.includes('entry') !== true) return place;
  return MAYBE_ID.test(place) ? entriesBeside(place) : (placeOfSiblings(place) ?? place);
}
