/** What a test loops over; a loop of expectations over nothing would hold. @throws RangeError if there is nothing */
export function present<T>(list: readonly T[]): readonly T[] {
  if (list.length === 0) throw new RangeError('there is nothing to expect anything of');
  return list;
}
