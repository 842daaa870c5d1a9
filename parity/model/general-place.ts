/** Places that are one place to whoever learns or counts: the elements of an array, the entries of a map by id. */
import type { Difference } from './difference.ts';

/** Steps that name one element or entry of many: indices, numbers, UUIDs, long hexadecimal ids. */
const ONE_OF_MANY = /^(?:\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{16,})$/;

/** An XPath's index among the elements of one name; the first has none. */
const INDEX = /\[\d+\](?=\/|$)/g;

/** `/items/7/id` becomes the place in any item, with `*` for the index; of an XPath into XML, `/feed/entry[3]/title` that in any entry. */
export function generalPointer(pointer: string, inXml = false): string {
  if (inXml) return pointer.replaceAll(INDEX, '');
  if (!/[0-9a-fA-F]/.test(pointer)) return pointer;
  return pointer
    .split('/')
    .map((step) => (ONE_OF_MANY.test(step) ? '*' : step))
    .join('/');
}

/** A line of a text, or a cell of one. */
const LINE = /^\/line\/\d+(?:\/\d+)?$/;

/** The place without array indices and ids: `header:etag`, `body/items/*\/id`, `answer`. Lines and cookies are places of their own. */
export function generalPlace(difference: Difference): string {
  if (difference.in === 'header') {
    return `header:${difference.name}${difference.within === undefined ? '' : `:${difference.within}`}`;
  }
  if (difference.in !== 'body') return difference.in;
  return `body${LINE.test(difference.pointer) ? difference.pointer : generalPointer(difference.pointer, difference.inXml)}`;
}
