/** In what respect a place varies: one that varies in its value must not be let off for a value of another format. */
import { type Difference, generalPointer, isOfValues } from '../model/index.ts';
import { varying } from '../rules/index.ts';

/** `value`, `format`, or the cause itself: a missing key, another order, another length, another type. */
export function aspectOf(difference: Difference): string {
  const { cause } = difference;
  if (cause === 'timestamp-format' || cause === 'timestamp-precision' || cause === 'format') return 'format';
  if (cause === 'array-length' || cause === 'array-order' || !isOfValues(difference)) return cause;
  return varying(difference).cause === 'format' ? 'format' : 'value';
}

/** The place without array indices and ids: `header:etag`, `body/items/*\/id`, `answer`. */
export function generalPlace(difference: Difference): string {
  if (difference.in === 'header') return `header:${difference.name}`;
  return difference.in === 'body' ? `body${generalPointer(difference.pointer)}` : difference.in;
}
