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

function selectsOne(step: string): boolean {
  if (ONE_OF_MANY.test(step)) return true;
  if (step.length < SHORTEST_DRAWN || !/^[\w.:~-]+$/.test(step)) return false;
  return step.split(/(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)/i).length > LEAST_CHANGES;
}

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
  return `body${LINE.test(difference.pointer) ? difference.pointer : generalPointer(difference.pointer, difference.inXml)}`;
}
