/** Places that are one place to whoever learns or counts: the elements of an array, the entries of a map by id. */

/** Steps that name one element or entry of many: indices, numbers, UUIDs, long hexadecimal ids. */
const ONE_OF_MANY = /^(?:\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{16,})$/;

/** `/items/7/id` becomes the place in any item, with `*` for the index. */
export function generalPointer(pointer: string): string {
  if (!/[0-9a-fA-F]/.test(pointer)) return pointer;
  return pointer
    .split('/')
    .map((step) => (ONE_OF_MANY.test(step) ? '*' : step))
    .join('/');
}
