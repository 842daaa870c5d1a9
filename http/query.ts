/** The query of a reference, whose pairs nearly every service reads by their names, as forms are read (WHATWG URL, 5.1). */

/** With its pairs in one order, and written in one way; pairs of one name stay in their order. */
export function withQueryAsRead(reference: string): string {
  return reference.replace(/\?([^#]*)/, (_, query: string) => {
    const pairs = query
      .split('&')
      .map(writtenInOneWay)
      .map((pair) => [pair.split('=', 1)[0] ?? '', pair] as const);
    return `?${pairs
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, pair]) => pair)
      .join('&')}`;
  });
}

function writtenInOneWay(pair: string): string {
  return pair.replaceAll(/[+ ]/g, '%20').replaceAll(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return NEED_NO_ESCAPE.test(character) ? character : escaped.toUpperCase();
  });
}

/** Within a pair; `;` is not among them, at which older readers part pairs and Go drops them. */
const NEED_NO_ESCAPE = /[\w.~!'()*,:@/?$[\]-]/;
