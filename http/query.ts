/** The query of a reference, whose pairs nearly every service reads by their names. */

/** With its pairs in one order; pairs of one name stay in theirs. */
export function withSortedQuery(reference: string): string {
  return reference.replace(/\?([^#]*)/, (_, query: string) => {
    const pairs = query.split('&').map((pair) => [pair.split('=', 1)[0] ?? '', pair] as const);
    return `?${pairs
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, pair]) => pair)
      .join('&')}`;
  });
}
